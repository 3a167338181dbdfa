/** Processes of their own for what must not share one with what is measured. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Wrong } from "./harness.js"

/** Neither a proxy nor a key of whoever measures gets into it. */
export const environment = (variables: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: process.env.HOME ?? "",
  NODE_ENV: "production",
  ...variables
})

const start = (program: string, args: ReadonlyArray<string>, execArgv: ReadonlyArray<string>): ChildProcess =>
  fork(fileURLToPath(new URL(`./programs/${program}.js`, import.meta.url)), args, {
    execArgv: [...execArgv],
    env: environment()
  })

/** A program that runs, and the first thing that it said. */
export interface Running<A> {
  readonly said: A
  /** What it has used of the processor: servers tell it when they are asked, whatever they are asked. */
  readonly usage: () => Promise<NodeJS.CpuUsage>
}

/** Starts a program of this folder. It is ended with the scope. */
export const running = <A>(
  program: string,
  args: ReadonlyArray<string> = [],
  execArgv: ReadonlyArray<string> = []
): Effect.Effect<Running<A>, Wrong, Scope.Scope> =>
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.sync(() => start(program, args, execArgv)),
      (child) => Effect.sync(() => child.kill())
    ),
    (child) => {
      const next = <B>(): Promise<B> =>
        new Promise((resolve) => child.once("message", (message) => resolve(message as B)))
      const usage = (): Promise<NodeJS.CpuUsage> => {
        const told = next<NodeJS.CpuUsage>()
        child.send("usage")
        return told
      }
      const ended = new Promise<never>((_, reject) =>
        child.once("exit", (code) => reject(new Error(`ended with ${code}`)))
      )
      return Effect.tryPromise({
        try: async () => ({ said: await Promise.race([next<A>(), ended]), usage }),
        catch: (cause) => new Wrong({ contender: program, reason: String(cause) })
      })
    }
  )

/** For a program that serves: says where, and then, whenever it is asked, what it has used of the processor. */
export const serving = (where: unknown): void => {
  process.on("message", () => process.send?.(process.cpuUsage()))
  process.send?.(where)
}
