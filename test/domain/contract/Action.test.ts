import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import { ApiError, UnrecognizedError } from "effect-tencentcloud/ApiError"
import * as Codec from "effect-tencentcloud/Codec"
import * as CommonError from "effect-tencentcloud/CommonError"

class VolumeBusy extends ApiError("ResourceInUse.Volume") {}
class OwnNotFound extends ApiError("ResourceNotFound") {}

const options = {
  product: "ebs",
  version: "2026-01-01",
  request: Schema.Struct({ VolumeId: Schema.String }),
  response: Schema.Struct({ Size: Schema.Number }),
  errors: []
} as const

const DeleteVolume = Action.make("DeleteVolume", { ...options, errors: [VolumeBusy, OwnNotFound] })

it("an action has its options, and defaults for the others", () => {
  const { request, resources, response } = DeleteVolume
  const fields: object = DeleteVolume
  assert.deepInclude(fields, {
    name: "DeleteVolume",
    product: "ebs",
    version: "2026-01-01",
    errors: [VolumeBusy, OwnNotFound],
    streams: false,
    readOnly: false,
    rateLimit: undefined,
    regions: undefined,
    offline: false,
    binary: []
  })
  assert.deepStrictEqual(resources({ VolumeId: "v-1" }), ["*"])
  assert.deepStrictEqual(request.members, ["VolumeId"])
  assert.deepStrictEqual(request.decode({ VolumeId: "v-1" }, "request"), Either.right({ VolumeId: "v-1" }))
  assert.deepStrictEqual(response.encode({ Size: 1 }, "response"), Either.right({ Size: 1 }))
})

it("an action keeps every option", () => {
  const resources = ({ VolumeId }: { readonly VolumeId: string }) => [`qcs::ebs:::volume/${VolumeId}`]
  const given = {
    readOnly: true,
    rateLimit: 5,
    regions: ["ap-guangzhou"],
    resources,
    offline: true,
    binary: ["VolumeId"]
  }
  const { binary, offline, rateLimit, readOnly, regions, resources: kept } = Action.make("X", { ...options, ...given })
  assert.deepStrictEqual({ binary, offline, rateLimit, readOnly, regions, resources: kept }, given)
})

it("the response of an action that streams is its event", () => {
  const { response: event, ...others } = options
  const Chat = Action.stream("Chat", { ...others, event })
  assert.isTrue(Chat.streams)
  assert.deepStrictEqual(Chat.response.decode({ Size: "1" }, "response"), Either.right({ Size: 1 }))
  assert.instanceOf(Chat.decodeError({ code: "InternalError", message: "" }), CommonError.InternalError)
})

it("accepts a codec as it is", () => {
  const codec = Codec.fromSchema(options.request)
  assert.strictEqual(Action.make("X", { ...options, request: codec }).request, codec)
})

describe("an action is read-only", () => {
  it.each([
    ...["DescribeVolumes", "GetVolume", "ListVolumes", "QueryVolumes", "SearchVolumes", "CheckVolume"].map(
      (name) => [name, true] as const
    ),
    ["InquiryPriceCreateVolume", true],
    ["InquirePrice", true],
    ["Describe5GInstances", true],
    ["CheckoutOrder", false],
    ["CreateVolume", false],
    ["describeVolumes", false],
    ["ResetGetVolume", false],
    ["", false]
  ] as const)("by its name: %s, %j", (name, expected) =>
    assert.strictEqual(Action.make(name, options).readOnly, expected)
  )

  it("by its option, which has precedence", () => {
    assert.isFalse(Action.make("DescribeVolumes", { ...options, readOnly: false }).readOnly)
    assert.isTrue(Action.make("CreateVolume", { ...options, readOnly: true }).readOnly)
  })
})

describe("an error answer is read as", () => {
  it.each([
    ["ResourceInUse.Volume", VolumeBusy, "the declared class"],
    ["ResourceInUse.Volume.Twice", VolumeBusy, "the nearest declared class"],
    ["ResourceNotFound", OwnNotFound, "the declared class before the common one"],
    ["ResourceNotFound.Volume", OwnNotFound, "a child of it"],
    ["ResourceInUse", CommonError.ResourceInUse, "a common class"],
    ["ResourceInUse.Disk", CommonError.ResourceInUse, "the nearest common class"],
    ["InternalError.AsyncRequestError", CommonError.InternalError, "the family of a service code that is not declared"],
    ["RegionError.NotFound", UnrecognizedError, "unrecognized"]
  ] as const)("%s → %o: %s", (code, errorClass, _) => {
    const error = DeleteVolume.decodeError({ code, message: "no", requestId: "1" })
    assert.strictEqual(error.constructor, errorClass)
    assert.strictEqual(error.code, code)
    assert.strictEqual(error.reason, "no")
    assert.strictEqual(error.requestId, "1")
  })

  it("the service's code if it is declared", () => {
    const action = Action.make("X", { ...options, errors: [CommonError.InternalErrorAsyncRequestError] })
    const error = action.decodeError({ code: "InternalError.AsyncRequestError", message: "" })
    assert.instanceOf(error, CommonError.InternalErrorAsyncRequestError)
  })
})
