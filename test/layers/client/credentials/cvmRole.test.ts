import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as Metadata from "../../../fixtures/Metadata.js"
import * as Doubles from "./doubles.js"

const key = (members: object = {}) => Metadata.key({ ExpiredTime: Doubles.now + 6 * 3600, ...members })

const found = `AKIDCVM,key,token,${Doubles.now + 6 * 3600}`

/** The metadata service of an instance: what it says to the name of the role, and to the role. */
const metadata = (role: ReturnType<Doubles.Answer>, answer: ReturnType<Doubles.Answer> = Doubles.says(key())) =>
  Doubles.network(({ url }) => (url.endsWith("/") ? role : answer))

const provide = <R>(network: Layer.Layer<R>, options?: CredentialSources.CvmRoleOptions) =>
  Effect.provide(CredentialSources.layerCvmRole(options).pipe(Layer.provideMerge(network)))

const named = Doubles.says("reader")

describe("the role of an instance", () => {
  it.effect("is asked for its name, and then for its key", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Doubles.outcome, found)
      const asked = yield* Doubles.Wiretap
      assert.deepStrictEqual(
        asked.map(({ method, url }) => `${method} ${url}`),
        ["", "reader"].map((role) => `GET http://${Metadata.host}${Metadata.folder}${role}`)
      )
      assert.notMatch(JSON.stringify(asked), /traceparent|b3|authorization/)
    }).pipe(Effect.withSpan("span"), provide(metadata(Doubles.says("reader\n"))))
  )

  it.effect("is not asked for a name that is given, nor at a place that is another", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Doubles.outcome, found)
      const asked = yield* Doubles.Wiretap
      assert.deepStrictEqual(
        asked.map(({ url }) => url),
        [`http://127.0.0.1:9${Metadata.folder}writer`]
      )
    }).pipe(provide(metadata(named), { roleName: "writer", endpoint: "http://127.0.0.1:9" }))
  )

  it.effect("may tell its end in digits", () =>
    Effect.map(Doubles.outcome, (outcome) => assert.strictEqual(outcome, "AKIDCVM,key,token,1767225601")).pipe(
      provide(metadata(named, Doubles.says(key({ ExpiredTime: "1767225601" }))))
    )
  )

  it.effect("is asked again ahead of its end, name and all", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Doubles.now * 1000)
      yield* Doubles.outcome
      yield* TestClock.adjust("350 minutes")
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* Doubles.outcome, found)
      yield* Doubles.settle
      assert.lengthOf(yield* Doubles.Wiretap, 4)
    }).pipe(provide(metadata(named)))
  )
})

describe("there is no key", () => {
  const secret = "PLANTED-SECRET"
  const who = "metadata.tencentyun.com"
  const table: ReadonlyArray<readonly [name: string, network: ReturnType<typeof metadata>, reason: string]> = [
    ["without a role", metadata(Doubles.says("", 404)), "the instance has no role: bind it in the console"],
    [
      "without the role any more",
      metadata(named, Doubles.says("", 404)),
      "the instance has no role `reader`: bind it in the console"
    ],
    [
      "on another machine",
      metadata(Effect.fail(Doubles.refused)),
      `asking ${who}, which answers only on instances, failed: connect ECONNREFUSED 127.0.0.1:80`
    ],
    ["where the service fails", metadata(Doubles.says(secret, 500)), `${who} answered with HTTP 500`],
    ["where it fails later", metadata(named, Doubles.says(secret, 503)), `${who} answered with HTTP 503`],
    [
      "behind a redirect",
      metadata(Doubles.says(null, 302, { location: "http://elsewhere.example/" })),
      `${who} answered with HTTP 302`
    ],
    [
      "behind a portal's page",
      metadata(Doubles.says(`<html>${secret}</html>`)),
      `${who} answered without the name of a role`
    ],
    ["without a name", metadata(Doubles.says(" ")), `${who} answered without the name of a role`],
    [
      "with a name that leads elsewhere",
      metadata(Doubles.says("../../user-data")),
      `${who} answered without the name of a role`
    ],
    [
      "in an endless name",
      metadata(Doubles.says(Doubles.endless())),
      `asking ${who}, which answers only on instances, failed: the answer is larger than 64 KB`
    ],
    [
      "in an endless answer",
      metadata(named, Doubles.says(Doubles.endless())),
      `asking ${who}, which answers only on instances, failed: the answer is larger than 64 KB`
    ],
    ["in no answer at all", metadata(named, Doubles.says(null)), `the answer of ${who} is empty`],
    [
      "in HTML",
      metadata(named, Doubles.says(`<html>${secret}`)),
      `the answer of ${who} is a page of HTML or XML, not JSON`
    ],
    [
      "in half of an answer",
      metadata(named, Doubles.says(key({ Token: secret }).slice(0, 60))),
      `the answer of ${who} is JSON that breaks off after 60 characters`
    ],
    ["in a list", metadata(named, Doubles.says(`["${secret}"]`)), `the answer of ${who} does not say \`Success\``],
    [
      "with another code",
      metadata(named, Doubles.says(key({ Code: "Failed.Internal" }))),
      `the answer of ${who} has the code \`Failed.Internal\``
    ],
    [
      "with what is no code",
      metadata(named, Doubles.says(key({ Code: `${secret}!` }))),
      `the answer of ${who} does not say \`Success\``
    ],
    [
      "without its parts",
      metadata(named, Doubles.says(key({ TmpSecretKey: undefined, Token: null, ExpiredTime: secret }))),
      `the answer of ${who} holds no key: \`TmpSecretKey\` is missing, \`Token\` is missing, \`ExpiredTime\` is string where int64 was expected`
    ],
    ["with blank parts", metadata(named, Doubles.says(key({ TmpSecretKey: " " }))), "SecretKey is blank"]
  ]
  for (const [name, network, reason] of table) {
    it.effect(name, () =>
      Effect.map(Doubles.outcome, (outcome) => assert.strictEqual(outcome, `CVM role: ${reason}`)).pipe(
        provide(network)
      )
    )
  }

  it.effect("where an endpoint is none", () =>
    Effect.map(Doubles.outcome, (outcome) =>
      assert.match(outcome, /^CVM role: `endpoint` should be a host name such as/)
    ).pipe(provide(metadata(named), { endpoint: "http://metadata/elsewhere" }))
  )

  for (const [what, network] of [
    ["name", metadata(Effect.never)],
    ["key", metadata(named, Effect.never)],
    ["rest of the key", metadata(named, Doubles.says(new ReadableStream()))]
  ] as const) {
    it.effect(`where its ${what} does not come within 2 seconds`, () =>
      Effect.gen(function* () {
        const waiting = yield* Effect.fork(Doubles.outcome)
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual(yield* Fiber.join(waiting), `CVM role: ${who} gave no answer within 2s`)
      }).pipe(provide(network))
    )
  }
})
