import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { folder } from "../files.js"
import { type Benchmark, type Turn, verify } from "../harness.js"

const require = createRequire(import.meta.url)

/** The language service of TypeScript 5.9, as an editor runs it. */
const server = join(dirname(require.resolve("typescript-5.9/package.json")), "lib/tsserver.js")

const packageRoot = dirname(require.resolve("effect-tencentcloud/package.json"))

/** Programs whose last word an editor is asked to complete, and the packages that their projects name. */
const programs = {
  ours: {
    packages: ["effect", "@effect/platform", "@effect/experimental", "effect-tencentcloud"],
    text: `import * as Effect from "effect/Effect"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"

const layer = ApiClient.layer({ region: "ap-guangzhou" })
export const main = DescribeInstances({ Limit: 10 }).pipe(Effect.map((answer) => answer.`,
    offers: "InstanceSet"
  },
  theirs: {
    packages: ["tencentcloud-sdk-nodejs-cvm"],
    text: `import { cvm } from "tencentcloud-sdk-nodejs-cvm"

const client = new cvm.v20170312.Client({ credential: { secretId: "", secretKey: "" }, region: "ap-guangzhou" })
export const main = client.DescribeInstances({ Limit: 10 }).then((answer) => answer.`,
    offers: "InstanceSet"
  },
  floor: {
    packages: ["effect", "@effect/platform", "@effect/experimental"],
    text: `import * as Effect from "effect/Effect"

export const main = Effect.succeed({ InstanceSet: [] }).pipe(Effect.map((answer) => answer.`,
    offers: "InstanceSet"
  }
} as const

const configuration = JSON.stringify({
  compilerOptions: {
    target: "ES2022",
    module: "NodeNext",
    moduleResolution: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"]
  },
  include: ["program.mts"]
})

interface Completed {
  readonly names: ReadonlyArray<string>
  /** The processor time of the service, in milliseconds, and its largest memory, in megabytes. */
  readonly took: number
  readonly memory: number
}

/** The processor time and the memory of a process, as Linux counts them: a tick is a hundredth of a second. */
const usage = (pid: number): Pick<Completed, "memory" | "took"> => {
  const words = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
  return { took: (Number(words[11]) + Number(words[12])) * 10, memory: Number(peak) / 1024 }
}

/** Opens a file in a service of its own, and asks for the completions at its end. */
const complete = (file: string, text: string): Promise<Completed> =>
  new Promise((resolve, reject) => {
    const service = spawn(process.execPath, [server, "--disableAutomaticTypingAcquisition"], {
      stdio: ["pipe", "pipe", "ignore"]
    })
    const send = (seq: number, command: string, parameters: object) =>
      service.stdin.write(`${JSON.stringify({ seq, type: "request", command, arguments: parameters })}\n`)
    service.on("error", reject)
    createInterface(service.stdout).on("line", (line) => {
      if (!line.startsWith("{")) return
      const message: unknown = JSON.parse(line)
      if (Reflect.get(Object(message), "request_seq") !== 3) return
      const entries: ReadonlyArray<{ readonly name: string }> = Reflect.get(Object(message), "body")?.entries ?? []
      resolve({ names: entries.map(({ name }) => name), ...usage(service.pid ?? 0) })
      service.kill()
    })
    const lines = text.split("\n")
    send(1, "configure", { preferences: { includeCompletionsForModuleExports: true } })
    send(2, "open", { file, fileContent: text })
    send(3, "completionInfo", { file, line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 })
  })

/** A small project that names its packages, as an editor looks for them. */
const project = (name: keyof typeof programs): Effect.Effect<() => Promise<Completed>, never, Scope.Scope> => {
  const { packages, text } = programs[name]
  const manifest = {
    name,
    private: true,
    type: "module",
    dependencies: Object.fromEntries(packages.map((each) => [each, "*"]))
  }
  const files = { "program.mts": text, "tsconfig.json": configuration, "package.json": JSON.stringify(manifest) }
  return Effect.map(folder(files), (path) => {
    for (const each of packages) {
      const link = join(path, "node_modules", each)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(each === "effect-tencentcloud" ? packageRoot : join(packageRoot, "node_modules", each), link)
    }
    return () => complete(join(path, "program.mts"), text)
  })
}

const editor = (
  name: string,
  what: string,
  unit: "ms" | "MB",
  held: number,
  valueOf: (completed: Completed) => number
): Benchmark => ({
  name,
  what,
  unit,
  goals: [{ against: "theirs", is: "at most", value: 1.5, held }],
  prepare: () =>
    Effect.gen(function* () {
      const turns: Record<string, Turn> = {}
      for (const name of ["ours", "theirs", "floor"] as const) {
        const run = yield* project(name)
        const { names } = yield* Effect.promise(run)
        yield* verify(name, names.includes(programs[name].offers), `it offers ${names.slice(0, 9).join(", ")}`)
        turns[name] = async () => ({ value: valueOf(await run()) })
      }
      return { rounds: 5, turns }
    })
})

export const editorTime = editor(
  "editor",
  "the processor time of the first completion in a small project, by the language service of TypeScript 5.9",
  "ms",
  2.2,
  ({ took }) => took
)

export const editorMemory = editor("editor-memory", "the memory of the same service", "MB", 1.9, ({ memory }) => memory)
