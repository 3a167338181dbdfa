/**
 * The service that stores the state, and runs the work that continues after an answer.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SynchronizedRef from "effect/SynchronizedRef"
import type { State } from "./state.js"

/** A step from one state to the next, with its answer. If it fails, the state stays the same. */
export type Transition<A, E, R> = (state: State) => Effect.Effect<readonly [A, State], E, R>

export class Storage extends Context.Tag("ebs/Storage")<
  Storage,
  {
    readonly state: Effect.Effect<State>
    /** One transition at a time: its checks are still true when it changes the state. */
    readonly change: <A, E, R>(transition: Transition<A, E, R>) => Effect.Effect<A, E, R>
    /** Runs in the background until it ends, or the service does. */
    readonly start: <R>(work: Effect.Effect<void, never, R>) => Effect.Effect<void, never, R>
  }
>() {}

export const state: Effect.Effect<State, never, Storage> = Effect.flatMap(Storage, (storage) => storage.state)

export const change = <A, E, R>(transition: Transition<A, E, R>): Effect.Effect<A, E, R | Storage> =>
  Effect.flatMap(Storage, (storage) => storage.change(transition))

export const start = <R>(work: Effect.Effect<void, never, R>): Effect.Effect<void, never, R | Storage> =>
  Effect.flatMap(Storage, (storage) => storage.start(work))

/** In memory. */
export const layer = (initial: State): Layer.Layer<Storage> =>
  Layer.scoped(
    Storage,
    Effect.gen(function* () {
      const ref = yield* SynchronizedRef.make(initial)
      const scope = yield* Effect.scope
      return {
        state: SynchronizedRef.get(ref),
        change: (transition) => SynchronizedRef.modifyEffect(ref, transition),
        start: (work) => Effect.forkIn(work, scope)
      }
    })
  )
