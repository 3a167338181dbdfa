import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { architecture, type Table } from "../../scripts/architecture.js"
import { check } from "../../scripts/check-architecture.js"
import { door, type Files, tree } from "./trees.js"

const manifest = {
  name: "lib",
  exports: {
    ".": door("index"),
    "./ErrorCode": door("domain/errors/ErrorCode"),
    "./ApiClient": door("layers/client/ApiClient"),
    "./Gateway": door("layers/gateway/Gateway"),
    "./products/*": door("products/*")
  }
}

const good: Files = {
  "package.json": manifest,
  "src/index.ts": 'export * as ApiClient from "./layers/client/ApiClient.js"\n',
  "src/domain/errors/ErrorCode.ts": 'import { codes } from "./internal/codes.js"\nexport const all = codes\n',
  "src/domain/errors/internal/codes.ts": "/** The codes, by name. */\nexport const codes = []\n",
  "src/domain/contract/Action.ts": 'import { all } from "../errors/ErrorCode.js"\nexport const errors = all\n',
  "src/services/client/ApiClient.ts":
    'import * as call from "./internal/apiClient.js"\nexport interface Options {}\nexport const make = call.run\n',
  // An internal file and its facade may share types.
  "src/services/client/internal/apiClient.ts":
    '// Runs a call.\nimport type { Options } from "../ApiClient.js"\nexport const run = (options: Options) => options\n',
  "src/services/gateway/Gateway.ts": "export const make = 1\n",
  "src/layers/client/ApiClient.ts":
    'export * from "../../services/client/ApiClient.js"\n' +
    'import { run } from "../../services/client/internal/apiClient.js"\nexport const layer = run\n',
  "src/layers/gateway/Gateway.ts": 'export * from "../../services/gateway/Gateway.js"\n',
  "src/layers/catalogue/InProcess.ts":
    'import * as Client from "../client/ApiClient.js"\nimport { make } from "../../services/gateway/Gateway.js"\n' +
    "export const layer = [Client, make]\n",
  "src/products/cvm.ts": 'import { all } from "../domain/errors/ErrorCode.js"\nexport const errors = all\n',
  "examples/first.ts": 'import * as ApiClient from "lib/ApiClient"\nimport { errors } from "lib/products/cvm"\n',
  "test/ApiClient.test.ts":
    'import * as ApiClient from "lib/ApiClient"\nimport { run } from "../src/services/client/internal/apiClient.js"\n',
  "README.md": "Take `lib/ApiClient`, from https://github.com/somebody/lib/issues.\n"
}

const table: Table = { ...architecture, sentences: ["src/domain/errors/Sentences.ts"] }

/** What is said of the good project with some files added or changed. */
const problems = (files: Files) => Effect.map(tree({ ...good, ...files }), (root) => check(root, table))

const lines = (count: number) => "// a line\n".repeat(count)

