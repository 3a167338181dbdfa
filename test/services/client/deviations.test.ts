/** Answers that deviate from their contracts: no single member costs the answer. */

import * as LegacySchema from "@effect/schema/Schema"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import type * as Codec from "effect-tencentcloud/Codec"
import { codec as legacy } from "effect-tencentcloud/LegacySchema"
import { DescribeInstances, DescribeZones, RunInstances } from "effect-tencentcloud/products/cvm"
import * as v from "valibot"
import { z } from "zod"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"

const over = (...answers: ReadonlyArray<object | string>) =>
  Client.layer(
    Network.layer(
      ...answers.map((answer) =>
        typeof answer === "string"
          ? Network.answer(answer)
          : Network.result({ ...answer, RequestId: Network.requestId })
      )
    )
  )

const RequestId = Network.requestId

/** The deviations, each as `path: found, not expected`. */
const sentences = (answer: object) =>
  ApiClient.deviations(answer).map(({ expected, found, path }) => `${path.join(".")}: ${found}, not ${expected}`)

describe("A1: an answer of the catalogue", () => {
  it.effect.each<readonly [what: string, wire: object, read: object, deviations: ReadonlyArray<string>]>([
    [
      "a placeholder for a number",
      { TotalCount: "-", InstanceSet: [] },
      { InstanceSet: [] },
      ["TotalCount: string, not int64"]
    ],
    ["another placeholder", { TotalCount: "N/A" }, {}, ["TotalCount: string, not int64"]],
    ["a text for a list", { TotalCount: 1, InstanceSet: "none" }, { TotalCount: 1 }, ["InstanceSet: string, not list"]],
    [
      "one object for a list",
      { InstanceSet: { InstanceId: "ins-1" } },
      { InstanceSet: [{ InstanceId: "ins-1" }] },
      ["InstanceSet: object, not list"]
    ],
    ["an object of something else for a list", { InstanceSet: { Items: [] } }, {}, ["InstanceSet: object, not list"]],
    [
      "a list for an object",
      { InstanceSet: [{ InstanceId: "ins-1", Placement: [1] }] },
      { InstanceSet: [{ InstanceId: "ins-1" }] },
      ["InstanceSet.0.Placement: list, not object"]
    ],
    [
      "a text for a list of texts",
      {
        InstanceSet: [{ PrivateIpAddresses: "10.0.0.1", SecurityGroupIds: "N/A", PublicIpAddresses: "1.1.1.1,2.2.2.2" }]
      },
      { InstanceSet: [{ PrivateIpAddresses: ["10.0.0.1"] }] },
      [
        "InstanceSet.0.PrivateIpAddresses: string, not list",
        "InstanceSet.0.SecurityGroupIds: string, not list",
        "InstanceSet.0.PublicIpAddresses: string, not list"
      ]
    ],
    [
      "one object for a list, inside another",
      { InstanceSet: { InstanceId: "ins-1", CPU: "-", DataDisks: { DiskSize: "10", DiskId: ["x"] } } },
      { InstanceSet: [{ InstanceId: "ins-1", DataDisks: [{ DiskSize: 10 }] }] },
      [
        "InstanceSet: object, not list",
        "InstanceSet.0.CPU: string, not int64",
        "InstanceSet.0.DataDisks: object, not list",
        "InstanceSet.0.DataDisks.0.DiskId: list, not string"
      ]
    ],
    [
      "an element that is no object",
      { InstanceSet: ["x", { InstanceId: "ins-1" }, 7] },
      { InstanceSet: [{ InstanceId: "ins-1" }] },
      ["InstanceSet.0: string, not object", "InstanceSet.2: number, not object"]
    ]
  ])("arrives with %s", ([_, wire, read, deviations]) =>
    Effect.gen(function* () {
      const answer = yield* DescribeInstances()
      assert.deepStrictEqual<unknown>(answer, { ...read, RequestId })
      assert.deepStrictEqual(sentences(answer), deviations)
      assert.deepStrictEqual<unknown>(ApiClient.raw(answer), { ...wire, RequestId })
    }).pipe(Effect.provide(over(wire)))
  )

  it.effect("without a deviation has none, and is its own raw value", () =>
    Effect.gen(function* () {
      const answer = yield* DescribeInstances()
      assert.deepStrictEqual<unknown>(answer, { TotalCount: 1, RequestId })
      assert.deepStrictEqual(ApiClient.deviations(answer), [])
      assert.strictEqual<unknown>(ApiClient.raw(answer), answer)
    }).pipe(Effect.provide(over({ TotalCount: "1", InstanceSet: null })))
  )

  it.effect("is malformed with the option `strict`", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(DescribeInstances({}, { strict: true }))
      assert.strictEqual(error._tag, "MalformedResponse")
    }).pipe(Effect.provide(over({ TotalCount: "-", InstanceSet: [] })))
  )

  it.effect("that is nested without end loses only that member", () =>
    Effect.gen(function* () {
      const answer = yield* DescribeInstances()
      assert.strictEqual(answer.TotalCount, 1)
    }).pipe(
      Effect.provide(
        over(
          `{"Response":{"TotalCount":1,"InstanceSet":${"[".repeat(9000)}${"]".repeat(9000)},"RequestId":"${RequestId}"}}`
        )
      )
    )
  )

  it.effect("names at most a hundred deviations", () =>
    Effect.gen(function* () {
      const answer = yield* DescribeInstances()
      assert.lengthOf(ApiClient.deviations(answer), 100)
      assert.deepStrictEqual(answer.InstanceSet, [])
    }).pipe(Effect.provide(over({ InstanceSet: Array.from({ length: 10_000 }, () => "x") })))
  )
})

