import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { checkWalk, mostFiles, walkOf } from "../../scripts/check-walk.js"
import type { Ran, RanFunction } from "../../scripts/walk/coverage.js"
import { type Files, tree } from "./trees.js"

const heading = "The walk of one call"
const program = "scripts/walk/call.ts"

/** A call that goes down to a socket, and comes back to be read. */
const sources: Files = {
  "package.json": { type: "module" },
  "src/Client.ts":
    'import type { Answer } from "./answer.js"\nimport { Call } from "./call.js"\n' +
    "export const call = (request: number): Answer => {\n  const given = new Call(request)\n  return read(given.run())\n}\n" +
    "const read = (answer: Answer): Answer => {\n  const one = answer\n  return one\n}\n",
  "src/answer.ts": "export type Answer = number\nexport const never = () => 0\n",
  "src/call.ts":
    'import { sign } from "./sign.js"\nimport * as socket from "./socket.js"\n' +
    "export class Call {\n  constructor(readonly request: number) {}\n  run() {\n    const signed = sign(this.request)\n    return this.send(signed)\n  }\n" +
    "  send(signed: number) {\n    const given = signed + 1\n    return socket.write(given)\n  }\n}\n",
  "src/sign.ts":
    'import { hash } from "./hash.js"\nexport const sign = (request: number) => {\n  const hashed = hash(request)\n  return hashed\n}\n',
  "src/hash.ts": "export const hash = (request: number) => request * 2\n",
  "src/socket.ts": "export const write = (given: number) => {\n  const sent = given\n  return sent\n}\n"
}

const steps = [
  "1. `src/Client.ts` → `call`: what a user calls.",
  "2. `src/call.ts` → `Call.run` → `send`",
  "3. `src/socket.ts` → `write`",
  "4. back to `src/Client.ts` → `read`"
]
const leaves = ["- `src/sign.ts`: a pure function."]

const document = (numbered: ReadonlyArray<string> = steps, plain: ReadonlyArray<string> = leaves) =>
  `# Architecture\n\n## ${heading}\n\n${numbered.join("\n")}\n\nLeaves:\n\n${plain.join("\n")}\n\n## Another\n\n1. A list.\n- of others\n`

const ran = (...within: ReadonlyArray<string>): RanFunction => ({ within, isTrivial: false })

const real: Ran = new Map([
  ["src/Client.ts", [ran("call"), ran("read")]],
  ["src/call.ts", [ran("Call"), ran("Call", "run"), ran("Call", "send")]],
  ["src/sign.ts", [ran("sign")]],
  ["src/hash.ts", [{ within: ["hash"], isTrivial: true }]],
  ["src/socket.ts", [ran("write")]]
])

interface Fault {
  readonly steps?: ReadonlyArray<string>
  readonly leaves?: ReadonlyArray<string>
  readonly files?: Files
  readonly ran?: Ran
}

const problems = (fault: Fault) =>
  Effect.map(tree({ ...sources, ...fault.files }), (root) =>
    checkWalk(root, walkOf(document(fault.steps, fault.leaves), heading), fault.ran ?? real, program)
  )

const many = Array.from({ length: mostFiles }, (_, index) => index)

