import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { aliasesOf, doorsOf, mostDoors, pathsOf, problemsOf, twinsOf } from "../../scripts/doors.mjs"
import { door, type Files, tree } from "./trees.js"

const manifest = {
  name: "lib",
  exports: {
    ".": door("index"),
    "./Action": door("domain/contract/Action"),
    "./ApiClient": door("layers/client/ApiClient"),
    "./products": door("products/index"),
    "./products/*": door("products/*"),
    "./package.json": "./package.json"
  }
}

const good: Files = {
  "package.json": manifest,
  "tsconfig.json": { compilerOptions: { strict: true, paths: pathsOf(manifest) }, include: ["src"] },
  "src/index.ts":
    '/** All. */\nexport * as Action from "./domain/contract/Action.js"\n' +
    'export * as ApiClient from "./layers/client/ApiClient.js"\n',
  "src/domain/contract/Action.ts": "",
  "src/layers/client/ApiClient.ts": ""
}

const withDoors = (doors: Readonly<Record<string, unknown>>) => ({
  ...manifest,
  exports: { ...manifest.exports, ...doors }
})

/** What is said of the good project with some files changed. */
const problems = (files: Files = {}) => Effect.map(tree({ ...good, ...files }), problemsOf)

describe("the doors", () => {
  it("are the exports of package.json, with their sources", () => {
    assert.deepStrictEqual(doorsOf(manifest), [
      { name: "Action", specifier: "lib/Action", source: "src/domain/contract/Action.ts" },
      { name: "ApiClient", specifier: "lib/ApiClient", source: "src/layers/client/ApiClient.ts" }
    ])
  })

  it("resolve to the sources in Vite, and nothing else of the library does", () => {
    const aliases = aliasesOf(manifest, "/project")
    const found = (specifier: string) =>
      aliases.flatMap(({ find, replacement }) => (find.test(specifier) ? specifier.replace(find, replacement) : []))
    assert.deepStrictEqual(found("lib"), ["/project/src/index.ts"])
    assert.deepStrictEqual(found("lib/ApiClient"), ["/project/src/layers/client/ApiClient.ts"])
    assert.deepStrictEqual(found("lib/products/cvm"), ["/project/src/products/cvm.ts"])
    assert.deepStrictEqual(found("lib/layers/client/ApiClient"), [])
  })

  it("do not resolve into a closed folder", () => {
    const closed = { name: "lib", exports: { "./internal/*": null, "./Action": door("Action") } }
    assert.deepStrictEqual(pathsOf(closed), { "lib/Action": ["./src/Action.ts"] })
  })
})

const hash = { node: "./dist/domain/hash.js", default: "./dist/domain/webHash.js" }

describe("P6: the twins", () => {
  const withTwin = { ...manifest, imports: { "#hash": hash } }

  it("are the imports of package.json, with a source for each condition", () => {
    assert.deepStrictEqual(twinsOf(withTwin), [
      { specifier: "#hash", sources: { node: "src/domain/hash.ts", default: "src/domain/webHash.ts" } }
    ])
    assert.deepStrictEqual(twinsOf(manifest), [])
  })

  it("resolve to those for Node in the compiler and in Vite", () => {
    assert.deepStrictEqual(pathsOf(withTwin)["#hash"], ["./src/domain/hash.ts"])
    const alias = aliasesOf(withTwin, "/project").find(({ find }) => find.test("#hash"))
    assert.strictEqual(alias?.replacement, "/project/src/domain/hash.ts")
  })

  const sources = { "src/domain/hash.ts": "", "src/domain/webHash.ts": "" }
  const tsconfig = { compilerOptions: { paths: pathsOf(withTwin) } }

  it.scoped("are fine where each has a source", () =>
    Effect.gen(function* () {
      const found = yield* problems({ ...sources, "package.json": withTwin, "tsconfig.json": tsconfig })
      assert.deepStrictEqual(found, [])
    })
  )

  it.scoped("need a source each, and one for other runtimes", () =>
    Effect.gen(function* () {
      const imports = { "#hash": { node: "./dist/domain/hash.js", browser: "./dist/domain/gone.js" } }
      const found = yield* problems({
        ...sources,
        "package.json": { ...manifest, imports },
        "tsconfig.json": tsconfig
      })
      assert.lengthOf(found, 2)
      assert.include(found[0], '"#hash" leads to src/domain/gone.ts for browser, which does not exist')
      assert.include(found[1], '"#hash" has no target for other runtimes')
    })
  )
})

