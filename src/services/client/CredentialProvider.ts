/**
 * Which key to sign with.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { type CredentialSource, CredentialsUnavailable } from "../../domain/errors/ClientError.js"
import * as Credential from "../../domain/rules/Credential.js"
import * as Fibers from "../internal/runtime/fiber.js"
import * as Step from "../internal/runtime/step.js"
import * as Telemetry from "../telemetry/Telemetry.js"

/**
 * Gives the key to sign with, and another one when the service has refused it.
 *
 * @since 0.1.0
 * @category tags
 */
export class CredentialProvider extends Context.Tag("effect-tencentcloud/CredentialProvider")<
  CredentialProvider,
  {
    /** The key to sign with now. */
    readonly get: Effect.Effect<Credential.Credential, CredentialsUnavailable>
    /** Forgets the key, since the service has refused it. Tells whether there may be another one now. */
    readonly refresh: Effect.Effect<boolean>
  }
>() {}

/**
 * A place where a key may be found, or several that are asked in turn.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  /** Looks there. Fails with why there is none, place by place, and without anything secret. */
  readonly load: Effect.Effect<Credential.Credential, ReadonlyArray<CredentialSource>>
  /** Whether looking again may find another one. */
  readonly refreshable: boolean
}

/** How long one place may take, and how long a whole search. */
const patience = { place: Duration.seconds(10), search: Duration.seconds(30) }

/**
 * One place. What it gives is checked: a key that is blank or padded is none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const source = (options: {
  /** How the place is called in an error: `environment`. */
  readonly name: string
  /** Fails with the reason why there is none, as a clause. */
  readonly load: Effect.Effect<Credential.Credential.Input, string>
  readonly refreshable: boolean
  /** How long it may take. Default: 10 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}): Source => {
  const timeout = Duration.decode(options.timeout ?? patience.place)
  return {
    refreshable: options.refreshable,
    load: Effect.disconnect(options.load).pipe(
      Effect.timeoutFail({ duration: timeout, onTimeout: () => `no answer within ${Duration.format(timeout)}` }),
      Effect.flatMap((input) => Either.mapLeft(Credential.make(input), (faults) => faults.join(", "))),
      Effect.mapError((reason) => [{ source: options.name, reason }])
    )
  }
}

/**
 * Several places, asked in turn until one has a key. Where none has, each is named with its reason.
 *
 * @since 0.1.0
 * @category constructors
 */
export const chain = (sources: ReadonlyArray<Source>): Source => ({
  refreshable: sources.some(({ refreshable }) => refreshable),
  load: sources.reduceRight<Source["load"]>(
    (rest, { load }) => Effect.catchAll(load, (asked) => Effect.mapError(rest, (others) => [...asked, ...others])),
    Effect.fail([])
  )
})

type Search = Deferred.Deferred<Credential.Credential, CredentialsUnavailable>

interface Kept {
  readonly credential: Credential.Credential
  /** In milliseconds. Until then it serves as it is; from then on another one is looked for. */
  readonly renewAt: number
}

/** How long before its end a key is renewed, at the earliest and at the latest. */
const ahead = { least: Duration.toMillis("5 minutes"), most: Duration.toMillis("10 minutes") }

/** No key is renewed sooner after it was found, nor looked for sooner after that failed, while the old one serves. */
const pause = Duration.toMillis("10 seconds")

const endOf = ({ expiresAt }: Credential.Credential): number =>
  expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt * 1000

const unavailable = (reason: string) => new CredentialsUnavailable({ sources: [{ source: "every source", reason }] })

const interrupted = () => unavailable("the search was interrupted: has the scope of the provider been closed?")

/**
 * Makes the service out of a source.
 *
 * A key is looked for when it is first needed, once for all who wait for it, and kept until it nears its end or the service
 * refuses it. A temporary one is renewed five to ten minutes ahead – at random, so that a fleet does not renew as one – and
 * while that fails the old one serves as long as it is valid. A failure is never kept: whoever asks next makes it look again.
 *
 * A search ends after half a minute, and with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (source: Source): Effect.Effect<CredentialProvider["Type"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let kept: Kept | undefined
    const underWay = yield* Ref.make(Option.none<Search>())

    const keep = (credential: Credential.Credential): Effect.Effect<void> =>
      Effect.flatMap(
        Effect.all([Clock.currentTimeMillis, Random.nextRange(ahead.least, ahead.most)]),
        ([now, early]) => {
          const left = endOf(credential) - now
          // A key that was made for a short time is used for half of it. One that has none left by this clock is used too,
          // since the clock may be wrong; the pause keeps it from being fetched for every call.
          const renewAt = now + Math.max(left - early, left / 2, pause)
          kept = { credential, renewAt }
          return Effect.void
        }
      )

    const postpone = Effect.map(Clock.currentTimeMillis, (now) => {
      if (kept === undefined) return
      const { credential } = kept
      kept = { credential, renewAt: Math.min(now + pause, endOf(credential)) }
    })

    const load = Effect.disconnect(source.load).pipe(
      Effect.mapError((sources) => new CredentialsUnavailable({ sources })),
      Effect.timeoutFail({
        duration: patience.search,
        onTimeout: () => unavailable(`no answer within ${Duration.format(patience.search)}`)
      }),
      // Whoever waits is told; the fibers that race with the time limits would be logged besides.
      Effect.withUnhandledErrorLogLevel(Option.none())
    )

    /** Ends well whatever it finds, since there may be nobody who waits. */
    const find = (search: Search): Effect.Effect<void> =>
      Effect.flatMap(Effect.exit(Effect.interruptible(load)), (exit) =>
        Effect.all(
          [
            Exit.isSuccess(exit)
              ? Effect.zipRight(keep(exit.value), Metric.increment(Telemetry.credentialRefreshes))
              : postpone,
            Ref.set(underWay, Option.none()),
            Deferred.done(search, Exit.isInterrupted(exit) ? Exit.fail(interrupted()) : exit)
          ],
          { discard: true }
        )
      )

    /** Looks for a key in a fiber of its own, so that whoever began to wait may be interrupted without harm to the others. */
    const look: Effect.Effect<Search> = Effect.uninterruptible(
      Effect.flatMap(Deferred.make<Credential.Credential, CredentialsUnavailable>(), (mine) =>
        Effect.flatten(
          Ref.modify(underWay, (known): readonly [Effect.Effect<Search>, Option.Option<Search>] =>
            Option.isSome(known)
              ? [Effect.succeed(known.value), known]
              : [Effect.as(Effect.forkIn(find(mine), scope), mine), Option.some(mine)]
          )
        )
      )
    )

    const lookAndWait = Effect.flatMap(look, Deferred.await)

    return {
      get: Step.make((asking) => {
        if (kept === undefined) return lookAndWait
        const { credential, renewAt } = kept
        const now = Fibers.currentClock(asking.fiber).unsafeCurrentTimeMillis()
        if (now < renewAt) return Effect.succeed(credential)
        return now < endOf(credential) ? Effect.as(look, credential) : lookAndWait
      }),
      refresh: Effect.sync(() => {
        if (source.refreshable) kept = undefined
        return source.refreshable
      })
    }
  })
