/** Many calls at once over sockets, against a gateway of ours that refuses some of them: what is repaired, what waits, what is tried again. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as Sockets from "../../fixtures/Sockets.js"
import * as Volumes from "../../fixtures/Volumes.js"
import { CreateVolume, DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const key = { secretId: "AKIDFIRST", secretKey: "key" }

/** What happened at a gateway, in order: a request arrived, with a right time or a wrong one, was carried out, or was refused. */
type Event = "in time" | "out of time" | "done" | (string & {})

interface Cloud {
  readonly url: string
  readonly events: ReadonlyArray<Event>
  /** The keys that are in force. A test changes them. */
  readonly keys: Map<string, KeyStore.KeyInput>
}

/** Tells how often each event happened. */
const counts = (events: ReadonlyArray<Event>): Record<string, number> => {
  const counted: Record<string, number> = {}
  for (const event of events) counted[event] = (counted[event] ?? 0) + 1
  return counted
}

const codeOf = (body: string): string => /"Code":"([^"]+)"/.exec(body)?.[1] ?? "done"

/** Keeps keys that a test changes. */
const keysIn = (keys: Cloud["keys"]) =>
  Layer.succeed(KeyStore.KeyStore, {
    find: (secretId: string) =>
      Effect.sync(() =>
        Option.map(
          Option.fromNullable(keys.get(secretId)),
          ({ secretKey, session }): KeyStore.Key => ({
            secretId,
            secretKey: typeof secretKey === "string" ? Redacted.make(secretKey) : secretKey,
            account: "100000000001",
            identity: "100000000001",
            enabled: true,
            mfa: "not required",
            session:
              session === undefined
                ? undefined
                : {
                    token: typeof session.token === "string" ? Redacted.make(session.token) : session.token,
                    expiresAt: session.expiresAt
                  }
          })
        )
      )
  })

/** A gateway on a port. It answers after a moment, so that calls at once are there at once. */
const makeCloud = (limit = Number.POSITIVE_INFINITY) =>
  Effect.gen(function* () {
    const events: Array<Event> = []
    const keys = new Map<string, KeyStore.KeyInput>([[key.secretId, key]])
    const moment = Effect.sleep("20 millis")
    const handlers = Volumes.layer({
      DescribeVolumes: () => Effect.as(moment, { TotalCount: 0, Names: [] }),
      DeleteVolumes: () => Effect.as(moment, {})
    })
    const recorded = Layer.map(
      Gateway.layer().pipe(
        Layer.provide(CredentialValidator.layer),
        Layer.provide([
          handlers,
          keysIn(keys),
          Authorizer.layerAllowAll,
          TimestampValidator.layer,
          limit === Number.POSITIVE_INFINITY ? RateLimiter.layerUnlimited : RateLimiter.layerMemory({ action: limit })
        ])
      ),
      (context) => {
        const gateway = Context.get(context, Gateway.Gateway)
        return Context.make(Gateway.Gateway, {
          ...gateway,
          handle: (request) =>
            Effect.tap(
              Effect.suspend(() => {
                const difference = Number(request.headers["x-tc-timestamp"]) - Date.now() / 1000
                events.push(Math.abs(difference) < 300 ? "in time" : "out of time")
                return gateway.handle(request)
              }),
              ({ body }) => Effect.sync(() => events.push(codeOf(body)))
            )
        })
      }
    )
    const { port } = yield* Effect.map(
      Layer.build(Layer.provide(NodeGateway.layer(), recorded)),
      (built) => Context.get(built, NodeGateway.GatewayServer).address
    )
    return { url: `http://127.0.0.1:${port}`, events, keys } satisfies Cloud
  })

const makeClient = (
  options: ApiClient.Options,
  credential: Layer.Layer<CredentialProvider.CredentialProvider> = CredentialProvider.layerStatic(key)
) =>
  ApiClient.layerTransport({ region: "ap-guangzhou", ...options }).pipe(
    Layer.provide([NodeTransport.layer({ proxy: false }), credential])
  )

/** Makes so many calls at once, and returns the codes of their failures. */
const atOnce = <A, E extends { readonly _tag: string }, R>(count: number, call: Effect.Effect<A, E, R>) =>
  Effect.map(
    Effect.all(
      Array.from({ length: count }, () => Effect.either(call)),
      { concurrency: "unbounded" }
    ),
    (outcomes) => outcomes.flatMap((outcome) => (Either.isLeft(outcome) ? [outcome.left._tag] : []))
  )

/** A clock that is wrong. */
const wrong = (by: Duration.DurationInput, direction: "ahead" | "behind"): Clock.Clock => {
  const clock = Clock.make()
  const millis = Duration.toMillis(by) * (direction === "ahead" ? 1 : -1)
  return Object.assign(Object.create(clock), {
    unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + millis,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + millis)
  })
}

