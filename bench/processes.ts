/** Separate processes for everything that must not run in the measured one. */
import { fork } from "node:child_process"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Wrong } from "./harness.js"

/** The environment of such a process, without a proxy or a key of the user. */
export const environment = (variables: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: process.env.HOME ?? "",
  NODE_ENV: "production",
  ...variables
})

/** How to start a program that is not in this folder, or needs more than arguments. */
export interface Start {
  readonly args?: ReadonlyArray<string>
  readonly execArgv?: ReadonlyArray<string>
  readonly variables?: Readonly<Record<string, string>>
}

/** The file of a program of this folder. */
const fileOf = (program: string): string => fileURLToPath(new URL(`./programs/${program}.js`, import.meta.url))

/** A running program, and its first message. */
export interface Running<A> {
  readonly said: A
  /** Sends it a message, and returns the next one from it. Fails when it ends. */
  readonly ask: <B>(question: string) => Promise<B>
}

/** The processor time that a server has used so far: see `serving`. */
export const usageOf = (server: Running<unknown>): Promise<NodeJS.CpuUsage> => server.ask("usage")

/** Starts a file. It ends with the scope. */
export const runningFile = <A>(
  file: string,
  { args = [], execArgv = [], variables = {} }: Start = {}
): Effect.Effect<Running<A>, Wrong, Scope.Scope> =>
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.sync(() => fork(file, args, { execArgv: [...execArgv], env: environment(variables) })),
      (child) => Effect.sync(() => child.kill())
    ),
    (child) => {
      const ended = new Promise<never>((_, reject) =>
        child.once("exit", (code) => reject(new Error(`ended with ${code}`)))
      )
      // It ends with the scope, when no one waits for it.
      ended.catch(() => {})
      const next = <B>(): Promise<B> =>
        Promise.race([new Promise<B>((resolve) => child.once("message", (message) => resolve(message as B))), ended])
      const ask = <B>(question: string): Promise<B> => {
        const answer = next<B>()
        child.send(question)
        return answer
      }
      return Effect.tryPromise({
        try: async () => ({ said: await next<A>(), ask }),
        catch: (cause) => new Wrong({ contender: basename(file, ".js"), reason: String(cause) })
      })
    }
  )

/** Starts a program of this folder. It ends with the scope. */
export const running = <A>(program: string, start?: Start): Effect.Effect<Running<A>, Wrong, Scope.Scope> =>
  runningFile(fileOf(program), start)

/** For a server: sends its address and then, for each message, the processor time that it has used. */
export const serving = (where: unknown): void => {
  process.on("message", () => process.send?.(process.cpuUsage()))
  process.send?.(where)
}