const faults: ReadonlyArray<readonly [what: string, files: Files, ...expected: ReadonlyArray<string>]> = [
  [
    "an import upwards",
    { "src/domain/errors/ErrorCode.ts": '\nimport { errors } from "../contract/Action.js"\n' },
    "src/domain/errors/ErrorCode.ts:2: imports src/domain/contract/Action.ts, and domain/errors may import only domain/internal",
    "src/domain/contract/Action.ts: imports itself: src/domain/contract/Action.ts → src/domain/errors/ErrorCode.ts →"
  ],
  [
    "an import of a type upwards",
    { "src/domain/rules/Policy.ts": 'import type { make } from "../../services/gateway/Gateway.js"\n' },
    "src/domain/rules/Policy.ts:1: imports src/services/gateway/Gateway.ts, and domain/rules may import only domain/internal, domain/errors, domain/wire"
  ],
  [
    "the type of a module upwards",
    { "src/domain/rules/Policy.ts": 'export type Made = typeof import("../../services/gateway/Gateway.js")\n' },
    "src/domain/rules/Policy.ts:1: imports src/services/gateway/Gateway.ts"
  ],
  [
    "an import on demand upwards",
    { "src/services/client/Late.ts": 'export const late = () => import("../../layers/gateway/Gateway.js")\n' },
    "src/services/client/Late.ts:1: imports src/layers/gateway/Gateway.ts"
  ],
  [
    "a twin in a room above",
    {
      "package.json": {
        ...manifest,
        imports: { "#call": { node: "./dist/services/client/call.js", default: "./dist/services/client/webCall.js" } }
      },
      "src/services/client/call.ts": "export const call = 1\n",
      "src/domain/rules/Policy.ts": 'import { call } from "#call"\n',
      "src/domain/rules/Region.ts": 'import { name } from "#name"\n'
    },
    "src/domain/rules/Policy.ts:1: imports src/services/client/call.ts, and domain/rules may import only domain/internal",
    "src/domain/rules/Region.ts:1: imports #name, which leads to no file. Correct the path."
  ],
  [
    "an export from a higher room",
    { "src/services/client/Again.ts": 'export { layer } from "../../layers/client/ApiClient.js"\n' },
    "src/services/client/Again.ts:1: imports src/layers/client/ApiClient.ts"
  ],
  [
    "the gateway's wing in the client's wing",
    { "src/services/client/Both.ts": 'import { make } from "../gateway/Gateway.js"\n' },
    "src/services/client/Both.ts:1: imports src/services/gateway/Gateway.ts, and services/client may import only domain, services/internal, services/telemetry."
  ],
  [
    "the client's wing in the gateway's layers, its internals too",
    { "src/layers/gateway/Both.ts": 'import type { run } from "../../services/client/internal/apiClient.js"\n' },
    "src/layers/gateway/Both.ts:1: imports src/services/client/internal/apiClient.ts"
  ],
  [
    "an import of the barrel",
    { "src/layers/client/All.ts": 'import * as All from "../../index.js"\n' },
    "src/layers/client/All.ts:1: imports src/index.ts, which loads everything"
  ],
  [
    "an import by the name of the library",
    { "src/layers/client/Named.ts": 'import * as ApiClient from "lib/ApiClient"\n' },
    "src/layers/client/Named.ts:1: imports lib/ApiClient by the name of the library"
  ],
  [
    "an import of a missing file",
    { "src/layers/client/Lost.ts": 'import "./Missing.js"\n' },
    "src/layers/client/Lost.ts:1: imports ./Missing.js, which leads to no file"
  ],
  ["a file in no room", { "src/utils/text.ts": "" }, "src/utils/text.ts: is in no room."],
  [
    "a product that imports a layer, or an internal file",
    {
      "src/products/cdb.ts":
        'import { layer } from "../layers/client/ApiClient.js"\nexport type X = import("../domain/errors/internal/codes.js")\n'
    },
    "src/products/cdb.ts: imports src/layers/client/ApiClient.js, and products may import only",
    "src/products/cdb.ts: imports src/domain/errors/internal/codes.js, and products may import only"
  ],
  [
    "a circle of types",
    {
      "src/domain/errors/One.ts": 'import type { Other } from "./Other.js"\nexport type One = Other\n',
      "src/domain/errors/Other.ts": 'export type Other = import("./One.js").One\n'
    },
    "src/domain/errors/One.ts: imports itself: src/domain/errors/One.ts → src/domain/errors/Other.ts → src/domain/errors/One.ts."
  ],
  [
    "an internal file that needs its facade at run time",
    {
      "src/services/client/internal/apiClient.ts":
        '// Runs a call.\nimport { make } from "../ApiClient.js"\nexport const run = make\n'
    },
    "src/services/client/ApiClient.ts: imports itself:"
  ],
  [
    "an internal file that shares types with another facade",
    {
      "src/services/client/Signer.ts": 'import { run } from "./internal/call.js"\nexport interface Signed {}\n',
      "src/services/client/internal/call.ts":
        '// Runs a call.\nimport type { Signed } from "../Signer.js"\nexport const run = (signed: Signed) => signed\n'
    },
    "src/services/client/Signer.ts: imports itself:"
  ],
  [
    "an internal file without a header",
    { "src/domain/rules/internal/a.ts": 'import * as fs from "node:fs"\n/** Reads. */\nexport const read = fs\n' },
    "src/domain/rules/internal/a.ts:1: has no header"
  ],
  [
    "an internal file whose header is no sentence",
    { "src/domain/rules/internal/a.ts": "// constants\nexport const a = 1\n" },
    "src/domain/rules/internal/a.ts:1: has no header"
  ],
  [
    "an example that reaches into the library",
    { "examples/second.ts": 'import { make } from "../src/services/gateway/Gateway.js"\n' },
    "examples/second.ts:1: imports src/services/gateway/Gateway.ts, which has a door. Import it as lib/Gateway."
  ],
  [
    "an example that uses an internal file",
    { "examples/second.ts": 'import { run } from "../src/services/client/internal/apiClient.js"\n' },
    "examples/second.ts:1: imports src/services/client/internal/apiClient.ts, and examples may import the library only by its doors"
  ],
  [
    "a test that bypasses a door",
    { "test/Gateway.test.ts": 'import type { make } from "../src/services/gateway/Gateway.js"\n' },
    "test/Gateway.test.ts:1: imports src/services/gateway/Gateway.ts, which has a door. Import it as lib/Gateway."
  ],
  [
    "a test that names a folder",
    { "test/Gateway.test.ts": 'import { make } from "lib/layers/gateway/Gateway"\n' },
    "test/Gateway.test.ts:1: names lib/layers/gateway/Gateway, which is no door"
  ],
  [
    "documents that name a folder",
    { "README.md": "Take\n`lib/layers/client/ApiClient`.\n", "docs/more.md": 'import "lib/services/Gateway"\n' },
    "README.md:2: names lib/layers/client/ApiClient, which is no door",
    "docs/more.md:1: names lib/services/Gateway, which is no door"
  ],
  [
    "a docstring that names a folder",
    { "src/domain/rules/Policy.ts": '/**\n * Take\n * "lib/domain/Policy".\n */\nexport const id = "lib/domain/Id"\n' },
    "src/domain/rules/Policy.ts:3: names lib/domain/Policy, which is no door"
  ],
  [
    "a long file",
    {
      "src/domain/rules/Policy.ts": lines(451),
      "src/domain/rules/Region.ts": lines(450),
      "src/domain/errors/Sentences.ts": lines(451),
      "test/Policy.test.ts": lines(701)
    },
    "src/domain/rules/Policy.ts: has 451 lines, and a file in src may have 450",
    "test/Policy.test.ts: has 701 lines, and a file in test may have 700"
  ],
  [
    "a long function, with those in it",
    {
      "src/domain/rules/Policy.ts":
        `export const make = () => {\n  const part = () => {\n${lines(77)}  }\n  return part\n}\n` +
        `export const shorter = () => {\n${lines(78)}}\n`,
      "src/domain/rules/Region.ts": `export class Region {\n  read() {\n${lines(79)}  }\n}\n`,
      "test/Policy.test.ts": `describe("x", () => {\n${lines(90)}})\n`
    },
    "src/domain/rules/Policy.ts:1: make has 82 lines, and a function may have 80",
    "src/domain/rules/Region.ts:2: read has 81 lines, and a function may have 80"
  ]
]