describe("A2: RunInstances", () => {
  it.effect("returns the id that came without its list", () =>
    Effect.gen(function* () {
      const answer = yield* RunInstances({ ImageId: "img-1" })
      assert.deepStrictEqual<unknown>(answer.InstanceIdSet, ["ins-new"])
    }).pipe(Effect.provide(over({ InstanceIdSet: "ins-new" })))
  )
})

describe("A3: an integer past 2^53 in a member that is a number", () => {
  it.effect("is absent, and never rounded", () =>
    Effect.gen(function* () {
      const answer = yield* DescribeInstances()
      assert.deepStrictEqual<unknown>(answer, { InstanceSet: [{ InstanceId: "ins-1" }], Unknown: 2n ** 63n, RequestId })
      assert.deepStrictEqual(sentences(answer), [
        "TotalCount: an integer past 2^53, not int64",
        "InstanceSet.0.CPU: an integer past 2^53, not int64"
      ])
      assert.strictEqual(ApiClient.raw(answer).TotalCount, 446192236330927937n)
    }).pipe(
      Effect.provide(
        over(
          `{"Response":{"TotalCount":446192236330927937,"InstanceSet":[{"InstanceId":"ins-1","CPU":"9007199254740993"}],"Unknown":${2n ** 63n},"RequestId":"${RequestId}"}}`
        )
      )
    )
  )
})

describe("A1: the log", () => {
  const logged = (answers: ReadonlyArray<object>, calls: Effect.Effect<unknown, unknown, ApiClient.ApiClient>) =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => {
        lines.push(`${logLevel.label} ${String(message)}`)
      })
      yield* calls.pipe(
        Effect.provide(Layer.merge(over(...answers), Logger.replace(Logger.defaultLogger, logger))),
        Effect.orDie
      )
      return lines
    })

  it.effect("names each member of an action once, and no value", () =>
    Effect.gen(function* () {
      const secret = "hunter2"
      const lines = yield* logged(
        [
          { TotalCount: secret, InstanceSet: [{ CPU: secret }, { CPU: secret }] },
          { TotalCount: secret, InstanceSet: [{ CPU: secret, Memory: secret }] },
          { ZoneSet: secret }
        ],
        Effect.all([DescribeInstances(), DescribeInstances(), DescribeZones(), DescribeZones()])
      )
      assert.lengthOf(lines, 3)
      assert.include(
        lines[0],
        "WARN An answer of DescribeInstances of cvm 2017-03-12 deviates from its contract, and the rest of it was read: `TotalCount` is string where int64 was expected; `InstanceSet.*.CPU` is string where int64 was expected."
      )
      assert.include(lines[1], "read: `InstanceSet.*.Memory` is string where int64 was expected.")
      assert.include(lines[2], "`ZoneSet` is string where list was expected")
      assert.notInclude(lines.join("\n"), secret)
    })
  )
})

