/** When a key is looked for, by whom, and what happens while there is none. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import type * as Credential from "effect-tencentcloud/Credential"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Seen from "../../../fixtures/Seen.js"

type Input = Credential.Credential.Input

/** A place that gives `AKID1`, then `AKID2`…, each for a time, unless a search is to go otherwise. */
const place = (options: {
  readonly lasts?: number
  readonly takes?: number
  readonly otherwise?: (search: number) => Effect.Effect<Input, string> | undefined
}) => {
  const searches = { count: 0, at: [] as Array<number> }
  const load = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    searches.count++
    searches.at.push(now)
    const input: Input = {
      secretId: `AKID${searches.count}`,
      secretKey: "key",
      expiresAt: options.lasts === undefined ? undefined : now / 1000 + options.lasts
    }
    const found = options.otherwise?.(searches.count) ?? Effect.succeed(input)
    return options.takes === undefined ? found : Effect.delay(found, `${options.takes} seconds`)
  })
  return { searches, source: CredentialProvider.source({ name: "place", load, refreshable: true }) }
}

const hour = 3600

/** Which key is signed with, or why there is none. */
const id = ({ get }: CredentialProvider.CredentialProvider["Type"]) =>
  Effect.match(get, { onFailure: ({ message }) => message, onSuccess: ({ secretId }) => secretId })

const hundred = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.all(
    Array.from({ length: 100 }, () => effect),
    { concurrency: "unbounded" }
  )

/** Lets a search in the background come to its end. */
const settle = Effect.repeatN(Effect.yieldNow(), 20)

const none = (reasons: string) => `No credential to sign with. ${reasons}.`

describe("a search", () => {
  it.scoped("is made once for a hundred who wait", () =>
    Effect.gen(function* () {
      const { searches, source } = place({ takes: 1 })
      const provider = yield* CredentialProvider.make(source)
      const waiting = yield* Effect.fork(hundred(id(provider)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(new Set(yield* Fiber.join(waiting)), new Set(["AKID1"]))
      assert.strictEqual(searches.count, 1)
    })
  )

  it.scoped("outlives the one who began it, and all who wait", () =>
    Effect.gen(function* () {
      const { searches, source } = place({ takes: 2 })
      const provider = yield* CredentialProvider.make(source)
      const first = yield* Effect.fork(id(provider))
      yield* settle
      const others = yield* Effect.fork(hundred(id(provider)))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(new Set(yield* Fiber.join(others)), new Set(["AKID1"]))

      assert.isTrue(yield* provider.refresh)
      const alone = yield* Effect.fork(id(provider))
      yield* settle
      yield* Fiber.interrupt(alone)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* id(provider), "AKID2")
      assert.strictEqual(searches.count, 2)
    })
  )

  it.scoped("that fails does so for all who wait, and is made again for whoever asks next", () =>
    Effect.gen(function* () {
      const { searches, source } = place({
        takes: 1,
        otherwise: (search) => (search === 1 ? Effect.fail("nobody is at home") : undefined)
      })
      const provider = yield* CredentialProvider.make(source)
      const waiting = yield* Effect.fork(hundred(id(provider)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(new Set(yield* Fiber.join(waiting)), new Set([none("place: nobody is at home")]))
      const next = yield* Effect.fork(id(provider))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(next), "AKID2")
      assert.strictEqual(searches.count, 2)
    })
  )

  it.scoped("that dies does so for whoever waits, and no longer", () =>
    Effect.gen(function* () {
      const { source } = place({ otherwise: (search) => (search === 1 ? Effect.die("a bug") : undefined) })
      const provider = yield* CredentialProvider.make(source)
      assert.deepStrictEqual(yield* Effect.exit(provider.get), Exit.die("a bug"))
      assert.strictEqual(yield* id(provider), "AKID2")
    })
  )

  it.scoped("of a place that gives no answer goes on to the next one after 10 seconds", () =>
    Effect.gen(function* () {
      const silent = (name: string, load: Effect.Effect<Input, string>) =>
        CredentialProvider.source({ name, load, refreshable: true })
      const chain = CredentialProvider.chain([
        silent("silent", Effect.never),
        silent("deaf", Effect.uninterruptible(Effect.never)),
        silent("empty", Effect.fail("it is empty"))
      ])
      const waiting = yield* Effect.fork(id(yield* CredentialProvider.make(chain)))
      yield* TestClock.adjust("10 seconds")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(
        yield* Fiber.join(waiting),
        none("silent: no answer within 10s; deaf: no answer within 10s; empty: it is empty")
      )
    })
  )

  it.scoped("ends after 30 seconds, whatever the source does", () =>
    Effect.gen(function* () {
      const source = { load: Effect.uninterruptible(Effect.never), refreshable: true }
      const waiting = yield* Effect.fork(id(yield* CredentialProvider.make(source)))
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* Fiber.join(waiting), none("every source: no answer within 30s"))
    })
  )

  it.effect("ends with the scope, and fails from then on instead of hanging", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { source } = place({ takes: 1 })
      const provider = yield* Scope.extend(CredentialProvider.make(source), scope)
      const waiting = yield* Effect.fork(id(provider))
      yield* settle
      yield* Scope.close(scope, Exit.void)
      const closed = none("every source: the search was interrupted: has the scope of the provider been closed?")
      assert.strictEqual(yield* Fiber.join(waiting), closed)
      assert.strictEqual(yield* id(provider), closed)
    })
  )
})

