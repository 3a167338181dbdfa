/** Starts programs that make one call, and measures how long that takes and what it costs. */
import { spawn } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as ByHand from "./byHand.js"
import { costBetween } from "./harness.js"
import { answer, key } from "./instances.js"
import { environment } from "./processes.js"

export interface Started {
  /** From the start of the process to the arrival of its call, in milliseconds. */
  readonly took: number
  /** The processor time of the whole process, in microseconds. */
  readonly cost: number
  readonly isSigned: boolean
}

export interface Starter {
  /** The endpoint of the program. */
  readonly host: string
  /** Runs a file whose program ends with `printsUsage`. */
  readonly run: (file: string, variables: Readonly<Record<string, string>>) => Promise<Started>
}

/** The end of a program: when it exits, it writes its processor time to a pipe. */
export const printsUsage = `
process.once("exit", () => process.getBuiltinModule("node:fs").writeSync(3, JSON.stringify(process.cpuUsage())))
`

interface Arrival {
  readonly at: number
  readonly isSigned: boolean
}

/** Answers every call, and records when it came. */
const makeServer = Effect.acquireRelease(
  Effect.async<{ readonly host: string; readonly next: () => Promise<Arrival>; readonly close: () => void }>(
    (resume) => {
      let arrived: (arrival: Arrival) => void = () => {}
      const server = createServer((message, response) => {
        const at = performance.now()
        const chunks: Array<Buffer> = []
        message.on("data", (chunk: Buffer) => chunks.push(chunk))
        message.on("end", () => {
          arrived({ at, isSigned: ByHand.isSigned(key, message.headers, Buffer.concat(chunks)) })
          response.end(answer)
        })
      }).listen(0, "127.0.0.1", () =>
        resume(
          Effect.succeed({
            host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
            next: () => new Promise<Arrival>((resolve) => (arrived = resolve)),
            close: () => server.close()
          })
        )
      )
    }
  ),
  ({ close }) => Effect.sync(close)
)

const nothing: NodeJS.CpuUsage = { user: 0, system: 0 }

export const starter: Effect.Effect<Starter, never, Scope.Scope> = Effect.map(makeServer, ({ host, next }) => ({
  host,
  run: async (file, variables) => {
    const arrival = next()
    const begin = performance.now()
    const child = spawn(process.execPath, [file], {
      env: environment(variables),
      stdio: ["ignore", "ignore", "inherit", "pipe"]
    })
    // The fourth is a pipe that is read from.
    const usage = text(child.stdio[3] as Readable)
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve))
    const { at, isSigned } = await Promise.race([
      arrival,
      ended.then((code) => Promise.reject(new Error(`it ended with ${code} before it called`)))
    ])
    const code = await ended
    if (code !== 0) throw new Error(`it ended with ${code}`)
    return { took: at - begin, cost: costBetween(nothing, JSON.parse(await usage), 1), isSigned }
  }
}))