describe("the check of the architecture", () => {
  it.scoped("finds nothing if the sources obey every rule", () =>
    Effect.map(problems({}), (found) => assert.deepStrictEqual(found, []))
  )

  for (const [what, files, ...expected] of faults) {
    it.scoped(`finds ${what}`, () =>
      Effect.gen(function* () {
        const found = yield* problems(files)
        assert.strictEqual(found.length, expected.length, found.join("\n"))
        for (const start of expected) {
          assert.isTrue(
            found.some((each) => each.startsWith(start)),
            `${start} is not in\n${found.join("\n")}`
          )
        }
      })
    )
  }

  it.scoped("finds a row that names a room below it, or no room", () =>
    Effect.gen(function* () {
      const root = yield* tree(good)
      const rooms: Table["rooms"] = [["domain/low", ["services", "domain/lost"]], ...table.rooms]
      assert.deepStrictEqual(
        check(root, { ...table, rooms }).map((each) => each.replace(/, .*/, "")),
        [
          ...["internal", "telemetry", "client", "gateway", "catalogue"].map(
            (room) => `scripts/architecture.ts: domain/low may import services/${room}`
          ),
          "scripts/architecture.ts: domain/low may import domain/lost"
        ]
      )
    })
  )

  it.scoped("fails as a program, and prints the number of problems", () =>
    Effect.gen(function* () {
      const root = yield* tree({ ...good, "src/utils/text.ts": "" })
      const { status, stderr } = spawnSync(
        process.execPath,
        ["--import", "tsx", "scripts/check-architecture.ts", root],
        { encoding: "utf8" }
      )
      assert.strictEqual(status, 1, stderr)
      assert.match(stderr, /^src\/utils\/text\.ts: is in no room.*\nProblems: 1\./)
    })
  )
})
