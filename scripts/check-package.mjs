/**
 * Packs the library and uses it as a stranger would. It runs the install lines of README and docs in an empty project, with the tarball
 * in the place of the package. There every door is imported alone, type-checks under both compilers, and completes in an editor. A
 * program runs and is bundled, an import has no side effect, and what is internal cannot be reached.
 * Usage: node scripts/check-package.mjs, after a build
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import esbuild from "esbuild"
import { missingCompletions } from "./package/editor.mjs"
import { inOrder, installLinesOf, problemsOf, withTarball } from "./package/installLines.mjs"
import { manifest, modules, root, specifierOf } from "./project.mjs"

const consumer = mkdtempSync(join(tmpdir(), "effect-tencentcloud-"))

const run = (command, args, cwd = consumer, expected = 0) => {
  const { status, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (status !== expected) {
    throw new Error(`${command} ${args.join(" ")} ended with ${status}, not ${expected}\n${stdout}\n${stderr}`)
  }
  return { stdout, stderr }
}

const must = (holds, message) => {
  if (!holds) throw new Error(message)
}

const program = `
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Product from "effect-tencentcloud/Product"
import { ResourceInUse } from "effect-tencentcloud/CommonError"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import { Codec, InProcess as Flat } from "effect-tencentcloud"

const Delete = ApiClient.callable(
  Action.make("Delete", {
    product: "demo",
    version: "2026-01-01",
    request: Schema.Struct({ Id: Schema.String }),
    response: Schema.Struct({}),
    errors: []
  })
)
const Live = Gateway.handlers(Product.make([Delete]), {
  Delete: () => Effect.fail(new ResourceInUse({ message: "busy" }))
})
const tag: Effect.Effect<string> = Delete({ Id: "1" }).pipe(
  Effect.flip,
  Effect.map((error) => error._tag),
  Effect.orElseSucceed(() => "none"),
  Effect.provide(InProcess.layer.pipe(Layer.provide(Live)))
)
const found = await Effect.runPromise(tag)
if (found !== "ResourceInUse" || !Codec.isCodec(Delete.action.request) || Flat.layer !== InProcess.layer) {
  throw new Error("unexpected: " + found)
}
`

/** A client of one action of the catalogue over HTTP: what a program that calls the cloud pays for. */
const client = (module, layer) => `
import * as Effect from "effect/Effect"
import { ${layer} } from "effect-tencentcloud/${module}"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"

Effect.runPromise(DescribeInstances({ Limit: 1 }).pipe(Effect.provide(${layer}())))
`

const bundle = async (contents, options = {}) => {
  const { metafile, outputFiles, warnings } = await esbuild.build({
    stdin: { contents, resolveDir: consumer, loader: "ts" },
    absWorkingDir: consumer,
    outdir: "bundle",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "silent",
    ...options
  })
  // That an import without a name is dropped is what `sideEffects` asks for.
  const unexpected = warnings.filter(({ id }) => id !== "ignored-bare-import")
  must(unexpected.length === 0, `esbuild warns: ${unexpected.map(({ text }) => text).join("; ")}`)
  const kept = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /node_modules\/effect-tencentcloud\/dist\/(.*)\.js$/.exec(path)?.[1] ?? [])
  return { text: outputFiles.map(({ text }) => text).join("\n"), kept, files: outputFiles }
}

/** undici is CommonJS, and asks for Node's own modules by `require`, which a module does not have. */
const requireInModules = {
  js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
}

/** Leaves out what is imported on demand, which esbuild bundles into pieces of their own. */
const atOnce = {
  name: "at once",
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined))
}

/** What a client over `fetch` and one action may come to, compressed, with all that it needs: two thirds of it are Effect. */
const budget = 101_000

/** What all files of the package may come to, in bytes. */
const mostUnpacked = 50_000_000

const compressed = (text) => gzipSync(text, { level: 9 }).byteLength

const sizes = (text) =>
  `${Math.round(Buffer.byteLength(text) / 1000)} KB (${(compressed(text) / 1000).toFixed(1)} KB compressed)`

/** Loads all that the library stands on, and then the library: it must leave the process as it was. */
const purity = (dependencies, specifiers) => `
const look = () => JSON.stringify({
  globals: Object.getOwnPropertyNames(globalThis),
  prototypes: [Object, Array, Function, String, Number, Map, Set, Promise, Error, Uint8Array].map((each) => [
    Reflect.ownKeys(each).map(String),
    Reflect.ownKeys(each.prototype).map(String)
  ]),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  handles: process.getActiveResourcesInfo(),
  environment: process.env
})
await Promise.all(${JSON.stringify(dependencies)}.map((each) => import(each)))
const before = look()
for (const each of ${JSON.stringify(specifiers)}) {
  await import(each)
  if (look() !== before) throw new Error(each + " changes the process that imports it")
}
`

