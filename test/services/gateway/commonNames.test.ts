/** Members of an action that have the name of a common parameter, which version 1 sends beside them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Cfs from "effect-tencentcloud/products/cfs"
import * as Trtc from "effect-tencentcloud/products/trtc"
import * as Weilingwith from "effect-tencentcloud/products/weilingwith"
import * as Answer from "../../fixtures/Answer.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"

const had: Array<{ readonly request: object; readonly region: string | undefined }> = []

/** An action with a member that is called as a common parameter is. */
const CreateWorkspace = ApiClient.callable(
  Action.make("CreateWorkspace", {
    product: "ebs",
    version: "2026-01-01",
    request: Schema.Struct({ Name: Schema.String, Region: Schema.optional(Schema.String) }),
    response: Schema.Struct({}),
    errors: []
  })
)

const note = (request: object, { region }: Gateway.Call) =>
  Effect.sync(() => {
    had.push({ request, region })
    return {}
  })

const served = InProcess.layer.pipe(
  Layer.provide(
    Layer.mergeAll(
      Gateway.handlers(Product.make([Cfs.CreateDataFlow, Cfs.ModifyDataFlow]), {
        CreateDataFlow: note,
        ModifyDataFlow: note
      }),
      Gateway.handlers(Product.make([Trtc.TextToSpeech]), { TextToSpeech: note }),
      Gateway.handlers(Product.make([CreateWorkspace]), { CreateWorkspace: note }),
      Gateway.handlers(Product.make([Weilingwith.CreateApplicationToken]), { CreateApplicationToken: note })
    )
  )
)

const emulated = InProcess.layer.pipe(
  Layer.provide(Emulator.layer()),
  Layer.provide(Catalogue.layerOf([Cfs.product, Trtc.product]))
)

const flow = {
  FileSystemId: "cfs-1",
  SourceStorageType: "COS",
  SourceStorageAddress: "bucket",
  SourcePath: "/a",
  TargetPath: "/b",
  SecretKey: "other"
}

const speech = { Text: "hi", "Voice.VoiceId": "v-1", SdkAppId: "1" }

const { secretId } = InProcess.key

const ask = (request: Parameters<typeof Answer.of>[0]) =>
  Effect.gen(function* () {
    had.length = 0
    yield* TestClock.setTime(now * 1000)
    return yield* Answer.of(request)
  })

const versions = {
  CreateDataFlow: ["cfs", "2019-07-19"],
  ModifyDataFlow: ["cfs", "2019-07-19"],
  TextToSpeech: ["trtc", "2019-07-22"],
  CreateWorkspace: ["ebs", "2026-01-01"],
  CreateApplicationToken: ["weilingwith", "2023-04-27"]
} as const

type Name = keyof typeof versions

const flat = (
  Action: Name,
  parameters: Readonly<Record<string, string | undefined>>,
  parts: Omit<Parameters<typeof v1>[0] & object, "parameters"> = {}
) => {
  const [product, Version] = versions[Action]
  return v1({ host: `${product}.tencentcloudapi.com`, ...parts, parameters: { Action, Version, ...parameters } })
}