const faults: ReadonlyArray<readonly [what: string, fault: Fault, ...expected: ReadonlyArray<string>]> = [
  [
    "a step that cannot be read",
    { steps: ["1. `src/Client.ts` calls `call`", ...steps.slice(1)] },
    "ARCHITECTURE.md:5: is no step."
  ],
  ["a leaf without a reason", { leaves: ["- `src/sign.ts`"] }, "ARCHITECTURE.md:12: is no leaf."],
  [
    "a file that is not there",
    { steps: [...steps, "5. `src/lost.ts` → `call`"] },
    "ARCHITECTURE.md:9: there is no src/lost.ts.",
    "ARCHITECTURE.md:9: call in src/lost.ts does not run in scripts/walk/call.ts."
  ],
  [
    "a function that is not there",
    { steps: [...steps.slice(0, 2), "3. `src/socket.ts` → `send`", ...steps.slice(3)] },
    "ARCHITECTURE.md:7: src/socket.ts has no function send.",
    "ARCHITECTURE.md:7: send in src/socket.ts does not run in"
  ],
  [
    "a method of another class",
    { steps: [...steps.slice(0, 1), "2. `src/call.ts` → `Attempt.run` → `send`", ...steps.slice(2)] },
    "ARCHITECTURE.md:6: src/call.ts has no function Attempt.run.",
    "ARCHITECTURE.md:6: nothing leads from Attempt.run in src/call.ts to send in src/call.ts",
    "ARCHITECTURE.md:6: Attempt.run in src/call.ts does not run in"
  ],
  [
    "a step that nothing leads to",
    {
      steps: ["1. `src/Client.ts` → `call`", "2. `src/socket.ts` → `write`"],
      leaves: [...leaves, "- `src/call.ts`: no."]
    },
    "ARCHITECTURE.md:6: nothing leads from call in src/Client.ts to write in src/socket.ts",
    "ARCHITECTURE.md:11: the leaf src/call.ts leads on to a step: src/call.ts → src/socket.ts."
  ],
  [
    "a step that only an import of types leads to",
    {
      steps: [...steps, "5. `src/answer.ts` → `never`"],
      ran: new Map([...real, ["src/answer.ts", [ran("never")]]])
    },
    "ARCHITECTURE.md:9: nothing leads from read in src/Client.ts to never in src/answer.ts"
  ],
  [
    "a file that is entered twice",
    { steps: [...steps, "5. `src/call.ts` → `Call.run`"] },
    "ARCHITECTURE.md:9: enters src/call.ts again."
  ],
  [
    "a way back to what was left",
    { steps: [...steps, "5. back to `src/socket.ts` → `write`"] },
    "ARCHITECTURE.md:9: goes back to src/socket.ts, which the way has left or never entered."
  ],
  [
    "a file that runs, and that the walk does not know",
    { leaves: [] },
    "src/sign.ts: sign ran in scripts/walk/call.ts, and the walk does not lead there."
  ],
  [
    "a step that does not run",
    { ran: new Map([...real, ["src/Client.ts", [ran("call")]]]) },
    "ARCHITECTURE.md:8: read in src/Client.ts does not run in scripts/walk/call.ts."
  ],
  [
    "a leaf that does not run",
    { leaves: [...leaves, "- `src/answer.ts`: a type."] },
    "ARCHITECTURE.md:13: nothing in the leaf src/answer.ts runs."
  ],
  [
    "a leaf that is a step",
    { leaves: [...leaves, "- `src/call.ts`: it is short."] },
    "ARCHITECTURE.md:13: src/call.ts is a step, and so no leaf."
  ],
  [
    "a leaf through which the way goes on",
    {
      leaves,
      files: {
        "src/hash.ts": 'import { write } from "./socket.js"\nexport const hash = (request: number) => write(request)\n'
      }
    },
    "ARCHITECTURE.md:12: the leaf src/sign.ts leads on to a step: src/sign.ts → src/hash.ts → src/socket.ts."
  ],
  [
    "a walk through too many files",
    {
      steps: [...many, mostFiles].map((index) => `${index + 1}. \`src/n${index}.ts\` → \`run${index}\``),
      leaves: [],
      files: Object.fromEntries(
        [...many, mostFiles].map((index) => [
          `src/n${index}.ts`,
          `export const run${index} = () => run${index + 1}()\n`
        ])
      ),
      ran: new Map([...many, mostFiles].map((index) => [`src/n${index}.ts`, [ran(`run${index}`)]]))
    },
    "ARCHITECTURE.md: the walk leads through 21 files, and 20 are allowed."
  ]
]

