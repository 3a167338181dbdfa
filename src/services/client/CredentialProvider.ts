/**
 * Provides the key that a client signs with.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import { ConfigProvider } from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
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
 * Provides the key to sign with, and another one after the service has rejected it.
 *
 * @since 0.1.0
 * @category tags
 */
export class CredentialProvider extends Context.Tag("effect-tencentcloud/CredentialProvider")<
  CredentialProvider,
  {
    /** The key to sign with now. Fails if there is none. */
    readonly get: Effect.Effect<Credential.Credential, CredentialsUnavailable>
    /** Forgets the key, because the service has rejected it. Returns whether there may be another one. */
    readonly refresh: Effect.Effect<boolean>
  }
>() {}

/**
 * A place that may have a key, or several that are asked in turn.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  /** Looks for a key. Fails with the reasons why there is none, place by place. A reason holds nothing secret. */
  readonly load: Effect.Effect<Credential.Credential, ReadonlyArray<CredentialSource>>
  /** Whether looking again may find another key. */
  readonly refreshable: boolean
}

/** How long one place may take, and how long a whole search may. */
const timeouts = { place: Duration.seconds(10), search: Duration.seconds(30) }

/**
 * Makes a source of one place. It checks the key: a blank key, or one with spaces around it, is none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const source = (options: {
  /** The name of the place in an error, such as `environment`. */
  readonly name: string
  /** Looks for a key. Fails with a clause that says why there is none. */
  readonly load: Effect.Effect<Credential.Credential.Input, string>
  readonly refreshable: boolean
  /** How long the place may take. Default: 10 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}): Source => {
  const timeout = Duration.decode(options.timeout ?? timeouts.place)
  return {
    refreshable: options.refreshable,
    load: Effect.disconnect(options.load).pipe(
      Effect.timeoutFail({ duration: timeout, onTimeout: () => `no answer within ${Duration.format(timeout)}` }),
      Effect.flatMap((input) => Step.fromEither(Either.mapLeft(Credential.make(input), (faults) => faults.join(", ")))),
      Effect.mapError((reason) => [{ source: options.name, reason }])
    )
  }
}

/**
 * Makes a source of several, which are asked in turn until one has a key. If none has, the error names each with its reason.
 *
 * @since 0.1.0
 * @category constructors
 */
export const chain = (sources: ReadonlyArray<Source>): Source => ({
  refreshable: sources.some(({ refreshable }) => refreshable),
  load: sources.reduceRight<Source["load"]>(
    (rest, { load }) => Effect.catchAll(load, (reasons) => Effect.mapError(rest, (others) => [...reasons, ...others])),
    Effect.fail([])
  )
})

type Search = Deferred.Deferred<Credential.Credential, CredentialsUnavailable>

interface Kept {
  readonly credential: Credential.Credential
  /** When the provider begins to look for another key, in milliseconds since the epoch. */
  readonly renewAt: number
}

/** How long before its end a key is renewed, at most and at least. */
const ahead = { least: Duration.toMillis("5 minutes"), most: Duration.toMillis("10 minutes") }

/** The least time between two searches, while there is a valid key. */
const pause = Duration.toMillis("10 seconds")

const endOf = ({ expiresAt }: Credential.Credential): number =>
  expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt * 1000

/** The key that a provider has. */
class KeptKey {
  kept: Kept | undefined = undefined
  /** The key that the service has rejected, while the provider looks for another one. */
  private rejected: Kept | undefined = undefined

  keep(credential: Credential.Credential): Effect.Effect<void> {
    return Effect.map(
      Effect.all([Clock.currentTimeMillis, Random.nextRange(ahead.least, ahead.most)]),
      ([now, early]) => {
        const left = endOf(credential) - now
        // A key for a short time is used for half of it. A key that has expired by this clock is used too, since the clock may be
        // wrong; the pause keeps every call from fetching one.
        const renewAt = now + Math.max(left - early, left / 2, pause)
        this.kept = { credential, renewAt }
        this.rejected = undefined
      }
    )
  }

  reject(): void {
    this.rejected = this.kept ?? this.rejected
    this.kept = undefined
  }