describe("over sockets", () => {
  it.scopedLive.each([
    { count: 50, by: "1 hour", direction: "ahead" },
    { count: 50, by: "1 hour", direction: "behind" },
    { count: 100, by: "10 minutes", direction: "behind" },
    { count: 100, by: "400 days", direction: "ahead" }
  ] as const)(
    "R1: $count calls at once with a clock $by $direction all succeed: one probe repairs, the others wait",
    ({ by, count, direction }) =>
      Effect.gen(function* () {
        const { events, url } = yield* makeCloud()
        const failures = yield* atOnce(count, DescribeVolumes()).pipe(
          Effect.provide(makeClient({ endpoint: url })),
          Effect.withClock(wrong(by, direction))
        )
        assert.deepStrictEqual(failures, [])
        const { "in time": inTime, "out of time": outOfTime = 0, done } = counts(events)
        assert.deepStrictEqual([inTime, done], [count, count])
        // A call that was signed late, since it waited for a connection, was signed with the clock that the others had corrected.
        if (outOfTime < count) return
        assert.strictEqual(outOfTime, count)
        const [probe, answer] = events.filter((event) => event === "in time" || event === "done")
        assert.deepStrictEqual([probe, answer], ["in time", "done"])
      })
  )

  it.scopedLive("R1: writes are repaired as reads are", () =>
    Effect.gen(function* () {
      const { events, url } = yield* makeCloud()
      const failures = yield* atOnce(50, DeleteVolumes({ VolumeIds: ["vol-1"] })).pipe(
        Effect.provide(makeClient({ endpoint: url, retry: RetryPolicy.none })),
        Effect.withClock(wrong("1 hour", "behind"))
      )
      assert.deepStrictEqual(failures, [])
      assert.strictEqual(counts(events).done, 50)
    })
  )

  it.scopedLive.each([50, 100])("I4: a role's session is revoked under %d calls: one refresh, all succeed", (count) =>
    Effect.gen(function* () {
      const { events, keys, url } = yield* makeCloud()
      let sessions = 0
      const assumeRole = Effect.delay(
        Effect.sync(() => {
          sessions += 1
          const session = { secretId: `AKIDROLE${sessions}`, secretKey: `key-${sessions}`, token: `token-${sessions}` }
          const expiresAt = Math.floor(Date.now() / 1000) + 7200
          keys.set(session.secretId, { ...session, session: { token: session.token, expiresAt } })
          return { ...session, expiresAt }
        }),
        "50 millis"
      )
      const source = CredentialProvider.source({ name: "role", load: assumeRole, refreshable: true })
      yield* Effect.gen(function* () {
        yield* DescribeVolumes()
        keys.delete("AKIDROLE1")
        assert.deepStrictEqual(yield* atOnce(count, DescribeVolumes()), [])
      }).pipe(Effect.provide(makeClient({ endpoint: url }, CredentialProvider.layer(source))))
      assert.strictEqual(sessions, 2)
      assert.strictEqual(counts(events).done, count + 1)
    })
  )

  /** Makes so many reads at once under a limit per second, and asserts that all are carried out. */
  const allPass = (calls: number, limit: number, options: ApiClient.Options) =>
    Effect.gen(function* () {
      const { events, url } = yield* makeCloud(limit)
      const failures = yield* Effect.provide(
        atOnce(calls, DescribeVolumes()),
        makeClient({ endpoint: url, ...options })
      )
      assert.deepStrictEqual(failures, [])
      const { RequestLimitExceeded: refused = 0, done } = counts(events)
      assert.strictEqual(done, calls)
      return refused
    })

  it.scopedLive("R2: 100 reads at once with 20 a second allowed all succeed, with the defaults", () =>
    Effect.gen(function* () {
      // Each call is refused once, unless another program or a slow machine is in the way.
      assert.isAtMost(yield* allPass(100, 20, {}), 160)
    })
  )

  it.scopedLive("R2: a client that knows its limit sends no more than that", () =>
    Effect.gen(function* () {
      assert.isAtMost(yield* allPass(60, 20, { rateLimit: 20 }), 5)
    })
  )

  it.scopedLive("R3: 60 reads at once with 20 a second allowed all succeed, with 10 retries", () =>
    allPass(60, 20, { retry: RetryPolicy.exponential({ retries: 10 }) })
  )

  it.scopedLive("R6: a host that is not there gives way to the next one in the first call, reads and writes", () =>
    Effect.gen(function* () {
      const { events, url } = yield* makeCloud()
      const dead = yield* Effect.scoped(
        Effect.map(
          Sockets.raw(() => {}),
          ({ address }) => `http://${address}`
        )
      )
      yield* Effect.gen(function* () {
        yield* DescribeVolumes()
        yield* DeleteVolumes({ VolumeIds: ["vol-1"] })
        yield* CreateVolume({ Size: 10 })
        assert.deepStrictEqual(yield* atOnce(50, DescribeVolumes()), [])
      }).pipe(Effect.provide(makeClient({ endpoint: [dead, url] })))
      assert.strictEqual(counts(events).done, 53)
    })
  )
})
