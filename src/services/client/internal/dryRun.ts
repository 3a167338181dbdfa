/** Dry runs: asks whether a request would succeed. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Action from "../../../domain/contract/Action.js"
import { MalformedResponse } from "../../../domain/errors/ClientError.js"
import type { DryRunOperation } from "../../../domain/errors/CommonError.js"
import type { Call } from "./call.js"
import { type Failure, placeOf } from "./callState.js"
import * as CallStats from "./callStats.js"

/**
 * The proof that a request would have succeeded.
 *
 * @since 0.1.0
 * @category models
 */
export interface DryRun {
  readonly requestId: string
  readonly message: string
}

/**
 * What a dry run can fail with: all that the call can fail with, except the `DryRunOperation` that proves it.
 *
 * @since 0.1.0
 * @category models
 */
export type DryRunError<A> = Exclude<Action.Action.Error<A>, DryRunOperation>

/** Runs a call whose request says `DryRun`. `DryRunOperation` becomes a value, and a result becomes an error. */
export const runDry = <A extends Action.Action.AnyUnary>(
  call: Call<A, Action.Action.Success<A>>
): Effect.Effect<DryRun, DryRunError<A>> =>
  Effect.matchEffect(call.run(), {
    onFailure: (error: Failure<A>): Effect.Effect<DryRun, DryRunError<A>> =>
      error._tag === "DryRunOperation"
        ? Effect.succeed({ requestId: error.requestId, message: error.reason })
        : // The tag says that it is none of those that `DryRunError` leaves out.
          Effect.fail(error as DryRunError<A>),
    onSuccess: ({ RequestId }): Effect.Effect<DryRun, DryRunError<A>> => {
      const error = new MalformedResponse({
        ...placeOf(call),
        status: 200,
        contentType: "application/json",
        reason: "holds a result where a dry run was asked for: the action may have been carried out",
        truncated: false,
        requestId: RequestId,
        body: Redacted.make("")
      })
      return Effect.zipRight(CallStats.record(error, call), Effect.fail(error))
    }
  })