/** The optional peers, which no install line has to name. */
const optionalPeers = Object.entries(manifest.peerDependencies)
  .filter(([name]) => manifest.peerDependenciesMeta[name]?.optional)
  .map(([name, range]) => `${name}@${range}`)

/** The doors that need an optional peer. */
const needPeers = ["LegacySchema"]

/** npm 11, or a later one: it asks about install scripts. */
const npm = Number.parseInt(run("npm", ["--version"]).stdout, 10) < 11 ? ["npx", "--yes", "npm@11"] : ["npm"]

const npmInstall = (words) => run(npm[0], [...npm.slice(1), "install", "--no-audit", "--no-fund", ...words])

/** The install lines of README and docs, each once. Those of the package itself come first. */
const readInstallLines = () => {
  const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)]
  const found = documents
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) => installLinesOf(readFileSync(join(root, path), "utf8")))
  const lines = inOrder(found, manifest.name)
  const problems = lines.flatMap((words) => problemsOf(words, manifest.name))
  must(problems.length === 0, problems.join("\n"))
  must(lines[0]?.includes(manifest.name), "No install line of README or docs installs the package.")
  return lines
}

/** Runs an install line as it is, which has to leave a tree that npm finds valid. */
const runInstallLine = (words, tarball) => {
  const { stderr, stdout } = npmInstall(withTarball(words, manifest.name, tarball))
  run("npm", ["ls"])
  return stdout + stderr
}

/** npm 11 asks its user to approve a package that has one of these. */
const installScripts = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"]

/** A user who installs the library has nothing to approve. */
const checkScripts = (output) => {
  const { scripts } = JSON.parse(readFileSync(join(consumer, "node_modules", manifest.name, "package.json"), "utf8"))
  const found = installScripts.filter((name) => scripts[name] !== undefined)
  must(found.length === 0, `The tarball has install scripts: ${found.join(", ")}`)
  must(!output.includes(`${manifest.name}@`), `npm asks its user about the package:\n${output}`)
}

/** Imports each door in a process of its own: none may count on another one that was loaded before. */
const checkDoors = (doors) => {
  for (const name of doors) run(process.execPath, ["--input-type=module", "--eval", `await import("${name}")`])
}

const filesUnder = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))

/** The sources go with what is built from them, but for those that are generated, and would make up half of it. */
const checkFiles = (packed) => {
  const all = filesUnder("src").filter((path) => path.endsWith(".ts"))
  const isGenerated = (path) => path.startsWith("src/products/")
  const isDeclared = (path) => path.endsWith(".d.ts")
  const built = all
    .filter((path) => !isDeclared(path))
    .flatMap((path) =>
      (isGenerated(path) ? [".js", ".d.ts"] : [".js", ".js.map", ".d.ts", ".d.ts.map"]).map((ending) =>
        path.replace(/^src(.*)\.ts$/, `dist$1${ending}`)
      )
    )
  const sources = all.filter((path) => !isGenerated(path))
  const written = "dist/products/index/index.d.ts"
  const expected = new Set(["package.json", "README.md", "LICENSE", "CHANGELOG.md", written, ...sources, ...built])
  const strangers = packed.filter((path) => !expected.has(path))
  const missing = [...expected].filter((path) => !packed.includes(path))
  must(strangers.length === 0, `The tarball holds what it should not: ${strangers.join(", ")}`)
  must(missing.length === 0, `The tarball lacks: ${missing.join(", ")}`)
}

const checkTypes = (files) => {
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types: ["node"],
    outDir: "out"
  }
  writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files }))
  for (const compiler of ["typescript-5.9", "typescript"]) {
    run(process.execPath, [join(root, "node_modules", compiler, "bin/tsc"), "-p", consumer])
  }
}

const checkClosed = (packed) => {
  const internal = packed.flatMap((path) => /^dist\/(.*\/internal\/.*)\.js$/.exec(path)?.[1] ?? [])
  must(internal.length > 0, "Nothing is internal any more: is that meant?")
  const attempts = internal.flatMap((path) => [path, `${path}.js`, `dist/${path}.js`, `src/${path}.ts`])
  writeFileSync(
    join(consumer, "inside.mjs"),
    `for (const path of ${JSON.stringify(attempts)}) {
      const code = await import("effect-tencentcloud/" + path).then(() => "open", ({ code }) => code)
      if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED" && code !== "ERR_MODULE_NOT_FOUND") throw new Error(path + ": " + code)
    }`
  )
  run(process.execPath, ["inside.mjs"])
}