describe.each(["GET", "POST"] as const)("version 1 in a %s", (method) => {
  it.effect.each(["HmacSHA1", "HmacSHA256"] as const)(
    "P14: a required member SecretId arrives, with %s",
    (signatureMethod) =>
      Effect.gen(function* () {
        const { code } = yield* ask(flat("CreateDataFlow", flow, { method, signatureMethod }))
        assert.isUndefined(code)
        assert.deepStrictEqual(had[0]?.request, { ...flow, SecretId: secretId })
      }).pipe(Effect.provide(served))
  )

  it.effect("P14: an optional member SecretId arrives, at a bare address too", () =>
    Effect.gen(function* () {
      const parameters = { DataFlowId: "d", FileSystemId: "f" }
      const { code } = yield* ask(flat("ModifyDataFlow", parameters, { method, host: "127.0.0.1:9140" }))
      assert.isUndefined(code)
      assert.deepStrictEqual(had[0]?.request, { ...parameters, SecretId: secretId })
    }).pipe(Effect.provide(served))
  )

  it.effect.each(["zh", "en-US", "auto"])("P14: a member Language arrives, with the value %s", (Language) =>
    Effect.gen(function* () {
      const { code } = yield* ask(flat("TextToSpeech", { ...speech, Language }, { method }))
      assert.isUndefined(code)
      assert.deepInclude(had[0]?.request, { Language })
    }).pipe(Effect.provide(served))
  )

  it.effect.each([
    ["ap-shanghai", "ap-shanghai"],
    ["Shanghai!", undefined]
  ])("P14: a member Region arrives, with the value %s", ([Region, region]) =>
    Effect.gen(function* () {
      const { code } = yield* ask(flat("CreateWorkspace", { Name: "n", Region }, { method }))
      assert.isUndefined(code)
      assert.deepStrictEqual(had, [{ request: { Name: "n", Region }, region }])
    }).pipe(Effect.provide(served))
  )

  it.effect("P14: members Nonce and Signature arrive", () =>
    Effect.gen(function* () {
      const parameters = { ApplicationId: "1", TenantId: "2", RequestTime: "3" }
      const { code } = yield* ask(flat("CreateApplicationToken", parameters, { method }))
      assert.isUndefined(code)
      assert.deepInclude(had[0]?.request, { ApplicationId: 1, Nonce: "1" })
      assert.isString(Reflect.get(had[0]?.request ?? {}, "Signature"))
    }).pipe(Effect.provide(served))
  )

  it.effect("P14: a common parameter is still checked where the action has no such member", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.all([
        ask(flat("CreateDataFlow", { ...flow, Language: "zh" }, { method })),
        ask(flat("CreateDataFlow", { ...flow, Region: "Shanghai!" }, { method })),
        ask(flat("TextToSpeech", { ...speech, Language: "zh", Region: "Shanghai!" }, { method })),
        ask(flat("TextToSpeech", { ...speech, Language: "zh", Nonce: "x" }, { method })),
        ask(flat("CreateWorkspace", { Name: "n", Region: "!", Action: "Nothing" }, { method }))
      ])
      const about = (name: string) => [
        "InvalidParameterValue",
        `A value specified in \`${name}\` is not valid, is unsupported, or cannot be used.`
      ]
      assert.deepStrictEqual(
        [0, 1, 2, 4].map((index) => [answers[index]?.code, answers[index]?.message]),
        [about("Language"), about("Region"), about("Region"), about("Region")]
      )
      assert.strictEqual(answers[3]?.code, "InvalidParameter")
      assert.include(answers[3]?.message, "`Nonce`")
    }).pipe(Effect.provide(served))
  )

  it.effect("P14: is answered by the emulator", () =>
    Effect.gen(function* () {
      assert.isUndefined((yield* ask(flat("CreateDataFlow", flow, { method }))).code)
    }).pipe(Effect.provide(emulated))
  )
})

describe("version 3", () => {
  it.effect("P14: a member SecretId arrives with a value of its own", () =>
    Effect.gen(function* () {
      const body = { ...flow, SecretId: "AKIDOTHER" }
      const { code } = yield* ask(
        v3({
          host: "cfs.tencentcloudapi.com",
          service: "cfs",
          action: "CreateDataFlow",
          body: JSON.stringify(body),
          headers: { "x-tc-version": "2019-07-19" }
        })
      )
      assert.isUndefined(code)
      assert.deepStrictEqual(had[0]?.request, body)
    }).pipe(Effect.provide(served))
  )

  it.effect("P14: is what our client sends, in JSON and in a query", () =>
    Effect.gen(function* () {
      had.length = 0
      yield* Cfs.CreateDataFlow({ ...flow, SecretId: "AKIDOTHER" })
      yield* Cfs.CreateDataFlow({ ...flow, SecretId: "AKIDOTHER" }, { encoding: "query" })
      assert.deepStrictEqual(
        had.map(({ request }) => request),
        [
          { ...flow, SecretId: "AKIDOTHER" },
          { ...flow, SecretId: "AKIDOTHER" }
        ]
      )
    }).pipe(Effect.provide(served))
  )
})

describe("our client, with version 1", () => {
  const old = { encoding: "query", signatureMethod: "HmacSHA1" } as const
  const text = { Text: "hi", Voice: { VoiceId: "v-1" }, SdkAppId: 1, Language: "zh" }

  it.effect("P14: sends a member with the name of a common parameter that it does not set otherwise", () =>
    Effect.gen(function* () {
      had.length = 0
      yield* Trtc.TextToSpeech(text, old)
      yield* Trtc.TextToSpeech({ ...text, Language: "en-US" }, { ...old, language: "en-US" })
      yield* CreateWorkspace({ Name: "n", Region: "ap-shanghai" }, { ...old, region: "ap-shanghai" })
      assert.deepStrictEqual(
        had.map(({ request }) => request),
        [text, { ...text, Language: "en-US" }, { Name: "n", Region: "ap-shanghai" }]
      )
    }).pipe(Effect.provide(served))
  )

  it.effect("P14: refuses two values for one name, and says what to do", () =>
    Effect.gen(function* () {
      had.length = 0
      const errors = yield* Effect.all([
        Effect.flip(Trtc.TextToSpeech(text, { ...old, language: "en-US" })),
        Effect.flip(Cfs.CreateDataFlow({ ...flow, SecretId: "AKIDOTHER" }, old))
      ])
      for (const error of errors) {
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.include(error.message, "TC3-HMAC-SHA256")
      }
      assert.deepStrictEqual(had, [])
    }).pipe(Effect.provide(served))
  )
})