  /**
   * Keeps what there is for a while after a search has failed. A source that fails takes no key away: the service may have rejected the
   * key for another reason. Returns the rejected key, if it is kept again.
   */
  postpone(): Effect.Effect<Credential.Credential | undefined> {
    return Effect.map(Clock.currentTimeMillis, (now) => {
      const { kept, rejected } = this
      const restored =
        kept === undefined && rejected !== undefined && now < endOf(rejected.credential)
          ? rejected.credential
          : undefined
      const credential = kept?.credential ?? restored
      this.rejected = undefined
      if (credential !== undefined) this.kept = { credential, renewAt: Math.min(now + pause, endOf(credential)) }
      return restored
    })
  }
}

const unavailable = (reason: string) => new CredentialsUnavailable({ sources: [{ source: "every source", reason }] })

/**
 * Binds a search to the configuration that it is made under: two providers in one program may have one each. Effect's own default is
 * none, so such a search goes by the configuration of the call.
 */
const withConfig = <A, E>(search: Effect.Effect<A, E>): Effect.Effect<Effect.Effect<A, E>> =>
  Effect.configProviderWith((config) =>
    Effect.succeed(
      config === Context.get(DefaultServices.liveServices, ConfigProvider)
        ? search
        : Effect.withConfigProvider(search, config)
    )
  )

const interrupted = () => unavailable("the search was interrupted: has the scope of the provider been closed?")

/**
 * Makes a provider from a source.
 *
 * It looks for a key when the first call needs one, once for all calls that wait. It keeps the key until the service rejects it, or
 * until it is about to expire. It renews a temporary key five to ten minutes early, at random, so that the machines of a fleet do not
 * all renew at once. If the search for another key fails, it uses the old one as long as that is valid, even one that the service has
 * rejected. It never keeps a failure: the next call makes it look again.
 *
 * It looks under the `ConfigProvider` that it is made under. If that is Effect's own default, it uses the one of the call.
 *
 * A search ends after 30 seconds, and with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (source: Source): Effect.Effect<CredentialProvider["Type"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const search = yield* withConfig(source.load)
    const key = new KeptKey()
    const running = yield* Ref.make(Option.none<Search>())

    const load = Effect.disconnect(search).pipe(
      Effect.mapError((sources) => new CredentialsUnavailable({ sources })),
      Effect.timeoutFail({
        duration: timeouts.search,
        onTimeout: () => unavailable(`no answer within ${Duration.format(timeouts.search)}`)
      }),
      // The callers get the error. Without this, the fibers that race with the timeouts would log it as well.
      Effect.withUnhandledErrorLogLevel(Option.none())
    )

    /** Looks for a key, and completes a search with it or with the failure. It never fails itself, as nobody may be waiting. */
    const complete = (search: Search): Effect.Effect<void> =>
      Effect.flatMap(Effect.exit(Effect.interruptible(load)), (exit) =>
        Effect.flatMap(
          Exit.isSuccess(exit)
            ? Effect.as(
                Effect.zipRight(key.keep(exit.value), Metric.increment(Telemetry.credentialRefreshes)),
                undefined
              )
            : key.postpone(),
          (restored) =>
            Effect.zipRight(
              Ref.set(running, Option.none()),
              Deferred.done(
                search,
                restored !== undefined
                  ? Exit.succeed(restored)
                  : Exit.isInterrupted(exit)
                    ? Exit.fail(interrupted())
                    : exit
              )
            )
        )
      )

    /** Starts a search in a fiber of its own, unless one runs: a caller may be interrupted without harm to the others. */
    const startSearch: Effect.Effect<Search> = Effect.uninterruptible(
      Effect.flatMap(Deferred.make<Credential.Credential, CredentialsUnavailable>(), (mine) =>
        Effect.flatten(
          Ref.modify(running, (known): readonly [Effect.Effect<Search>, Option.Option<Search>] =>
            Option.isSome(known)
              ? [Effect.succeed(known.value), known]
              : [Effect.as(Effect.forkIn(complete(mine), scope), mine), Option.some(mine)]
          )
        )
      )
    )

    const searchAndWait = Effect.flatMap(startSearch, Deferred.await)

    return {
      get: Step.make(({ fiber }) => {
        if (key.kept === undefined) return searchAndWait
        const { credential, renewAt } = key.kept
        const now = Fibers.currentMillis(fiber)
        if (now < renewAt) return Effect.succeed(credential)
        return now < endOf(credential) ? Effect.as(startSearch, credential) : searchAndWait
      }),
      refresh: Effect.sync(() => {
        if (source.refreshable) key.reject()
        return source.refreshable
      })
    }
  })