/** The same contract in every library. `Name` is required, and `Items` have a required `Id`. */
const contracts: ReadonlyArray<readonly [library: string, response: Codec.Codec.Source]> = [
  [
    "effect/Schema",
    Schema.Struct({
      Name: Schema.String,
      Size: Schema.optional(Schema.Number),
      Cap: Schema.NullOr(Schema.Number),
      Ids: Schema.optional(Schema.Array(Schema.String)),
      Items: Schema.optional(
        Schema.Array(Schema.Struct({ Id: Schema.String, Tag: Schema.optional(Schema.Struct({ Key: Schema.String })) }))
      )
    })
  ],
  [
    "@effect/schema",
    legacy(
      LegacySchema.Struct({
        Name: LegacySchema.String,
        Size: LegacySchema.optional(LegacySchema.Number),
        Cap: LegacySchema.NullOr(LegacySchema.Number),
        Ids: LegacySchema.optional(LegacySchema.Array(LegacySchema.String)),
        Items: LegacySchema.optional(
          LegacySchema.Array(
            LegacySchema.Struct({
              Id: LegacySchema.String,
              Tag: LegacySchema.optional(LegacySchema.Struct({ Key: LegacySchema.String }))
            })
          )
        )
      })
    )
  ],
  [
    "Zod",
    z.object({
      Name: z.string(),
      Size: z.number().optional(),
      Cap: z.number().nullable(),
      Ids: z.array(z.string()).optional(),
      Items: z.array(z.object({ Id: z.string(), Tag: z.object({ Key: z.string() }).optional() })).optional()
    })
  ],
  [
    "Valibot",
    v.object({
      Name: v.string(),
      Size: v.optional(v.number()),
      Cap: v.nullable(v.number()),
      Ids: v.optional(v.array(v.string())),
      Items: v.optional(v.array(v.object({ Id: v.string(), Tag: v.optional(v.object({ Key: v.string() })) })))
    })
  ]
]

describe.each(contracts)("A1: an answer by a contract of %s", (_, response) => {
  const Describe = ApiClient.callable(
    Action.make("DescribeThing", {
      product: "ebs",
      version: "2026-01-01",
      request: Schema.Struct({}),
      response: response as Schema.Schema<object>,
      errors: []
    })
  )
  const good = { Name: "n", Size: 1, Cap: 2, Ids: ["a", "b"], Items: [{ Id: "1", Tag: { Key: "k" } }, { Id: "2" }] }

  it.effect.each<readonly [what: string, wire: object, read: object, places: ReadonlyArray<string>]>([
    ["nothing wrong", good, good, []],
    ["a text for a number", { ...good, Size: "-" }, { ...good, Size: undefined }, ["Size"]],
    ["a text for a number that may be null", { ...good, Cap: "-" }, { ...good, Cap: null }, ["Cap"]],
    ["one text for a list", { ...good, Ids: "a" }, { ...good, Ids: ["a"] }, ["Ids"]],
    ["a placeholder for a list", { ...good, Ids: "N/A" }, { ...good, Ids: undefined }, ["Ids"]],
    ["one object for a list", { ...good, Items: { Id: "1" } }, { ...good, Items: [{ Id: "1" }] }, ["Items"]],
    [
      "an object of something else for a list",
      { ...good, Items: { A: 1 } },
      { ...good, Items: undefined },
      ["Items", "Items.0.Id"]
    ],
    [
      "an element that cannot be read",
      { ...good, Ids: ["a", {}, "b", []] },
      { ...good, Ids: ["a", "b"] },
      ["Ids.1", "Ids.3"]
    ],
    [
      "a required member of an element that cannot be read",
      { ...good, Items: [{ Id: [] }, { Id: "2", Tag: { Key: {} } }, { Id: {} }, { Id: "4", Tag: "x" }] },
      { ...good, Items: [{ Id: "2" }, { Id: "4" }] },
      ["Items.0.Id", "Items.1.Tag.Key", "Items.2.Id", "Items.3.Tag"]
    ]
  ])("arrives with %s", ([_, wire, read, places]) =>
    Effect.gen(function* () {
      const answer = yield* Describe()
      const expected = Object.fromEntries(
        Object.entries({ ...read, RequestId }).filter(([, value]) => value !== undefined)
      )
      assert.deepStrictEqual<unknown>(answer, expected)
      const found = ApiClient.deviations(answer).map(({ path }) => path.join("."))
      assert.deepStrictEqual([...found].sort(), [...places].sort())
      if (places.length > 0) assert.deepStrictEqual<unknown>(ApiClient.raw(answer), { ...wire, RequestId })
    }).pipe(Effect.provide(over(wire)))
  )

  it.effect("is malformed if what the contract requires cannot be read: its type says that it is there", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Describe())
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "`Name`")
    }).pipe(Effect.provide(over({ ...good, Name: {} })))
  )
})
