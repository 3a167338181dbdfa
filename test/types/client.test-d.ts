/** What the compiler knows of a call: its arguments, its result, and what it needs. */
import * as Effect from "effect/Effect"
import * as Action from "effect-tencentcloud/Action"
import type { UnrecognizedError } from "effect-tencentcloud/ApiError"
import type { ClientError } from "effect-tencentcloud/ClientError"
import type { CommonError, DryRunOperation } from "effect-tencentcloud/CommonError"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { describe, expectTypeOf, it } from "vitest"
import { CreateVolume, DeleteVolume, DescribeVolumes, type TooOften } from "./actions.js"

type Always = CommonError | UnrecognizedError | ClientError

describe("a callable action", () => {
  it("returns the response with its RequestId, and needs only the client", () => {
    const call = CreateVolume({ Size: 10 })
    expectTypeOf<Effect.Effect.Success<typeof call>["VolumeId"]>().toEqualTypeOf<string>()
    expectTypeOf<Effect.Effect.Success<typeof call>["RequestId"]>().toEqualTypeOf<string>()
    expectTypeOf<keyof Effect.Effect.Success<typeof call>>().toEqualTypeOf<"VolumeId" | "RequestId">()
    expectTypeOf<Effect.Effect.Error<typeof call>>().toEqualTypeOf<TooOften | Always>()
    expectTypeOf<Effect.Effect.Context<typeof call>>().toEqualTypeOf<ApiClient.ApiClient>()
  })

  it("carries its action", () => {
    expectTypeOf(CreateVolume.action.name).toEqualTypeOf<"CreateVolume">()
  })

  it("can be called without a request only if no member is required", () => {
    expectTypeOf(DescribeVolumes).parameters.toEqualTypeOf<[request?: { readonly Limit?: number | undefined }, options?: ApiClient.Options]>()
    expectTypeOf(DeleteVolume).parameters.toEqualTypeOf<[request: { readonly VolumeId: string }, options?: ApiClient.Options]>()
    DescribeVolumes()
    // @ts-expect-error
    DeleteVolume()
    // @ts-expect-error
    DeleteVolume(undefined)
  })

  it("rejects a request of another action", () => {
    // @ts-expect-error a required member is missing
    CreateVolume({ Name: "a" })
    // @ts-expect-error a member of the wrong type
    CreateVolume({ Size: "10" })
    // @ts-expect-error an unknown member
    CreateVolume({ Size: 10, size: 10 })
    // @ts-expect-error an unknown member, where none is required
    DescribeVolumes({ Limits: 1 })
    // @ts-expect-error null is not absent
    CreateVolume({ Size: 10, Name: null })
  })

  it("rejects an option that does not exist, or has no such value", () => {
    // @ts-expect-error
    DescribeVolumes({}, { regoin: "ap-guangzhou" })
    // @ts-expect-error
    DescribeVolumes({}, { encoding: "xml" })
    // @ts-expect-error
    DescribeVolumes({}, { language: "de-DE" })
    // @ts-expect-error
    DescribeVolumes({}, { signatureMethod: "HmacMD5" })
  })

  it("returns no member that the response does not have", () => {
    // @ts-expect-error
    CreateVolume({ Size: 10 }).pipe(Effect.map(({ VolumeID }) => VolumeID))
  })
})

describe("ApiClient.call", () => {
  it("has the same type for an action", () => {
    expectTypeOf(ApiClient.call(CreateVolume.action, { Size: 10 })).toEqualTypeOf(CreateVolume({ Size: 10 }))
    // @ts-expect-error a member of the wrong type
    ApiClient.call(CreateVolume.action, { Size: "10" })
    // @ts-expect-error an unknown member
    ApiClient.call(CreateVolume.action, { Size: 10, size: 10 })
    // @ts-expect-error no request
    ApiClient.call(DescribeVolumes.action)
  })
})

describe("ApiClient.dryRun", () => {
  it("returns DryRunOperation as a value, not as a failure", () => {
    const asked = ApiClient.dryRun(CreateVolume.action, { Size: 10 })
    expectTypeOf<Effect.Effect.Success<typeof asked>>().toEqualTypeOf<ApiClient.DryRun>()
    expectTypeOf<Effect.Effect.Error<typeof asked>>().toEqualTypeOf<TooOften | Exclude<Always, DryRunOperation>>()
    expectTypeOf<Effect.Effect.Context<typeof asked>>().toEqualTypeOf<ApiClient.ApiClient>()
  })

  it("sets the member itself", () => {
    // @ts-expect-error
    ApiClient.dryRun(CreateVolume.action, { Size: 10, DryRun: false })
    // @ts-expect-error and nothing else
    ApiClient.dryRun(CreateVolume.action, {})
  })

  it("rejects an action whose request has no such member", () => {
    // @ts-expect-error
    ApiClient.dryRun(DeleteVolume.action, { VolumeId: "vol-1" })
    // @ts-expect-error nothing is required of the request, and there is no DryRun either
    ApiClient.dryRun(DescribeVolumes.action, {})
    const empty = Action.make("Ping", { product: "ebs", version: "2026-01-01", request: Schema.Struct({}), response: Schema.Struct({}), errors: [] })
    // @ts-expect-error the request has no member at all
    ApiClient.dryRun(empty, {})
    const text = Action.make("Ping", { product: "ebs", version: "2026-01-01", request: Schema.Struct({ DryRun: Schema.String }), response: Schema.Struct({}), errors: [] })
    // @ts-expect-error the member is no boolean
    ApiClient.dryRun(text, {})
  })
})

describe("ApiClient.withOptions", () => {
  const call = CreateVolume({ Size: 10 })

  it("keeps the type of the effect, data-first and data-last", () => {
    expectTypeOf(ApiClient.withOptions(call, { region: "ap-beijing" })).toEqualTypeOf<Effect.Effect<Effect.Effect.Success<typeof call>, Effect.Effect.Error<typeof call>, ApiClient.ApiClient>>()
    expectTypeOf(call.pipe(ApiClient.withOptions({ deadline: "5 seconds" }))).toEqualTypeOf(ApiClient.withOptions(call, {}))
    expectTypeOf(ApiClient.withOptions(Effect.succeed(1), {})).toEqualTypeOf<Effect.Effect<number>>()
  })

  it("rejects an option that does not exist, or has no such value", () => {
    // @ts-expect-error
    ApiClient.withOptions(call, { regoin: "ap-beijing" })
    // @ts-expect-error
    call.pipe(ApiClient.withOptions({ language: "de-DE" }))
    // @ts-expect-error no options
    ApiClient.withOptions(call, undefined)
  })
})

describe("ApiClient.callStats", () => {
  it("accepts any error, and returns how many attempts its call made, and how long it took", () => {
    const stats = ApiClient.callStats(new Error())
    expectTypeOf<Option.Option.Value<typeof stats>>().toEqualTypeOf<ApiClient.CallStats>()
  })
})

describe("a retry policy", () => {
  it("sees every failure of a call by its type", () => {
    RetryPolicy.exponential({
      while: (error, call) => {
        expectTypeOf(error).toEqualTypeOf<RetryPolicy.Failure>()
        expectTypeOf(call).toEqualTypeOf<RetryPolicy.Call>()
        return error._tag === "InternalError"
      }
    })
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof CreateVolume>>>().toExtend<RetryPolicy.Failure>()
  })
})
