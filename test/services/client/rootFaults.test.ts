/** A fault of all parameters together: the message can name none of them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Codec from "effect-tencentcloud/Codec"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as Product from "effect-tencentcloud/Product"
import type * as Issue from "../../../src/domain/errors/Issue.js"
import * as Answer from "../../fixtures/Answer.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const either = Codec.from(
  Schema.Struct({ Id: Schema.optional(Schema.String), Name: Schema.optional(Schema.String) }).pipe(
    Schema.filter(({ Id, Name }) => (Id === undefined) !== (Name === undefined), {
      description: "either `Id` or `Name`"
    })
  )
)

const faulty = (kind: Issue.Issue["kind"], expected: string) =>
  Codec.make<object>({
    decode: () => Either.left([{ kind, path: [], expected, found: "" }]),
    encode: Either.right,
    members: []
  })

const served = (request: Codec.Codec<object>) => {
  const action = Action.make("DescribeVolume", {
    product: Volumes.product,
    version: Volumes.version,
    request,
    response: Schema.Struct({}),
    errors: []
  })
  return ServedGateway.layer({}, Gateway.handlers(Product.make([action]), { DescribeVolume: () => Effect.succeed({}) }))
}

const ask = (language: string) =>
  Effect.map(
    Answer.of(v3({ action: "DescribeVolume", headers: { "x-tc-language": language } })),
    ({ code, message }) => [code, message]
  )

describe("a fault of all parameters together", () => {
  it.effect("has a message without a name", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ask("en-US"), [
        "InvalidParameterValue",
        "The parameters are not valid as a whole: expected either `Id` or `Name`."
      ])
      assert.deepStrictEqual(yield* ask("zh-CN"), [
        "InvalidParameterValue",
        "请求参数整体取值错误：应为 either `Id` or `Name`。"
      ])
    }).pipe(Effect.provide(served(either)))
  )

  it.effect.each<[Issue.Issue["kind"], string]>([
    ["value", "InvalidParameterValue"],
    ["type", "InvalidParameter"],
    ["missing", "InvalidParameter"],
    ["unknown", "InvalidParameter"]
  ])("that is of the kind %s is %s", ([kind, code]) =>
    Effect.map(ask("en-US"), (answer) =>
      assert.deepStrictEqual(answer, [code, "The parameters are not valid as a whole: expected another."])
    ).pipe(Effect.provide(served(faulty(kind, "another"))))
  )
})
