/**
 * How the driver of a comparison and its subjects talk. A subject is a process that measures one contender of one benchmark, with
 * the code of its own commit; the driver of another commit must be able to drive it, so the protocol does not change:
 *
 * - The driver starts `bench/programs/subject.ts`, built, with the arguments `benchmark`, `contender` and the `Pace` as JSON. The
 *   environment variable `BENCH_SERVICE` holds the `Ports` of the server to call, as JSON.
 * - The subject prepares the benchmark, checks its answers, and sends `Ready`.
 * - For each message of the driver, the subject takes one turn and sends `Taken`. The first turn warms up.
 * - Either answer can be `Skipped` or `Wrong` instead. SIGTERM ends the subject and what it has started.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Measured, Pace, Skipped, Turn, Wrong } from "../harness.js"

export type Problem =
  | { readonly _tag: "Skipped"; readonly reason: string }
  | { readonly _tag: "Wrong"; readonly contender: string; readonly reason: string }

export interface Ready {
  readonly _tag: "Ready"
  /** A digest of the request and the answers. Only subjects that do the same work can be compared. */
  readonly work: string
}

export interface Taken {
  readonly _tag: "Taken"
  readonly measured: Measured
}

/** What all contenders send and receive. */
export interface Work {
  readonly call: unknown
  readonly product: string
  readonly request: unknown
  readonly answer: string
  readonly errorAnswer: string
  readonly largeAnswer: string
}

export const digest = ({ answer, call, errorAnswer, largeAnswer, product, request }: Work): string =>
  createHash("sha256")
    .update(JSON.stringify([call, product, request, answer, errorAnswer, largeAnswer]))
    .digest("hex")

/** What a subject is asked to measure. */
export interface Order {
  readonly benchmark: string
  readonly contender: string
  readonly pace: Pace
}

export const formatOrder = ({ benchmark, contender, pace }: Order): ReadonlyArray<string> => [
  benchmark,
  contender,
  JSON.stringify(pace)
]

/** Reads the arguments that `formatOrder` wrote. */
export const parseOrder = ([benchmark = "", contender = "", pace = "{}"]: ReadonlyArray<string>): Order => ({
  benchmark,
  contender,
  pace: JSON.parse(pace)
})

const say = (message: Ready | Taken | Problem): void => {
  process.send?.(message)
}

/** Runs a subject: prepares its turn, then takes one for each message until the driver ends the process. */
export const serveTurns = (work: Work, prepare: Effect.Effect<Turn, Skipped | Wrong, Scope.Scope>): void => {
  const main = Effect.scoped(
    Effect.flatMap(prepare, (turn) => {
      process.on("message", () =>
        turn().then(
          (measured) => say({ _tag: "Taken", measured }),
          (cause: unknown) => say({ _tag: "Wrong", contender: "subject", reason: String(cause) })
        )
      )
      say({ _tag: "Ready", work: digest(work) })
      return Effect.never
    })
  ).pipe(Effect.catchAll((problem) => Effect.sync(() => say({ ...problem }))))

  const fiber = Effect.runFork(main)
  const end = (): void => {
    Effect.runPromise(Fiber.interrupt(fiber)).then(() => process.exit())
  }
  process.once("SIGTERM", end).once("disconnect", end)
}
