/** Keys, tokens and what travels in bodies are told to nobody: not by a log, nor a span, nor an error. */
import { inspect } from "node:util"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import { CredentialProvider as Provider } from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import { KeyStore as Store } from "effect-tencentcloud/KeyStore"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Signer from "effect-tencentcloud/Signer"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Answer from "../../fixtures/Answer.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import * as Seen from "../../fixtures/Seen.js"
import { now, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const planted = "pLaNtEd"

/** Every way in which a value is shown. */
const show = (value: unknown): string =>
  [
    String(value),
    inspect(value, { depth: 10, showHidden: true }),
    JSON.stringify(value, (_, member) => (typeof member === "bigint" ? String(member) : member)),
    value instanceof Error ? `${value.message} ${value.stack} ${show({ ...value })}` : ""
  ].join("\n")

const showExit = (exit: Exit.Exit<unknown, unknown>): string =>
  Exit.match(exit, {
    // A result holds what was asked for.
    onSuccess: () => "",
    onFailure: (cause) =>
      [show(cause), Cause.pretty(cause, { renderErrorCause: true })]
        .concat(
          Chunk.toReadonlyArray(Cause.failures(cause)).map(show),
          Chunk.toReadonlyArray(Cause.defects(cause)).map(show)
        )
        .join("\n")
  })

const key = { secretId: "AKIDtemporary", secretKey: `${planted}-key` }
const token = `${planted}-token`
const session = { token, expiresAt: now + 3600 }
const request = { Size: 10, Password: `${planted}-request` }
const result = { VolumeId: "vol-1", Password: `${planted}-response` }

const keys = KeyStore.layerMemory([{ ...key, session }])
const credential = (given: object = {}) => CredentialProvider.layerStatic({ ...key, token, ...given })

type Client = Layer.Layer<ApiClient.ApiClient>

const inProcess = (
  handler: () => Effect.Effect<typeof result> = () => Effect.succeed(result),
  given: Layer.Layer<never> = credential()
): Client => InProcess.layer.pipe(Layer.provide([Volumes.layer({ CreateVolume: handler }), keys, given]))

const scripted = (step: Network.Step, given = credential()): Client =>
  ApiClient.layerServices({ retry: RetryPolicy.none, timeout: "1 second" }).pipe(
    Layer.provide([Signer.layer, Network.layer(step)]),
    Layer.provide([given, ClockSync.layerSystem, Throttle.layerUnlimited])
  )

const body = (text: string) => Network.answer(text)

const overHttp = (given = credential()): Client =>
  ApiClient.layerHttp({ endpoint: "http://127.0.0.1:1", retry: RetryPolicy.none }).pipe(
    Layer.provide([given, FetchHttpClient.layer])
  )

const environment = CredentialProvider.layerEnvironment

describe("a secret is shown to nobody", () => {
  const create = (input: unknown = request) => Volumes.CreateVolume(input as typeof request)

  it.effect.each<{
    ends: string
    client: Client
    call?: Effect.Effect<unknown, { _tag: string }, ApiClient.ApiClient>
  }>([
    { ends: "success", client: inProcess() },
    { ends: "success", client: inProcess(), call: Volumes.CreateVolume(request, { encoding: "query" }) },
    { ends: "success", client: inProcess(), call: Volumes.CreateVolume(request, { encoding: "form" }) },
    { ends: "success", client: scripted(Network.result(result)) },
    { ends: "InvalidRequestInput", client: inProcess(), call: create({ ...request, Size: planted }) },
    { ends: "InvalidRequestInput", client: inProcess(), call: create({ ...request, Password: [planted] }) },
    { ends: "InvalidRequestInput", client: inProcess(), call: create(planted) },
    { ends: "CredentialsUnavailable", client: scripted(Effect.never, credential({ secretKey: ` ${planted}` })) },
    { ends: "CredentialsUnavailable", client: scripted(Effect.never, credential({ token: `${planted}\u672a` })) },
    { ends: "CredentialsUnavailable", client: scripted(Effect.never, environment) },
    {
      ends: "AuthFailure.SignatureFailure",
      client: inProcess(undefined, credential({ secretKey: `${planted}-other` }))
    },
    { ends: "AuthFailure.TokenFailure", client: inProcess(undefined, credential({ token: `${planted}-other` })) },
    { ends: "AuthFailure.SecretIdNotFound", client: inProcess(undefined, credential({ secretId: "AKIDother" })) },
    { ends: "AuthFailure.SignatureExpire", client: Layer.provide(inProcess(), ClockSync.layerSkewed("1 hour")) },
    { ends: "InternalError", client: inProcess(() => Effect.die(new Error("a defect"))) },
    { ends: "InternalError", client: inProcess(() => Effect.succeed({ ...result, VolumeId: 5 as never })) },
    { ends: "InternalError", client: inProcess(() => Effect.succeed(planted as never)) },
    { ends: "ResourceInsufficient", client: scripted(Network.failure("ResourceInsufficient")) },
    { ends: "UnrecognizedError", client: scripted(Network.failure("OperationDenied")) },
    { ends: "MalformedResponse", client: scripted(body(`<html>${planted}</html>`)) },
    { ends: "MalformedResponse", client: scripted(body(planted)) },
    { ends: "MalformedResponse", client: scripted(body(`{"Response":{"Password":"${planted}`)) },
    { ends: "MalformedResponse", client: scripted(body(JSON.stringify({ [planted]: planted }))) },
    { ends: "MalformedResponse", client: scripted(Network.result({ VolumeId: [planted], Password: planted })) },
    { ends: "TransportError", client: scripted(Network.fault(true)) },
    { ends: "TransportError", client: overHttp() },
    { ends: "RequestTimeout", client: scripted(Effect.never) }
  ])("by a call that ends with $ends", ({ call = create(), client, ends }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const fiber = yield* call.pipe(Effect.withSpan("call"), Effect.tapErrorCause(Effect.logError), Effect.fork)
      if (ends === "RequestTimeout") yield* TestClock.adjust("1 second")
      const exit = yield* Fiber.await(fiber)
      const tag = Exit.match(exit, {
        onSuccess: () => "success",
        onFailure: (cause) =>
          Option.getOrElse(
            Option.map(Cause.failureOption(cause), ({ _tag }) => _tag),
            () => "defect"
          )
      })
      assert.strictEqual(tag, ends)
      assert.notInclude(showExit(exit), planted)
      const { lines, spans } = yield* Seen.Seen
      assert.include(spans, "call")
      assert.notInclude(
        `${show(lines)} ${show(spans.filter((span) => !Exit.isExit(span) || Exit.isFailure(span)))}`,
        planted
      )
    }).pipe(
      Effect.provide(Layer.provideMerge(client, Seen.layer)),
      Effect.withConfigProvider(
        ConfigProvider.fromMap(
          new Map([
            ["TENCENTCLOUD_SECRET_ID", "AKIDtemporary"],
            ["TENCENTCLOUD_SECRET_KEY", `${planted}\n`],
            ["TENCENTCLOUD_TOKEN", planted]
          ])
        )
      )
    )
  )

  it.effect.each<{ body: string; code: string }>([
    { body: JSON.stringify({ Size: planted }), code: "InvalidParameter" },
    { body: JSON.stringify({ Size: 10, Password: [planted] }), code: "InvalidParameter" },
    { body: JSON.stringify({ Size: 10, Colour: planted }), code: "UnknownParameter" },
    { body: `{"Size":10,"Password":"${planted}`, code: "InvalidParameter" },
    { body: planted, code: "InvalidParameter" }
  ])("by a gateway that rejects $body", ({ body, code }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const answer = yield* Answer.of(v3({ action: "CreateVolume", body, key, headers: { "x-tc-token": token } }))
      assert.strictEqual(answer.code, code)
      assert.notInclude(`${show(answer)} ${show(yield* Seen.Seen)}`, planted)
    }).pipe(
      Effect.provide(Layer.provideMerge(InProcess.layer.pipe(Layer.provide([Volumes.layer(), keys])), Seen.layer))
    )
  )

  it.effect("by the services that hold it", () =>
    Effect.gen(function* () {
      const [provider, store] = [yield* Provider, yield* Store]
      const held = [provider, store, yield* provider.get, yield* store.find(key.secretId)]
      assert.notInclude(held.map(show).join("\n"), planted)
    }).pipe(Effect.provide([credential(), keys]))
  )
})
