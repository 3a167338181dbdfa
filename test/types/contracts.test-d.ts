/** What the compiler knows of contracts, wherever their schemas come from. */
import * as Legacy from "@effect/schema/Schema"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Codec from "effect-tencentcloud/Codec"
import { ResourceInUse } from "effect-tencentcloud/CommonError"
import * as LegacySchema from "effect-tencentcloud/LegacySchema"
import * as Product from "effect-tencentcloud/Product"
import * as v from "valibot"
import { describe, expectTypeOf, it } from "vitest"
import { z } from "zod"
import { CreateVolume, DeleteVolume, DescribeVolumes, Volumes } from "./actions.js"

const ebs = { product: "ebs", version: "2026-01-01" }

class Service extends Context.Tag("Service")<Service, { readonly flag: boolean }>() {}

describe("a contract", () => {
  it("accepts schemas of effect/Schema, by their decoded side", () => {
    const action = Action.make("ResizeVolume", {
      ...ebs,
      request: Schema.Struct({ Size: Schema.NumberFromString, Tags: Schema.optional(Schema.Array(Schema.String)) }),
      response: Schema.Struct({ At: Schema.DateFromString }),
      errors: [ResourceInUse]
    })
    expectTypeOf(action).toEqualTypeOf<
      Action.Action<"ResizeVolume", { readonly Size: number; readonly Tags?: ReadonlyArray<string> | undefined }, { readonly At: Date }, ResourceInUse>
    >()
  })

  it("accepts classes of effect/Schema", () => {
    class Volume extends Schema.Class<Volume>("Volume")({ Size: Schema.Int }) {}
    const action = Action.make("ResizeVolume", { ...ebs, request: Volume, response: Volume, errors: [] })
    expectTypeOf(action).toEqualTypeOf<Action.Action<"ResizeVolume", Volume, Volume, never>>()
  })

  it("accepts schemas of @effect/schema", () => {
    const action = Action.make("ResizeVolume", {
      ...ebs,
      request: LegacySchema.codec(Legacy.Struct({ Size: Legacy.NumberFromString, Name: Legacy.optional(Legacy.String) })),
      response: LegacySchema.codec(Legacy.Struct({ VolumeId: Legacy.String })),
      errors: []
    })
    expectTypeOf(action).toEqualTypeOf<
      Action.Action<"ResizeVolume", { readonly Size: number; readonly Name?: string | undefined }, { readonly VolumeId: string }, never>
    >()
  })

  it("accepts schemas of Zod, by their output", () => {
    const action = Action.make("ResizeVolume", {
      ...ebs,
      request: z.object({ Size: z.coerce.number(), Name: z.string().optional() }),
      response: z.object({ VolumeId: z.string() }),
      errors: []
    })
    expectTypeOf(action).toEqualTypeOf<Action.Action<"ResizeVolume", { Size: number; Name?: string | undefined }, { VolumeId: string }, never>>()
  })

  it("accepts schemas of Valibot, by their output", () => {
    const action = Action.make("ResizeVolume", {
      ...ebs,
      request: v.object({ Size: v.pipe(v.string(), v.transform(Number)), Name: v.optional(v.string()) }),
      response: v.object({ VolumeId: v.string() }),
      errors: []
    })
    expectTypeOf(action).toEqualTypeOf<Action.Action<"ResizeVolume", { Size: number; Name?: string | undefined }, { VolumeId: string }, never>>()
  })

  it("accepts handwritten codecs, and mixes origins", () => {
    const action = Action.make("ResizeVolume", { ...ebs, request: Codec.fromSchema(Schema.Struct({ Size: Schema.Int })), response: z.object({ Id: z.string() }), errors: [] })
    expectTypeOf(action).toEqualTypeOf<Action.Action<"ResizeVolume", { readonly Size: number }, { Id: string }, never>>()
  })

  it("rejects a value that is no schema, and a schema that needs a service", () => {
    // @ts-expect-error
    Action.make("ResizeVolume", { ...ebs, request: { Size: "number" }, response: Schema.Struct({}), errors: [] })
    const needy = Schema.transformOrFail(Schema.String, Schema.Boolean, { decode: () => Effect.map(Service, ({ flag }) => flag), encode: () => Effect.succeed("") })
    // @ts-expect-error
    Action.make("ResizeVolume", { ...ebs, request: Schema.Struct({ Flag: needy }), response: Schema.Struct({}), errors: [] })
    // @ts-expect-error
    LegacySchema.codec(Schema.String)
  })

  it("rejects a response that is no object", () => {
    // @ts-expect-error
    Action.make("ResizeVolume", { ...ebs, request: Schema.Struct({}), response: Schema.String, errors: [] })
    // @ts-expect-error
    Action.make("ResizeVolume", { ...ebs, request: z.object({}), response: z.string(), errors: [] })
  })

  it("rejects an error that is no class of the service's errors", () => {
    // @ts-expect-error
    Action.make("ResizeVolume", { ...ebs, request: Schema.Struct({}), response: Schema.Struct({}), errors: [Error] })
    // @ts-expect-error
    Action.make("ResizeVolume", { ...ebs, request: Schema.Struct({}), response: Schema.Struct({}), errors: ["ResourceInUse"] })
  })

  it("passes the request to `resources`", () => {
    Action.make("ResizeVolume", {
      ...ebs,
      request: Schema.Struct({ VolumeId: Schema.String }),
      response: Schema.Struct({}),
      errors: [],
      resources: (request) => {
        expectTypeOf(request).toEqualTypeOf<{ readonly VolumeId: string }>()
        return [request.VolumeId]
      }
    })
  })
})

describe("an action", () => {
  it("has types for its parts", () => {
    type A = typeof CreateVolume.action
    expectTypeOf<Action.Action.Request<A>>().toEqualTypeOf<{ readonly Size: number; readonly Name?: string | undefined; readonly DryRun?: boolean | undefined }>()
    expectTypeOf<Action.Action.Response<A>>().toEqualTypeOf<{ readonly VolumeId: string }>()
    expectTypeOf<Action.Action.DeclaredError<A>["_tag"]>().toEqualTypeOf<"LimitExceeded.RateLimitExceeded" | "ResourceInsufficient">()
  })

  it("with another request or response has another type", () => {
    expectTypeOf<Action.Action<"A", { readonly a: string }, {}, never>>().not.toExtend<Action.Action<"A", {}, {}, never>>()
    expectTypeOf<Action.Action<"A", {}, { readonly a: string }, never>>().not.toExtend<Action.Action<"A", {}, {}, never>>()
    expectTypeOf<Action.Action<"A", {}, {}, never>>().not.toExtend<Action.Action<"A", { readonly a: string }, {}, never>>()
  })
})

describe("a product", () => {
  it("has its actions by name, callable ones and plain ones", () => {
    expectTypeOf(Volumes.actions).toEqualTypeOf<{
      readonly CreateVolume: typeof CreateVolume.action
      readonly DeleteVolume: typeof DeleteVolume.action
      readonly DescribeVolumes: typeof DescribeVolumes.action
    }>()
  })

  it("has at least one action", () => {
    // @ts-expect-error
    Product.make([])
  })
})
