/** Starts a gateway in a process of its own, attacks it, and lets an honest client call meanwhile. */
import { fork } from "node:child_process"
import * as Http from "node:http"
import { fileURLToPath } from "node:url"
import type * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { v3 } from "../fixtures/Signed.js"

export type AdapterName = "node" | "platform" | "web"

export interface VictimOptions {
  readonly adapter: AdapterName
  readonly journal?: boolean
  readonly node?: NodeGateway.Options
}

/** What a victim reports of itself. */
export interface Stats {
  /** Bytes. */
  readonly rss: number
  /** The most bytes since the last reset. */
  readonly peak: number
  /** What its memory is made of, near that peak. */
  readonly parts: NodeJS.MemoryUsage
  /** The longest turn of its event loop since the last reset, in milliseconds. */
  readonly longest: number
  /** Processor time, in milliseconds. */
  readonly cpu: number
}

export interface Victim {
  readonly port: number
  readonly stats: (reset?: boolean) => Promise<Stats>
  /** Whether the process still runs. */
  readonly isAlive: () => boolean
  readonly stop: () => void
}

const heap = 256

/** Starts a gateway with a heap of 256 MB. */
export const start = (options: VictimOptions): Promise<Victim> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./victim.ts", import.meta.url)), [JSON.stringify(options)], {
      execArgv: [`--max-old-space-size=${heap}`, "--expose-gc", "--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"]
    })
    const stats = (reset = false): Promise<Stats> =>
      new Promise((answered, failed) => {
        const died = () => failed(new Error("the gateway has died"))
        if (!child.connected) return died()
        child.once("exit", died)
        child.once("message", (message) => {
          child.off("exit", died)
          answered(message as Stats)
        })
        child.send(reset ? "reset" : "stats")
      })
    child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}`)))
    child.once("message", (message) => {
      resolve({
        port: (message as { readonly port: number }).port,
        stats,
        isAlive: () => child.connected,
        stop: () => child.kill("SIGKILL")
      })
    })
  })

export interface Honest {
  readonly calls: number
  readonly failures: ReadonlyArray<string>
  /** Milliseconds. */
  readonly p99: number
}

const agent = new Http.Agent({ keepAlive: true, maxSockets: 4 })

/** One honest call. Resolves with a fault, if it has no good answer. */
export const call = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { body, headers } = v3({ timestamp: Math.floor(Date.now() / 1000) })
    const length = { "content-length": Buffer.byteLength(body) }
    const sent = Http.request({ port, agent, method: "POST", path: "/", headers: { ...headers, ...length } })
    sent.setTimeout(20_000, () => sent.destroy(new Error("no answer in 20 s")))
    sent.on("error", (error) => resolve(error.message))
    sent.on("response", (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece
      })
      response.on("end", () => resolve(text.includes('"TotalCount":0') ? undefined : text))
      response.on("error", (error) => resolve(error.message))
    })
    sent.end(body)
  })

/** Calls one after another until a time. */
export const callUntil = async (port: number, isOver: () => boolean): Promise<Honest> => {
  const times: Array<number> = []
  const failures: Array<string> = []
  while (!isOver()) {
    const start = performance.now()
    const fault = await call(port)
    times.push(performance.now() - start)
    if (fault !== undefined) failures.push(fault)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  times.sort((one, other) => one - other)
  return { calls: times.length, failures, p99: times[Math.floor(times.length * 0.99)] ?? 0 }
}

export interface Attack {
  readonly row: string
  readonly name: string
  readonly adapters: ReadonlyArray<AdapterName>
  readonly journal?: boolean
  readonly node?: NodeGateway.Options
  /** Attacks until the time is over. Returns what it found wrong with the gateway, if anything. */
  readonly run: (port: number, isOver: () => boolean) => Promise<string | undefined>
}

export interface Result {
  readonly row: string
  readonly name: string
  readonly adapter: AdapterName
  readonly fault: string | undefined
  readonly quiet: Honest
  readonly honest: Honest
  /** How much memory the attack took beyond the quiet gateway's, in megabytes. */
  readonly growth: number
  readonly longest: number
  readonly cpu: number
  readonly isAlive: boolean
  /** The most that the honest client's p99 may be, in milliseconds: ten times its quiet one, or that of a quiet machine. */
  readonly mostP99: number
  readonly parts: NodeJS.MemoryUsage
}

const after = (millis: number) => {
  const end = Date.now() + millis
  return () => Date.now() >= end
}

/**
 * Runs an attack from a process of its own, which is nicer than the others: it must not take the processor from the client that
 * measures. Resolves with what it found wrong with the gateway, if anything.
 */
const attackFrom = (index: number, port: number, millis: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const child = fork(
      fileURLToPath(new URL("./attacker.ts", import.meta.url)),
      [JSON.stringify({ index, port, millis })],
      {
        execArgv: ["--import", "tsx"]
      }
    )
    child.once("exit", (code) => reject(new Error(`the attacker ended with ${code}`)))
    child.once("message", (message) => resolve((message as { readonly fault?: string }).fault))
  })

/** A quiet p99 counts as this at least, in milliseconds: other programs keep a machine of two cores busy in only one of the phases. */
const leastQuiet = 50

/** Calls for some time before and after an attack, in milliseconds. */
const quietMillis = 500

/** Runs the attack of an index against a gateway for some time, in milliseconds. */
export const attack = async (
  { index, name, row }: Attack & { readonly index: number },
  victim: Victim,
  adapter: AdapterName,
  millis: number
): Promise<Result> => {
  const { port } = victim
  const first = await callUntil(port, after(quietMillis))
  const before = await victim.stats(true)
  let isOver = false
  const running = attackFrom(index, port, millis).finally(() => {
    isOver = true
  })
  const [fault, honest] = await Promise.all([running, callUntil(port, () => isOver)])
  const now = await victim.stats().catch(() => ({ ...before, peak: Number.POSITIVE_INFINITY }))
  const last = await callUntil(port, after(quietMillis / 2))
  const isAlive = victim.isAlive()
  const quiet = { ...first, p99: Math.max(first.p99, last.p99), failures: [...first.failures, ...last.failures] }
  const growth = (now.peak - before.rss) / 1024 / 1024
  const { longest, parts } = now
  const cpu = now.cpu - before.cpu
  const mostP99 = 10 * Math.max(quiet.p99, leastQuiet)
  return { row, name, adapter, fault, quiet, honest, growth, longest, cpu, isAlive, mostP99, parts }
}
