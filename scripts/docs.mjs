/**
 * Writes the API reference, docs/api/index.html, from the docstrings. Fails for a `{@link}` without a target.
 * Usage: node scripts/docs.mjs
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { register } from "node:module"
import { dirname, join } from "node:path"
import { modules, root } from "./project.mjs"

// TypeDoc needs the compiler's JavaScript API, which TypeScript 7 lacks.
const hooks =
  'export const resolve = (name, context, next) => next(name === "typescript" ? "typescript-5.9" : name, context)'
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
const { Application } = await import("typedoc")

// Without the tests and the products, which are not in it and take three quarters of the compiler's time.
const tsconfig = join(root, "node_modules/.cache/docs/tsconfig.json")
mkdirSync(dirname(tsconfig), { recursive: true })
// Of the paths, only the library's own imports, which package.json leads into dist.
const { paths } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")).compilerOptions
const ownPaths = Object.fromEntries(
  Object.entries(paths).flatMap(([name, files]) =>
    name.startsWith("#") ? [[name, files.map((file) => join(root, file))]] : []
  )
)
writeFileSync(
  tsconfig,
  JSON.stringify({
    extends: join(root, "tsconfig.json"),
    compilerOptions: { rootDir: root, paths: ownPaths },
    include: ["domain", "services", "layers"].map((room) => join(root, "src", room))
  })
)

const app = await Application.bootstrap({
  name: "effect-tencentcloud",
  entryPoints: modules.filter(({ name }) => name !== "index").map(({ file }) => join(root, "src", `${file}.ts`)),
  basePath: join(root, "src"),
  tsconfig,
  out: join(root, "docs/api"),
  readme: join(root, "README.md"),
  excludeExternals: true,
  disableSources: true,
  hideGenerator: true,
  categorizeByGroup: false,
  sort: ["source-order"],
  navigation: { includeCategories: true },
  validation: { invalidLink: true, invalidPath: false, notExported: false }
})
const project = await app.convert()
if (project === undefined) process.exit(1)
app.validate(project)
await app.generateOutputs(project)
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1)
