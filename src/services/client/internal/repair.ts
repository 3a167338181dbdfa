/** Repairs what all calls of a client share, once for all calls that need it at the same time. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** How a repair ended: whether it helped, and the host that the answer to this came from. */
export interface Outcome {
  readonly helped: boolean
  readonly host: string
}

/** A repair that runs. It ends with no outcome if the call that runs it is interrupted: another call then runs it. */
type Running = Deferred.Deferred<Outcome | undefined>

/** Ends a repair. */
export type Settle = (outcome: Outcome) => Effect.Effect<void>

/** The outcome of a repair that has ended. */
const before: Outcome = { helped: true, host: "" }

/** A repair of one thing: the clock, or the credential. */
export class Repair {
  /** How often it has helped. A call notes this when it signs, so that it knows whether a repair came after its signature. */
  version = 0
  private running: Running | undefined = undefined

  /**
   * Repairs once. The first call of those that fail together leads: it runs the repair, and settles it. The others wait, and follow
   * with the outcome. A call that signed before the last repair that helped follows at once: it has the repair that it needs.
   */
  once<A, E>(
    signedAt: number,
    lead: (settle: Settle) => Effect.Effect<A, E>,
    follow: (outcome: Outcome) => Effect.Effect<A, E>
  ): Effect.Effect<A, E> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Deferred.make<Outcome | undefined>(), (mine): Effect.Effect<A, E> => {
        if (this.version !== signedAt) return restore(follow(before))
        const { running } = this
        if (running === undefined) {
          this.running = mine
          const settle = (outcome: Outcome | undefined) =>
            Effect.suspend(() => {
              if (this.running !== mine) return Effect.void
              this.running = undefined
              if (outcome?.helped === true) this.version += 1
              return Effect.asVoid(Deferred.succeed(mine, outcome))
            })
          return Effect.ensuring(restore(Effect.suspend(() => lead(settle))), settle(undefined))
        }
        return Effect.flatMap(restore(Deferred.await(running)), (outcome) =>
          restore(outcome === undefined ? this.once(signedAt, lead, follow) : follow(outcome))
        )
      })
    )
  }
}
