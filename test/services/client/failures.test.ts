/** What a program sees of a call that failed: its call, its place, its help, and no secret. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { z } from "zod"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"

const cloud = (step: Network.Step, options: ApiClient.Options = {}) =>
  Client.layer(Network.layer(step), { region: "ap-guangzhou", retry: RetryPolicy.none, ...options })

const busy = cloud(Network.failure("FailedOperation.DiskBusy"))
const line = `FailedOperation.DiskBusy: about FailedOperation.DiskBusy (cvm DescribeInstances, ap-guangzhou, RequestId ${Network.requestId})`

describe("S1: a failed call", () => {
  it.effect("prints one line in Cause.pretty, in a JSON log and as a string", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Cvm.DescribeInstances())
      if (Exit.isSuccess(exit)) return assert.fail("succeeded")
      assert.strictEqual(Cause.pretty(exit.cause), line)
      const logged: Array<string> = []
      const logger = Logger.map(Logger.jsonLogger, (text) => logged.push(text))
      yield* Effect.all([Effect.logError(Cause.squash(exit.cause)), Effect.logError("failed", exit.cause)]).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      assert.strictEqual(logged.length, 2)
      for (const text of logged) {
        assert.notInclude(text, "\n")
        for (const part of ["FailedOperation.DiskBusy", "DescribeInstances", "ap-guangzhou", Network.requestId]) {
          assert.include(text, part)
        }
      }
    }).pipe(Effect.provide(busy))
  )

  it.effect("says how many attempts were made, if there was more than one", () =>
    Effect.gen(function* () {
      const error = yield* Client.runForAnHour(Effect.flip(Cvm.DescribeInstances()))
      assert.match(String(error), /, no retry was left after \d+ attempts: [\w ]+\)$/)
      assert.strictEqual(Cause.pretty(Cause.fail(error)), String(error))
    }).pipe(
      Effect.provide(cloud(Network.failure("RequestLimitExceeded"), { retry: RetryPolicy.exponential({ retries: 3 }) }))
    )
  )

  it.effect("shows the span of the program that made it, and where that span is", () =>
    Effect.gen(function* () {
      const exit = yield* Cvm.DescribeInstances().pipe(Effect.withSpan("nightly report"), Effect.exit)
      if (Exit.isSuccess(exit)) return assert.fail("succeeded")
      const [first, ...rest] = Cause.pretty(exit.cause).split("\n")
      assert.strictEqual(first, line)
      assert.match(rest.join("\n"), /at nightly report \(.*failures\.test\.ts/)
      const error = Option.getOrThrow(Cause.failureOption(exit.cause))
      assert.isTrue(Option.isSome(ApiClient.callStats(error)))
      assert.notInclude(JSON.stringify(error), "nightly")
    }).pipe(Effect.provide(busy))
  )

  it.effect.each<[string, () => Effect.Effect<unknown, ApiClient.Failure, ApiClient.ApiClient>]>([
    ["of a call", () => Cvm.DescribeInstances({}, { callSite: true })],
    ["of ApiClient.call", () => ApiClient.call(Cvm.DescribeInstances.action, {}, { callSite: true })],
    ["of a part", () => Cvm.DescribeInstances().pipe(ApiClient.withOptions({ callSite: true }))],
    ["of your own", () => Cvm.DescribeInstances({}, { callSite: new Error() })],
    ["of a request that is wrong", () => Cvm.DescribeInstances({ Limit: "x" as never }, { callSite: true })]
  ])("shows the place of the call where an option asks for it: %s", ([, call]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call())
      const [first, second] = (error.stack ?? "").split("\n")
      assert.strictEqual(first, String(error))
      assert.include(second ?? "", "failures.test.ts")
      assert.include(Cause.pretty(Cause.fail(error)), "failures.test.ts")
    }).pipe(Effect.provide(busy))
  )

  it.effect.each([
    ["a service error", Network.failure("Some.Code"), Network.requestId],
    ["no connection", Network.fault(false), undefined],
    ["no JSON", Network.answer("<html>", {}, 502), undefined]
  ] as const)("knows its call: %s", ([, step, requestId]) =>
    Effect.gen(function* () {
      const error: ApiClient.Failure = yield* Effect.flip(Cvm.DescribeInstances())
      assert.isTrue(ApiClient.isFailure(error))
      const { action, host, product, region } = error
      assert.deepStrictEqual(
        { action, host, product, region, requestId: error.requestId },
        {
          action: "DescribeInstances",
          host: "cvm.tencentcloudapi.com",
          product: "cvm",
          region: "ap-guangzhou",
          requestId
        }
      )
    }).pipe(Effect.provide(cloud(step)))
  )
})

describe("S4: a mistake", () => {
  const wrong = (options: object, request: object = {}) =>
    Effect.map(Effect.flip(Cvm.DescribeInstances(request, options)), ({ message }) => message)

  it.effect.each([
    [{ region: "Guangzhou" }, "and it is `Guangzhou`"],
    [{ region: "ap_guangzhou" }, "and it is `ap_guangzhou`"],
    [{ endpoint: "ftp://cvm.example.com" }, "and it is `ftp://cvm.example.com`"],
    [{ endpoint: ["a.example", "b example"] }, "and it is `b example`"],
    [{ endpoint: { region: "Guangzhou" } }, "and it is `{ region: Guangzhou }`"],
    [{ endpoint: { site: "moon" } }, "and it is `{ site: moon }`"],
    [{ timeout: "soon" }, "and it is `soon`"],
    [{ language: "de" }, "and it is `de`"],
    [{ reigon: "ap-guangzhou" }, "`options.reigon` is not known: did you mean `region`?"],
    [{ timeOut: "5 seconds" }, "did you mean `timeout`?"]
  ] as const)("in the options shows the value, or the option that was meant: %o", ([options, says]) =>
    Effect.map(wrong(options), (message) => assert.include(message, says)).pipe(Effect.provide(busy))
  )

  it.effect.each([
    [{ endpoint: "https://user:pLaNtEd@cvm.example.com/?x=pLaNtEd" }],
    [{ region: "AKIDpLaNtEdpLaNtEdpLaNtEd" }],
    [{ region: "pLaNtEdpLaNtEdpLaNtEdpLaNtEdpLaN" }]
  ])("shows no secret: %o", ([options]) =>
    Effect.map(wrong(options ?? {}), (message) => assert.notInclude(message, "pLaNtEd")).pipe(Effect.provide(busy))
  )

  it.effect.each([
    [{ Filter: [] }, "`Filter` is not known: did you mean `Filters`?"],
    [{ filters: [] }, "did you mean `Filters`?"],
    [{ instance_ids: [] }, "did you mean `InstanceIds`?"],
    [{ Filters: [{ Name: "zone", Value: ["a"] }] }, "`Filters.0.Value` is not known: did you mean `Values`?"]
  ] as const)("in a request names the member that was meant: %o", ([request, says]) =>
    Effect.map(wrong({}, request), (message) => assert.include(message, says)).pipe(Effect.provide(busy))
  )

  it.effect("with no name near it gets no advice, and a flood of them has a bound", () =>
    Effect.gen(function* () {
      assert.notInclude(yield* wrong({}, { Colour: 1 }), "did you mean")
      const flood = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`Filtre${index % 7}${index}`, 1]))
      assert.include(yield* wrong({}, flood), "is not known")
    }).pipe(Effect.provide(busy))
  )

  it.effect("in a contract of Effect's Schema names the member that was meant", () => {
    const Resize = ApiClient.callable(
      Action.make("ResizeVolume", {
        product: "ebs",
        version: "2026-01-01",
        request: Schema.Struct({ VolumeId: Schema.optional(Schema.String) }),
        response: Schema.Struct({}),
        errors: []
      })
    )
    return Effect.map(Effect.flip(Resize({ VolumeID: "v" } as never)), ({ message }) =>
      assert.include(message, "did you mean `VolumeId`?")
    ).pipe(Effect.provide(busy))
  })
})

describe("S9: a Zod contract", () => {
  const CreateVolume = ApiClient.callable(
    Action.make("CreateVolume", {
      product: "ebs",
      version: "2026-01-01",
      request: z.strictObject({ Size: z.number().int().max(100), Name: z.string().optional() }),
      response: z.object({ VolumeId: z.string() }),
      errors: []
    })
  )

  it.effect.each([{ check: undefined }, { check: true }, { check: false }])(
    "is checked before it is sent, with %o",
    (options) =>
      Effect.gen(function* () {
        for (const request of [{ Size: "10" }, { Size: 200 }, {}, { Size: 10, Nam: "x" }]) {
          const error = yield* Effect.flip(CreateVolume(request as never, options))
          assert.strictEqual(error._tag, "InvalidRequestInput")
        }
        assert.isEmpty(yield* Network.Wiretap)
        const { VolumeId } = yield* CreateVolume({ Size: 10 }, options)
        assert.strictEqual(VolumeId, "vol-1")
        assert.strictEqual((yield* Network.Wiretap)[0]?.request.body, '{"Size":10}')
      }).pipe(Effect.provide(cloud(Network.result({ VolumeId: "vol-1" }))))
  )
})

describe("hooks", () => {
  const secrets = { Password: "pLaNtEd-1", Plan: "pLaNtEd-2", Login: { PrivateKey: "pLaNtEd-3" } }
  const request = { Size: 10, ...secrets, Pairs: [{ Name: "DB_PASSWORD", Value: "pLaNtEd-4" }] }
  const Create = ApiClient.callable(
    Action.make("CreateVolume", {
      product: "ebs",
      version: "2026-01-01",
      request: Schema.Any as Schema.Schema<object>,
      response: Schema.Struct({}),
      errors: [],
      secrets: ["Blob"]
    })
  )
  const answer = Network.result({ Token: "pLaNtEd-5", Blob: "pLaNtEd-6", Plan: "pLaNtEd-7", Zone: "shown" })

  it.effect.each(["json", "query", "form"] as const)("see requests and answers, without secrets: %s", (encoding) => {
    const seen: Array<ApiClient.SeenRequest | ApiClient.SeenResponse> = []
    return Effect.gen(function* () {
      yield* Create(request, { encoding })
      const [sent, received] = seen
      assert.deepInclude(sent, { product: "ebs", action: "CreateVolume", region: "ap-guangzhou", attempt: 1 })
      assert.include(JSON.stringify(sent), "removed")
      assert.deepInclude(received, { attempt: 1, status: 200 })
      assert.include(received?.body ?? "", "shown")
      const text = JSON.stringify(seen)
      assert.notInclude(text, "pLaNtEd")
      assert.include(text, "Size")
    }).pipe(
      Effect.provide(
        cloud(answer, {
          secrets: ["plan"],
          onRequest: (each) => {
            seen.push(each)
          },
          onResponse: (each) => Effect.sync(() => seen.push(each))
        })
      )
    )
  })

  it.effect.each<[string, ApiClient.Hook<unknown>]>([
    [
      "throws",
      () => {
        throw new Error("hook")
      }
    ],
    ["fails", () => Effect.fail("hook")],
    ["dies", () => Effect.die("hook")],
    ["interrupts", () => Effect.interrupt],
    ["rejects", () => Promise.reject(new Error("hook")) as never]
  ])("that %s breaks no call", ([, hook]) =>
    Effect.map(Create(request), ({ RequestId }) => assert.strictEqual(RequestId, Network.requestId)).pipe(
      Effect.provide(cloud(answer, { onRequest: hook, onResponse: hook }))
    )
  )

  it.effect("that never ends breaks no call", () =>
    Effect.map(Client.runForAnHour(Create(request)), ({ RequestId }) =>
      assert.strictEqual(RequestId, Network.requestId)
    ).pipe(Effect.provide(cloud(answer, { onRequest: () => Effect.never, onResponse: () => Effect.never })))
  )
})

describe("a secret that the service repeats in its message", () => {
  const Reset = ApiClient.callable(
    Action.make("ResetPassword", {
      product: "ebs",
      version: "2026-01-01",
      request: Schema.Struct({ Password: Schema.String, Name: Schema.String }),
      response: Schema.Struct({}),
      errors: []
    })
  )

  it.effect.each(["json", "query", "form"] as const)("is removed: %s", (encoding) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Reset({ Password: "pLaNtEd", Name: "web" }, { encoding }))
      assert.notInclude(JSON.stringify(error) + String(error), "pLaNtEd")
      assert.include(String(error), "<removed> of web is too weak")
    }).pipe(
      Effect.provide(
        cloud(
          Network.answer(
            JSON.stringify({
              Response: {
                Error: { Code: "InvalidParameterValue", Message: "pLaNtEd of web is too weak" },
                RequestId: "1"
              }
            })
          )
        )
      )
    )
  )
})
