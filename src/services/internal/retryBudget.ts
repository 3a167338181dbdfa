import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"

/** What each call adds: one retry for ten calls, over time. */
const perCall = 0.1

/** What can be saved up, so that a client which makes few calls can still retry them. */
const most = 10

/**
 * Keeps retries from multiplying the load of a service that is failing anyway: when everything fails, attempts stay at 1.1
 * times the calls, once what was saved up is spent.
 */
export const make: Effect.Effect<{
  readonly deposit: Effect.Effect<void>
  /** Whether there is one retry left, which it takes. */
  readonly withdraw: Effect.Effect<boolean>
}> = Effect.map(Ref.make(most), (balance) => ({
  deposit: Ref.update(balance, (saved) => Math.min(most, saved + perCall)),
  withdraw: Ref.modify(balance, (saved) => (saved >= 1 ? [true, saved - 1] : [false, saved]))
}))