describe("a key", () => {
  it.scoped("without an end is kept until the service refuses it", () =>
    Effect.gen(function* () {
      const { searches, source } = place({})
      const provider = yield* CredentialProvider.make(source)
      assert.strictEqual(yield* id(provider), "AKID1")
      yield* TestClock.adjust("1000 days")
      assert.strictEqual(yield* id(provider), "AKID1")
      assert.isTrue(yield* provider.refresh)
      assert.strictEqual(yield* id(provider), "AKID2")
      assert.strictEqual(searches.count, 2)
    })
  )

  it.effect.prop(
    "is renewed between ten and five minutes ahead of its end, and the old one serves meanwhile",
    [FastCheck.integer()],
    ([seed]) =>
      Effect.gen(function* () {
        const { searches, source } = place({ lasts: 2 * hour })
        const provider = yield* CredentialProvider.make(source)
        const ask = Effect.zipLeft(id(provider), settle)
        yield* ask
        yield* TestClock.adjust("110 minutes")
        yield* TestClock.adjust("-1 millis")
        assert.strictEqual(yield* ask, "AKID1")
        assert.strictEqual(searches.count, 1)
        yield* TestClock.adjust("5 minutes")
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* ask, "AKID1")
        assert.strictEqual(yield* ask, "AKID2")
      }).pipe(Effect.scoped, Effect.withRandom(Random.make(seed))),
    { fastCheck: { numRuns: 20 } }
  )

  it.effect("is renewed at a time of its own in each program", () =>
    Effect.gen(function* () {
      const programs = yield* Effect.forEach(["a", "b", "c", "d"], (seed) => {
        const { searches, source } = place({ lasts: 2 * hour })
        const ask = Effect.withRandom(Random.make(seed))
        return Effect.map(CredentialProvider.make(source), ({ get }) => ({ searches, ask: ask(get) }))
      })
      const askAll = Effect.zipRight(
        Effect.forEach(programs, ({ ask }) => ask),
        settle
      )
      yield* askAll
      yield* TestClock.adjust("110 minutes")
      for (let step = 0; step < 30; step++) {
        yield* askAll
        yield* TestClock.adjust("10 seconds")
      }
      const renewals = programs.map(({ searches }) => searches.at[1])
      assert.notInclude(renewals, undefined)
      assert.strictEqual(new Set(renewals).size, programs.length)
    }).pipe(Effect.scoped)
  )

  it.scoped("is renewed once for a hundred who ask, none of whom waits", () =>
    Effect.gen(function* () {
      const { searches, source } = place({ lasts: hour })
      const provider = yield* CredentialProvider.make(source)
      yield* provider.get
      yield* TestClock.adjust("55 minutes")
      const answers = yield* hundred(id(provider))
      assert.strictEqual(answers[0], "AKID1")
      yield* settle
      assert.strictEqual(yield* id(provider), "AKID2")
      assert.strictEqual(searches.count, 2)
    })
  )

  it.scoped("for a short time is used for half of it", () =>
    Effect.gen(function* () {
      const { searches, source } = place({ lasts: 60 })
      const provider = yield* CredentialProvider.make(source)
      yield* provider.get
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(yield* id(provider), "AKID1")
      yield* settle
      assert.strictEqual(searches.count, 1)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* id(provider), "AKID1")
      yield* settle
      assert.strictEqual(yield* id(provider), "AKID2")
    })
  )

  it.scoped(
    "that has ended by this clock, which may be wrong, serves for 10 seconds before another is looked for",
    () =>
      Effect.gen(function* () {
        const { searches, source } = place({ lasts: -hour })
        const provider = yield* CredentialProvider.make(source)
        yield* TestClock.adjust("2 hours")
        assert.deepStrictEqual(new Set(yield* hundred(id(provider))), new Set(["AKID1"]))
        yield* TestClock.adjust("9 seconds")
        assert.strictEqual(yield* id(provider), "AKID1")
        assert.strictEqual(searches.count, 1)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* id(provider), "AKID2")
      })
  )

  it.scoped("serves until its end while renewing it fails, which is tried every 10 seconds and logged nowhere", () =>
    Effect.gen(function* () {
      const { searches, source } = place({
        lasts: hour,
        otherwise: (search) => (search > 1 ? Effect.fail("STS is down") : undefined)
      })
      const provider = yield* CredentialProvider.make(source)
      yield* provider.get
      yield* TestClock.adjust("55 minutes")
      for (let step = 0; step < 5 * 12; step++) {
        assert.strictEqual(yield* id(provider), "AKID1")
        yield* TestClock.adjust("5 seconds")
      }
      assert.strictEqual(yield* id(provider), none("place: STS is down"))
      const [, ...renewals] = searches.at.map((at) => at / 1000)
      assert.deepStrictEqual(
        renewals,
        Array.from({ length: 31 }, (_, index) => 55 * 60 + index * 10)
      )
      assert.deepStrictEqual((yield* Seen.Seen).lines, [])
    }).pipe(Effect.provide(Seen.layer))
  )

  it.scoped("is found again, once the place recovers, even after its end", () =>
    Effect.gen(function* () {
      const { source } = place({
        lasts: 60,
        otherwise: (search) => (search === 2 || search === 3 ? Effect.fail("down") : undefined)
      })
      const provider = yield* CredentialProvider.make(source)
      const told = []
      for (const wait of [0, 55, 5, 0]) {
        yield* TestClock.adjust(`${wait} seconds`)
        told.push(yield* id(provider))
        yield* settle
      }
      assert.deepStrictEqual(told, ["AKID1", "AKID1", none("place: down"), "AKID4"])
    })
  )
})