describe("the check of the doors", () => {
  it.scoped("finds nothing if all agree", () => Effect.map(problems(), (found) => assert.deepStrictEqual(found, [])))

  it.scoped("requires names in PascalCase", () =>
    Effect.gen(function* () {
      const found = yield* problems({ "package.json": withDoors({ "./apiClient": door("layers/client/ApiClient") }) })
      assert.include(found[0], 'the door "./apiClient" is not PascalCase')
    })
  )

  it.scoped("rejects a pattern that opens a folder", () =>
    Effect.gen(function* () {
      const found = yield* problems({ "package.json": withDoors({ "./domain/*": door("domain/*") }) })
      assert.include(found[0], '"./domain/*" opens a whole folder')
    })
  )

  it.scoped("requires the types of the same file", () =>
    Effect.gen(function* () {
      const mixed = { types: "./dist/Other.d.ts", default: "./dist/domain/contract/Action.js" }
      const found = yield* problems({ "package.json": withDoors({ "./Action": mixed }) })
      assert.include(found[0], 'the types of "./Action" are ./dist/Other.d.ts')
    })
  )

  it.scoped("requires a source for each", () =>
    Effect.gen(function* () {
      const found = yield* problems({ "package.json": withDoors({ "./Waiter": door("services/client/Waiter") }) })
      assert.include(found[0], 'the door "./Waiter" leads to src/services/client/Waiter.ts, which does not exist')
    })
  )

  it.scoped("limits their number", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: mostDoors - 1 }, (_, index) => [
        `./Door${index}`,
        door("domain/contract/Action")
      ])
      const found = yield* problems({ "package.json": withDoors(Object.fromEntries(many)) })
      assert.include(found[0], `there are ${mostDoors + 1} doors, and ${mostDoors} are allowed`)
    })
  )

  it.scoped("requires each in index.ts, from the same source, and nothing else there", () =>
    Effect.gen(function* () {
      const found = yield* problems({
        "src/index.ts":
          'export * as ApiClient from "./services/client/ApiClient.js"\n' +
          'export * as Layers from "./layers/index.js"\nexport const answer = 42\n'
      })
      assert.deepStrictEqual(
        found.map((each) => each.replace(/[.,] .*/s, "")),
        [
          "src/index.ts: the door Action is missing",
          "src/index.ts: ApiClient comes from src/services/client/ApiClient.ts",
          "src/index.ts: Layers is no door that belongs here",
          'src/index.ts: only `export * as Name from "…"` belongs here'
        ]
      )
    })
  )

  it.scoped("rejects a door in index.ts that needs a package of its own", () =>
    Effect.gen(function* () {
      const files = {
        "package.json": withDoors({ "./LegacySchema": door("domain/contract/LegacySchema") }),
        "tsconfig.json": {
          compilerOptions: { paths: pathsOf(withDoors({ "./LegacySchema": door("domain/contract/LegacySchema") })) }
        },
        "src/domain/contract/LegacySchema.ts": ""
      }
      assert.deepStrictEqual(yield* problems(files), [])
      const line = 'export * as LegacySchema from "./domain/contract/LegacySchema.js"\n'
      const found = yield* problems({ ...files, "src/index.ts": good["src/index.ts"] + line })
      assert.include(found[0], "src/index.ts: LegacySchema is no door that belongs here")
    })
  )

  it.scoped("requires the same in the paths of tsconfig.json, and writes them", () =>
    Effect.gen(function* () {
      const root = yield* tree({
        ...good,
        "tsconfig.json": { compilerOptions: { strict: true, paths: { "lib/*": ["./src/*.ts"] } }, include: ["src"] }
      })
      const before = problemsOf(root)
      assert.include(before[0], 'paths has nothing for "lib"')
      assert.include(before.at(-1), 'paths has ["./src/*.ts"] for "lib/*"')
      const { status, stdout } = spawnSync(process.execPath, ["scripts/doors.mjs", "--write", root], {
        encoding: "utf8"
      })
      assert.strictEqual(status, 0)
      assert.strictEqual(stdout, "2 doors, in exports, paths and index alike\n")
      assert.deepStrictEqual(JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")), {
        compilerOptions: { strict: true, paths: pathsOf(manifest) },
        include: ["src"]
      })
    })
  )

  it.scoped("fails as a program", () =>
    Effect.gen(function* () {
      const root = yield* tree({ ...good, "src/index.ts": "" })
      const { status, stderr } = spawnSync(process.execPath, ["scripts/doors.mjs", root], { encoding: "utf8" })
      assert.strictEqual(status, 1)
      assert.include(stderr, "the door Action is missing")
    })
  )
})