const checkSideEffects = async (specifiers) => {
  const dist = join(consumer, "node_modules", manifest.name, "dist")
  const dependencies = readdirSync(dist, { recursive: true })
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => [...readFileSync(join(dist, path), "utf8").matchAll(/^import .* from "([^."#][^"]*)"/gm)])
    .map(([, name]) => name)
  for (const name of specifiers) {
    const { kept, text } = await bundle(`import "${name}"\nimport * as All from "${name}"`, {
      external: dependencies,
      plugins: [atOnce]
    })
    must(text.trim() === "", `${name} is imported, not used, and keeps in a bundle: ${kept.join(", ")}`)
  }
  writeFileSync(join(consumer, "purity.mjs"), purity([...new Set(dependencies)], specifiers))
  const { stderr, stdout } = run(process.execPath, ["purity.mjs"])
  must(stdout + stderr === "", `Importing the library prints: ${stdout}${stderr}`)
}

/** A program that names one error class gets that one, and nothing above the domain. */
const checkTreeShaking = async () => {
  const named = await bundle(
    'import { ResourceInUse } from "effect-tencentcloud/CommonError"; console.log(ResourceInUse.code)',
    { plugins: [atOnce] }
  )
  const classes = [...named.text.matchAll(/ApiError\("(.*?)"\)/g)].map(([, code]) => code)
  must(classes.join() === "ResourceInUse", `A program that names ResourceInUse bundles ${classes.join(", ")}`)
  // esbuild keeps a namespace that is exported by name whole, but none beside it.
  const whole = await bundle(
    'import { CommonError } from "effect-tencentcloud"; console.log(CommonError.ResourceInUse.code)',
    { plugins: [atOnce] }
  )
  const above = [...named.kept, ...whole.kept].filter((module) => !module.startsWith("domain/"))
  must(above.length === 0, `One error class brings ${above.join(", ")}`)
}

/** A module that imports one door, and names all of it. */
const writeDoor = (specifier, index) => {
  const file = `door${index}.ts`
  writeFileSync(join(consumer, file), `import * as Door from "${specifier}"\nexport const door: typeof Door = Door\n`)
  return file
}

try {
  const [{ filename, files, unpackedSize }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer], root).stdout
  )
  const packed = files.map(({ path }) => path)
  checkFiles(packed)
  must(unpackedSize <= mostUnpacked, `The package takes ${unpackedSize} bytes, and ${mostUnpacked} are meant.`)

  const entrypoints = modules.map(({ name }) => (name === "index" ? "." : name))
  const attw = ["--no-install", "attw", join(consumer, filename), "--profile", "esm-only", "--format", "ascii"]
  run("npx", [...attw, "--entrypoints", ...entrypoints], root)

  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  const tarball = join(consumer, filename)
  const [line, ...lines] = readInstallLines()
  checkScripts(runInstallLine(line, tarball))
  const specifiers = modules.map(specifierOf)
  checkDoors(specifiers.filter((specifier) => !needPeers.some((name) => specifier.endsWith(`/${name}`))))
  npmInstall(["--save-dev", "@types/node@20"])
  mkdirSync(join(consumer, "out"))
  writeFileSync(join(consumer, "program.ts"), program)
  checkTypes(["program.ts"])
  run(process.execPath, ["out/program.js"])
  checkClosed(packed)

  for (const words of lines) runInstallLine(words, tarball)
  npmInstall(optionalPeers)
  checkDoors(needPeers.map((name) => `${manifest.name}/${name}`))
  checkTypes(specifiers.map(writeDoor))
  const missing = missingCompletions(consumer, manifest.name)
  must(missing.length === 0, missing.join("\n"))
  await checkSideEffects(specifiers)
  await checkTreeShaking()

  mkdirSync(join(consumer, "bundle"))
  for (const { path, text } of (await bundle(program, { banner: requireInModules })).files) writeFileSync(path, text)
  run(process.execPath, ["bundle/stdin.mjs"])
  const lean = await bundle(client("FetchClient", "layer"), {
    minify: true,
    splitting: false,
    outdir: undefined,
    outfile: "lean.mjs",
    outExtension: undefined
  })
  must(compressed(lean.text) <= budget, `A client over fetch bundles to ${sizes(lean.text)}: what has come in?`)
  const others = /"RunInstances"|ResourcesSoldOut\.(?!Unauthorized)|undici/.exec(lean.text)
  must(others === null, `A program that calls DescribeInstances bundles ${others?.[0]}`)
  const whole = await bundle(client("ApiClient", "layer"), { minify: true, banner: requireInModules })

  console.log(
    `${packed.length} files packed; installed by ${lines.length + 1} install lines, type-checked under both compilers, run, bundled; ${specifiers.length} modules ` +
      `without side effects; a client over fetch bundles to ${sizes(lean.text)}, one for Node with undici to ${sizes(whole.text)}`
  )
} finally {
  rmSync(consumer, { recursive: true, force: true })
}
