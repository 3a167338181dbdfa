/** A member of a request that is `null` is absent, in every form in which a request travels, and from the client on. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Z from "zod"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Answer from "../../fixtures/Answer.js"
import { now, v3 } from "../../fixtures/Signed.js"
import { product, version } from "../../fixtures/Volumes.js"

interface Tag {
  readonly Key: string
  readonly Value?: string | undefined
}

interface Request {
  readonly Name: string
  readonly Note?: string | undefined
  readonly Size?: number | undefined
  readonly Tag?: Tag | undefined
  readonly Tags?: ReadonlyArray<Tag> | undefined
  readonly File?: Uint8Array | undefined
}

const at = { product, version, errors: [], binary: ["File"] }

const TagTable: Shape.Table = ["Tag", "Key:s!,Value:s"]
const RequestTable: Shape.Table = ["Request", "Name:s!,Note:s,Size:i,Tag:0,Tags:0*,File:B", () => [TagTable]]

const TagSchema = Schema.Struct({ Key: Schema.String, Value: Schema.optional(Schema.String) })
const RequestSchema = Schema.Struct({
  Name: Schema.String,
  Note: Schema.optional(Schema.String),
  Size: Schema.optionalWith(Schema.Int, { exact: true }),
  Tag: Schema.optional(TagSchema),
  Tags: Schema.optional(Schema.Array(TagSchema)),
  File: Schema.optional(Schema.Uint8ArrayFromSelf)
})
const Zod = Z.strictObject({
  Name: Z.string(),
  Note: Z.string().optional(),
  Size: Z.number().int().optional(),
  Tag: Z.strictObject({ Key: Z.string(), Value: Z.string().optional() }).optional(),
  Tags: Z.array(Z.strictObject({ Key: Z.string(), Value: Z.string().optional() })).optional(),
  File: Z.instanceof(Uint8Array).optional()
})

const actions = {
  Shape: ApiClient.callable(
    Action.make("ByShape", { ...at, request: Shape.codec<Request>(RequestTable), response: Schema.Struct({}) })
  ),
  Schema: ApiClient.callable(Action.make("BySchema", { ...at, request: RequestSchema, response: Schema.Struct({}) })),
  Zod: ApiClient.callable(Action.make("ByZod", { ...at, request: Zod, response: Schema.Struct({}) }))
}

/** What the handlers have had. */
const had: Array<unknown> = []

const note = (request: unknown) =>
  Effect.sync(() => {
    had.push(request)
    return {}
  })

const gateway = InProcess.layer.pipe(
  Layer.provide(
    Gateway.handlers(Product.make([actions.Shape, actions.Schema, actions.Zod]), {
      ByShape: note,
      BySchema: note,
      ByZod: note
    })
  )
)

const nulls = { Name: "a", Note: null, Size: null, Tag: { Key: "k", Value: null }, Tags: [{ Key: "k", Value: null }] }
const rest = { Name: "a", Tag: { Key: "k" }, Tags: [{ Key: "k" }] }

const ask = (request: Parameters<typeof v3>[0]) =>
  Effect.gen(function* () {
    had.length = 0
    yield* TestClock.setTime(now * 1000)
    const { code, message } = yield* Answer.of(v3(request))
    return { code, message, had: [...had] }
  })

const boundary = "boundary"

const multipart = (parts: Readonly<Record<string, string>>) =>
  `${Object.entries(parts)
    .map(([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`)
    .join("")}--${boundary}--\r\n`

describe.each(["ByShape", "BySchema", "ByZod"])("a null in a request of %s", (action) => {
  it.effect("G4: for an optional member is absent, at any depth", () =>
    Effect.gen(function* () {
      const answer = yield* ask({ action, body: JSON.stringify(nulls) })
      assert.deepStrictEqual(answer, { code: undefined, message: undefined, had: [rest] })
    }).pipe(Effect.provide(gateway))
  )

  it.effect("G4: for an optional object or list is absent", () =>
    Effect.gen(function* () {
      const answer = yield* ask({ action, body: JSON.stringify({ Name: "a", Tag: null, Tags: null, File: null }) })
      assert.deepStrictEqual(answer, { code: undefined, message: undefined, had: [{ Name: "a" }] })
    }).pipe(Effect.provide(gateway))
  )

  it.effect.skipIf(action === "ByZod")("G4: inside of a part is absent", () =>
    Effect.gen(function* () {
      const answer = yield* ask({
        action,
        contentType: `multipart/form-data; boundary=${boundary}`,
        body: multipart({ Name: "a", Tag: JSON.stringify(nulls.Tag), Tags: JSON.stringify(nulls.Tags) })
      })
      assert.deepStrictEqual(answer, { code: undefined, message: undefined, had: [rest] })
    }).pipe(Effect.provide(gateway))
  )
})

describe.each(["ByShape", "BySchema"])("a null in a request of %s", (action) => {
  it.effect.each([
    ["Name", { Name: null }],
    ["Tag.Key", { Name: "a", Tag: { Key: null } }],
    ["Tags.0.Key", { Name: "a", Tags: [{ Key: null }] }]
  ] as const)("G4: for the required member %s is missing", ([path, body]) =>
    Effect.gen(function* () {
      const { code, message } = yield* ask({ action, body: JSON.stringify(body) })
      assert.deepStrictEqual(
        [code, message],
        ["MissingParameter", `The request is missing a required parameter \`${path}\`.`]
      )
    }).pipe(Effect.provide(gateway))
  )

  it.effect.each([
    ["InvalidParameter", { Name: "a", Tags: [null] }],
    ["UnknownParameter", { Name: "a", Others: null }]
  ] as const)("G4: which is no member, or an unknown one, is %s", ([code, body]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask({ action, body: JSON.stringify(body) })).code, code)
    }).pipe(Effect.provide(gateway))
  )
})

describe.each(["Shape", "Schema", "Zod"] as const)(
  "a program that is not type-checked, with a contract of %s",
  (kind) => {
    it.effect.each([
      {},
      { check: false },
      { encoding: "query" },
      { encoding: "form" },
      { encoding: "multipart" }
    ] as const)("G4: may send null for an optional member, with %j", (options) =>
      Effect.gen(function* () {
        had.length = 0
        const { action } = actions[kind]
        const isFlat = kind === "Zod" && "encoding" in options && options.encoding === "multipart"
        // A Standard Schema does not read JSON in parts.
        const [sent, expected] = isFlat ? [{ Name: "a", Note: null }, { Name: "a" }] : [nulls, rest]
        yield* ApiClient.call(action, sent as never, options)
        assert.deepStrictEqual(had, [expected])
      }).pipe(Effect.provide(gateway))
    )

    it.effect("G4: learns that a required member is missing", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ApiClient.call(actions[kind].action, { Name: null } as never))
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.match(error.message, /`Name`/)
      }).pipe(Effect.provide(gateway))
    )
  }
)

it.effect("G4: a null that the schema accepts arrives as a null", () => {
  const Nullable = ApiClient.callable(
    Action.make("Nullable", {
      ...at,
      request: Schema.Struct({ Cap: Schema.optional(Schema.NullOr(Schema.Number)) }),
      response: Schema.Struct({})
    })
  )
  return Effect.gen(function* () {
    had.length = 0
    yield* Nullable({ Cap: null })
    assert.deepStrictEqual(had, [{ Cap: null }])
  }).pipe(
    Effect.provide(InProcess.layer.pipe(Layer.provide(Gateway.handlers(Product.make([Nullable]), { Nullable: note }))))
  )
})
