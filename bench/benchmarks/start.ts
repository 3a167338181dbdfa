import { spawn } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as ByHand from "../byHand.js"
import { folder } from "../files.js"
import { type Benchmark, type Turn, verify } from "../harness.js"
import { answer, key } from "../instances.js"
import { environment } from "../processes.js"
import { bareEffect, bareNode, ours, theirs, variables } from "../programs.js"

interface Arrival {
  readonly at: number
  readonly signed: boolean
}

/** Answers whoever calls, and tells when a call came. */
const makeServer = Effect.acquireRelease(
  Effect.async<{ readonly host: string; readonly next: () => Promise<Arrival>; readonly close: () => void }>(
    (resume) => {
      let arrived: (arrival: Arrival) => void = () => {}
      const server = createServer((message, response) => {
        const at = performance.now()
        const chunks: Array<Buffer> = []
        message.on("data", (chunk: Buffer) => chunks.push(chunk))
        message.on("end", () => {
          arrived({ at, signed: ByHand.isSigned(key, message.headers, Buffer.concat(chunks)) })
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

export const start: Benchmark = {
  name: "start",
  what: "from the start of the process to its first call",
  unit: "ms",
  goals: [{ against: "theirs", is: "at most", value: 1, held: 4 }],
  prepare: () =>
    Effect.gen(function* () {
      const server = yield* makeServer
      const path = yield* folder({
        "ours.mjs": ours,
        "theirs.cjs": theirs,
        "floor.mjs": bareNode,
        "effect.mjs": bareEffect
      })

      const run = async (program: string): Promise<{ readonly took: number; readonly signed: boolean }> => {
        const arrival = server.next()
        const begin = performance.now()
        const child = spawn(process.execPath, [join(path, program)], {
          env: environment(variables(server.host, key)),
          stdio: ["ignore", "ignore", "inherit"]
        })
        const ended = new Promise<number | null>((resolve) => child.once("exit", resolve))
        const { at, signed } = await Promise.race([
          arrival,
          ended.then((code) => Promise.reject(new Error(`it ended with ${code} before it called`)))
        ])
        const code = await ended
        if (code !== 0) throw new Error(`it ended with ${code}`)
        return { took: at - begin, signed }
      }

      const turn =
        (program: string): Turn =>
        async () => ({ value: (await run(program)).took })

      for (const [contender, program] of [
        ["ours", "ours.mjs"],
        ["theirs", "theirs.cjs"]
      ] as const) {
        const { signed } = yield* Effect.promise(() => run(program))
        yield* verify(contender, signed, "the signature is wrong")
      }
      return {
        rounds: 15,
        turns: {
          ours: turn("ours.mjs"),
          theirs: turn("theirs.cjs"),
          floor: turn("floor.mjs"),
          "Effect alone": turn("effect.mjs")
        }
      }
    })
}
