import * as Effect from "effect/Effect"

/** What each call adds: one retry for ten calls, over time. */
const perCall = 0.1

/** What can be saved up, so that a client which makes few calls can still retry them. */
const most = 10

/** Bounds the retries of all calls of a client together. */
export interface RetryBudget {
  readonly deposit: () => void
  /** Whether there is one retry left, which it takes. */
  readonly withdraw: Effect.Effect<boolean>
}

/**
 * Keeps retries from multiplying the load of a service that is failing anyway: when everything fails, attempts stay at 1.1
 * times the calls, once what was saved up is spent.
 */
export const make: Effect.Effect<RetryBudget> = Effect.sync(() => {
  let saved = most
  return {
    deposit: () => {
      saved = Math.min(most, saved + perCall)
    },
    withdraw: Effect.sync(() => {
      if (saved < 1) return false
      saved -= 1
      return true
    })
  }
})
