/**
 * Type-checks every example: the `ts` blocks of README, docs and docstrings, each as a module of its own.
 * Usage: node scripts/check-examples.mjs
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathsOf } from "./doors.mjs"
import { manifest, root } from "./project.mjs"

const out = join(root, "node_modules/.cache/examples")
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const blocks = (text) => [...text.matchAll(/^( *)```ts\n([\s\S]*?)^\1```/gm)].map(([, , code]) => code)
const docstrings = (text) => text.replace(/^ *\* ?/gm, "")

const filesIn = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true })
        // The generated reference repeats what is checked where it was written.
        .filter((name) => name.endsWith(ending) && !name.startsWith("api/"))
        .map((name) => join(folder, name))
    : []

const readme = readdirSync(root).filter((name) => name.endsWith(".md"))
const sources = [...readme, ...filesIn("docs", ".md"), ...filesIn("src", ".ts")].sort()
let count = 0
for (const source of sources) {
  const text = readFileSync(join(root, source), "utf8")
  for (const [index, code] of blocks(source.endsWith(".ts") ? docstrings(text) : text).entries()) {
    const name = `${source.replace(/[^A-Za-z0-9]+/g, "_")}_${index + 1}.ts`
    writeFileSync(join(out, name), `${code}\nexport {}\n`)
    count++
  }
}
// The first compiler reads all 262 products. The second one would take minutes, so it reads those that examples import.
writeFileSync(
  join(out, "products.d.ts"),
  'export declare const products: import("effect-tencentcloud/Catalogue").Products\n'
)
const compilers = [
  { compiler: "typescript", products: "../../../src/products/index.ts" },
  { compiler: "typescript-5.9", products: "./products.d.ts" }
]
for (const { compiler, products } of compilers) {
  const config = join(out, `tsconfig.${compiler}.json`)
  writeFileSync(
    config,
    JSON.stringify({
      extends: "../../../tsconfig.json",
      compilerOptions: {
        noUnusedLocals: false,
        rootDir: "../../..",
        paths: {
          ...pathsOf(manifest, "../../../"),
          "effect-tencentcloud/products": [products]
        }
      },
      include: ["*.ts"]
    })
  )
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", compiler, "bin/tsc"), "-p", config], {
    stdio: "inherit"
  })
  if (status !== 0) process.exit(1)
}
if (count === 0) throw new Error("No examples found: has the way of writing them changed?")
console.log(`${count} examples type-check under both compilers`)