describe("the check of the walks", () => {
  it("reads the steps and leaves under a heading, and nothing of the next one", () => {
    const walk = walkOf(document(), heading)
    assert.deepStrictEqual(walk.problems, [])
    assert.deepStrictEqual(
      walk.steps.map(({ isBack, line, name, path }) => [line, path, name, isBack]),
      [
        [5, "src/Client.ts", "call", false],
        [6, "src/call.ts", "Call.run", false],
        [6, "src/call.ts", "send", false],
        [7, "src/socket.ts", "write", false],
        [8, "src/Client.ts", "read", true]
      ]
    )
    assert.deepStrictEqual(walk.leaves, [{ line: 12, path: "src/sign.ts" }])
  })

  it("requires the heading", () => {
    assert.include(walkOf("# Architecture\n", heading).problems[0], `ARCHITECTURE.md: has no "## ${heading}".`)
  })

  it.scoped("finds nothing if the walk is correct", () =>
    Effect.map(problems({}), (found) => assert.deepStrictEqual(found, []))
  )

  for (const [what, fault, ...expected] of faults) {
    it.scoped(`finds ${what}`, () =>
      Effect.gen(function* () {
        const found = yield* problems(fault)
        assert.strictEqual(found.length, expected.length, found.join("\n"))
        for (const [index, start] of expected.entries()) assert.include(found[index], start)
      })
    )
  }
})

/** A subject that makes the call of the fixture: the first time, it also does what is done only once. */
const subject =
  'import { call } from "../../src/Client.js"\nimport { setUp } from "../../src/setUp.js"\n' +
  "let isUp = false\n" +
  "export const subject = async () => ({\n  once: async () => {\n    if (!isUp) setUp()\n    isUp = true\n    call(1)\n  },\n  stop: async () => {}\n})\n"

const whole: Files = {
  ...sources,
  "src/setUp.ts": "export const setUp = () => {\n  const once = 1\n  return once\n}\n",
  "scripts/walk/call.ts": subject,
  "scripts/walk/request.ts": subject,
  "ARCHITECTURE.md": document() + document().replace(heading, "The walk of one request")
}

const run = (files: Files, ...options: ReadonlyArray<string>) =>
  Effect.map(tree(files), (root) =>
    spawnSync(process.execPath, ["--import", "tsx", "scripts/check-walk.ts", ...options, root], { encoding: "utf8" })
  )

const counted = "3 files to open, 1 leaves; 5 files of src run, 4 of them with more than one-liners\n"

describe("the walks under V8's coverage", () => {
  it.scoped("are the functions that run in a warm call", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* run(whole)
      assert.strictEqual(stderr, "")
      assert.strictEqual(stdout, `The walk of one call: ${counted}The walk of one request: ${counted}`)
      assert.strictEqual(status, 0)
    })
  )

  it.scoped("fail if something else runs too", () =>
    Effect.gen(function* () {
      const { status, stderr } = yield* run({
        ...whole,
        "src/log.ts": "export const log = (text: string) => {\n  const line = text\n  return line\n}\n",
        "src/hash.ts":
          'import { log } from "./log.js"\nexport const hash = (request: number) => {\n  log("hash")\n  return request * 2\n}\n'
      })
      assert.strictEqual(status, 1)
      assert.include(stderr, "src/hash.ts: hash ran in scripts/walk/call.ts, and the walk does not lead there.")
      assert.include(stderr, "src/log.ts: log ran in scripts/walk/request.ts, and the walk does not lead there.")
    })
  )

  it.scoped("are listed, function by function, without a check", () =>
    Effect.gen(function* () {
      const { status, stdout } = yield* run({ ...whole, "ARCHITECTURE.md": "" }, "--list")
      assert.strictEqual(status, 0)
      assert.include(stdout, "  src/call.ts: Call.run, Call.send\n  src/hash.ts: one-liners\n")
    })
  )
})
