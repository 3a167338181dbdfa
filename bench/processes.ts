/** Processes of their own for what must not share one with what is measured. */
import { fork } from "node:child_process"
import { basename } from "node:path"
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

/** How to start a program, where it is not one of this folder with nothing but its arguments. */
export interface Start {
  readonly args?: ReadonlyArray<string>
  readonly execArgv?: ReadonlyArray<string>
  readonly variables?: Readonly<Record<string, string>>
}

/** The file of a program of this folder. */
const fileOf = (program: string): string => fileURLToPath(new URL(`./programs/${program}.js`, import.meta.url))

/** A program that runs, and the first thing that it said. */
export interface Running<A> {
  readonly said: A
  /** Sends it a message, and gives the next one that it sends. Fails when it ends. */
  readonly ask: <B>(question: string) => Promise<B>
}

/** What a server has used of the processor so far: see `serving`. */
export const usageOf = (server: Running<unknown>): Promise<NodeJS.CpuUsage> => server.ask("usage")

/** Starts a file. It is ended with the scope. */
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

/** Starts a program of this folder. It is ended with the scope. */
export const running = <A>(program: string, start?: Start): Effect.Effect<Running<A>, Wrong, Scope.Scope> =>
  runningFile(fileOf(program), start)

/** For a program that serves: says where, and then, whenever it is asked, what it has used of the processor. */
export const serving = (where: unknown): void => {
  process.on("message", () => process.send?.(process.cpuUsage()))
  process.send?.(where)
}
