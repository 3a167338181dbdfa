/** Schedules that decide when to go on. Effect 4 drives schedules differently: an edition for it needs a twin of this file. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** Retries an effect as a schedule says, and as long as it is allowed. Only an error that the schedule retries asks whether it is. */
export const retryWhile = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  schedule: Schedule.Schedule<unknown, NoInfer<E>>,
  isAllowed: (error: NoInfer<E>) => Effect.Effect<boolean>
): Effect.Effect<A, E, R> => Effect.retry(self, Schedule.whileInputEffect(schedule, isAllowed))

/** Takes the steps of a schedule one by one. */
export interface Stepper<In, R> {
  /** Waits as long as the schedule says after an input, and returns whether the schedule goes on. */
  readonly next: (input: In) => Effect.Effect<boolean, never, R>
}

/** Starts a schedule. */
export const stepper = <In, R>(schedule: Schedule.Schedule<unknown, In, R>): Effect.Effect<Stepper<In, R>> =>
  Effect.map(Schedule.driver(schedule), (driver) => ({
    next: (input) => Effect.match(driver.next(input), { onFailure: () => false, onSuccess: () => true })
  }))
