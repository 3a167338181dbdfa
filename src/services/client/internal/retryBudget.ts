/** Bounds the retries of all calls of a client together. */
import * as Effect from "effect/Effect"

/** What each call adds: over time, ten calls pay for one retry. */
const perCall = 0.1

/** The most that a client can save, so that one with few calls can still retry them. */
const capacity = 10

/** The retries that a client can pay for. */
export interface RetryBudget {
  /** Adds what one call is worth. */
  readonly deposit: () => void
  /** Takes one retry out, and returns whether there was one. */
  readonly withdraw: Effect.Effect<boolean>
}

/**
 * Makes a budget. It keeps retries from multiplying the load of a service that is already failing: if every call fails, there are 1.1
 * attempts for a call, once the savings are used up.
 */
export const make: Effect.Effect<RetryBudget> = Effect.sync(() => {
  let saved = capacity
  return {
    deposit: () => {
      saved = Math.min(capacity, saved + perCall)
    },
    withdraw: Effect.sync(() => {
      if (saved < 1) return false
      saved -= 1
      return true
    })
  }
})
