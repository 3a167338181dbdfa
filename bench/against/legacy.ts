/**
 * The subject for commits without one: 4ea1468 and those before it. It runs the benchmarks of that commit, whose path is the
 * argument before the order, and adds what they lack: one server for both builds, and processor time.
 */
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import {
  costBetween,
  type Measured,
  type Pace,
  type Repeat,
  Skipped,
  type Suite,
  type Turn,
  type Wrong
} from "../harness.js"
import type { Ports } from "../programs/service.js"
import { printsUsage, starter } from "../starter.js"
import { parseOrder, serveTurns, type Work } from "./protocol.js"

interface Client {
  readonly calls: (atOnce: number) => Repeat
}

/** The parts of that commit's modules that this file uses. */
interface Modules {
  readonly benchmarks: {
    readonly benchmarks: ReadonlyArray<{
      readonly name: string
      readonly prepare: (pace: Pace) => Effect.Effect<Suite, Wrong | Skipped, Scope.Scope>
    }>
  }
  readonly clients: {
    readonly ours: (port: number, options: { readonly tracing?: boolean }) => Effect.Effect<Client, never, Scope.Scope>
    readonly traced: (port: number) => Effect.Effect<{ readonly client: Client }, never, Scope.Scope>
    readonly verifyClient: (contender: string, client: Client) => Effect.Effect<void, Wrong>
  }
  readonly files: {
    readonly folder: (files: Readonly<Record<string, string>>) => Effect.Effect<string, never, Scope.Scope>
  }
  readonly harness: {
    readonly rateOf: (pace: Pace, repeat: Repeat) => Turn
    readonly costOf: (pace: Pace, repeat: Repeat) => Turn
  }
  readonly instances: Work & { readonly key: { readonly secretId: string; readonly secretKey: string } }
  readonly programs: {
    readonly ours: string
    readonly variables: (host: string, key: Modules["instances"]["key"]) => Readonly<Record<string, string>>
  }
}

const [built = "", ...order] = process.argv.slice(2)
const { benchmark, contender, pace } = parseOrder(order)
const ports: Ports = JSON.parse(process.env.BENCH_SERVICE ?? "{}")

// A commit does not change, so `Modules` is true of it.
const load = <Name extends keyof Modules>(name: Name): Promise<Modules[Name]> =>
  import(pathToFileURL(join(built, `${name}.js`)).href)

const clients = await load("clients")
const harness = await load("harness")
const instances = await load("instances")

const calls = (
  make: (port: number) => Effect.Effect<Client, never, Scope.Scope>,
  atOnce: number,
  measure: "costOf" | "rateOf"
): Effect.Effect<Turn, Wrong, Scope.Scope> =>
  Effect.gen(function* () {
    const verified = Effect.flatMap(make(ports.verifying), (client) => clients.verifyClient("ours", client))
    yield* Effect.scoped(verified)
    const client = yield* make(ports.plain)
    return harness[measure](pace, client.calls(atOnce))
  })

const untraced = (port: number) => clients.ours(port, { tracing: false })
const traced = (port: number) => Effect.map(clients.traced(port), ({ client }) => client)

const start = Effect.gen(function* () {
  const programs = yield* Effect.promise(() => load("programs"))
  const files = yield* Effect.promise(() => load("files"))
  const path = yield* files.folder({ "ours.mjs": programs.ours + printsUsage })
  const { host, run } = yield* starter
  const variables = programs.variables(host, instances.key)
  return async (): Promise<Measured> => {
    const { cost, took } = await run(join(path, "ours.mjs"), variables)
    return { value: took, cost }
  }
})

/** Benchmarks whose value is the time of one operation: the number of operations follows from the time of the turn. */
const withCost =
  (turn: Turn): Turn =>
  async () => {
    const before = process.cpuUsage()
    const begin = performance.now()
    const measured = await turn()
    const times = ((performance.now() - begin) * 1000) / measured.value
    return { cost: costBetween(before, process.cpuUsage(), times), ...measured }
  }

const missing = new Skipped({ reason: `there is no ${contender} of ${benchmark}` })

const ownBenchmark: Effect.Effect<Turn, Skipped | Wrong, Scope.Scope> = Effect.gen(function* () {
  const { benchmarks } = yield* Effect.promise(() => load("benchmarks"))
  const found = benchmarks.find(({ name }) => name === benchmark)
  const suite = found === undefined ? yield* missing : yield* found.prepare(pace)
  const turn = suite.turns[contender]
  return turn === undefined ? yield* missing : withCost(turn)
})

const prepare = (): Effect.Effect<Turn, Skipped | Wrong, Scope.Scope> => {
  switch (benchmark) {
    case "call-1":
      return calls(untraced, 1, "rateOf")
    case "call-32":
      return calls(untraced, 32, "rateOf")
    case "call-traced":
      return calls(traced, 32, "rateOf")
    case "scale-calls":
      return calls(untraced, 512, "costOf")
    case "start":
      return start
    default:
      return ownBenchmark
  }
}

serveTurns(instances, prepare())
