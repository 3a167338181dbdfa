/** What the compiler knows of errors, and of those who handle them. */
import * as Effect from "effect/Effect"
import type * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { type ApiError, catchCategory, catchEveryTag, catchFamily, decoder, isCategory, isFamily, type UnrecognizedError } from "effect-tencentcloud/ApiError"
import type { ClientError, TransportError } from "effect-tencentcloud/ClientError"
import { type CommonError, classes, type DryRunOperation, type LimitExceeded, ResourceInUse, type ResourceInsufficient } from "effect-tencentcloud/CommonError"
import type { Category } from "effect-tencentcloud/ErrorCode"
import { describe, expectTypeOf, it } from "vitest"
import { CreateVolume, DeleteVolume, DeleteVolumeNext, DescribeVolumes, RegionError, type SnapshotRunning, TooOften, VolumeAttached } from "./actions.js"

declare const few: Effect.Effect<string, VolumeAttached | TooOften | RegionError | TransportError, "service">
declare const error: VolumeAttached | TooOften | RegionError | TransportError
const attached = new VolumeAttached({ message: "" })
const void_ = () => Effect.void

describe("an error's class", () => {
  it("has literal types for its code, its family and its category", () => {
    expectTypeOf(VolumeAttached.code).toEqualTypeOf<"ResourceInUse.VolumeAttached">()
    expectTypeOf(VolumeAttached.family).toEqualTypeOf<"ResourceInUse">()
    expectTypeOf(VolumeAttached.category).toEqualTypeOf<"conflict">()
    expectTypeOf(TooOften.category).toEqualTypeOf<"throttling">()
    expectTypeOf(RegionError.family).toEqualTypeOf<"RegionError">()
    expectTypeOf(RegionError.category).toEqualTypeOf<"other">()
  })

  it("makes errors with literal types", () => {
    expectTypeOf(attached._tag).toEqualTypeOf<"ResourceInUse.VolumeAttached">()
    expectTypeOf(attached.code).toEqualTypeOf<"ResourceInUse.VolumeAttached" | `ResourceInUse.VolumeAttached.${string}`>()
    expectTypeOf(attached.category).toEqualTypeOf<"conflict">()
    expectTypeOf(attached.requestId).toEqualTypeOf<string>()
    expectTypeOf(attached.message).toEqualTypeOf<string>()
  })

  it("accepts a code at or below its own, and requires a message", () => {
    new VolumeAttached({ message: "", code: "ResourceInUse.VolumeAttached.Twice" })
    // @ts-expect-error beside its own
    new VolumeAttached({ message: "", code: "ResourceInUse.VolumeAttachedTwice" })
    // @ts-expect-error above its own
    new VolumeAttached({ message: "", code: "ResourceInUse" })
    // @ts-expect-error no message
    new VolumeAttached({})
  })

  it("fails only with itself when it is yielded", () => {
    const failing = Effect.gen(function* () {
      return yield* new VolumeAttached({ message: "" })
    })
    expectTypeOf(failing).toEqualTypeOf<Effect.Effect<never, VolumeAttached>>()
  })

  it("has another type than the class of another code", () => {
    expectTypeOf<VolumeAttached>().not.toExtend<ResourceInUse>()
    expectTypeOf<ResourceInUse>().not.toExtend<VolumeAttached>()
    // @ts-expect-error
    const other: ResourceInUse = attached
    void other
  })
})

describe("the channel of a call", () => {
  it("has the errors of the action, the common ones and the client's own, and no others", () => {
    type Always = CommonError | UnrecognizedError | ClientError
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof DeleteVolumeNext>>>().toEqualTypeOf<VolumeAttached | SnapshotRunning | Always>()
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof CreateVolume>>>().toEqualTypeOf<TooOften | Always>()
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof DescribeVolumes>>>().toEqualTypeOf<Always>()
  })

  it("has a literal tag for each member, which an editor can complete", () => {
    type Client = "TransportError" | "RequestTimeout" | "MalformedResponse" | "CredentialsUnavailable" | "InvalidRequestInput"
    type Common = (typeof classes)[number]["code"]
    expectTypeOf<Action.Action.Error<typeof DeleteVolume.action>["_tag"]>().toEqualTypeOf<
      "ResourceInUse.VolumeAttached" | Common | "UnrecognizedError" | Client
    >()
  })
})

describe("Effect.catchTag and Effect.catchTags", () => {
  it("pass its own error to each handler, and remove it from the channel", () => {
    const one = few.pipe(
      Effect.catchTag("ResourceInUse.VolumeAttached", (error) => {
        expectTypeOf(error).toEqualTypeOf<VolumeAttached>()
        return Effect.succeed(error.category)
      })
    )
    expectTypeOf(one).toEqualTypeOf<Effect.Effect<string | "conflict", TooOften | RegionError | TransportError, "service">>()
  })

  it("leave `never` after every error is handled", () => {
    const total = few.pipe(
      Effect.catchTags({
        "ResourceInUse.VolumeAttached": ({ code }) => Effect.succeed(code),
        "LimitExceeded.RateLimitExceeded": ({ category }) => Effect.succeed(category),
        RegionError: void_,
        TransportError: ({ sent }) => Effect.succeed(sent)
      })
    )
    expectTypeOf(total).toEqualTypeOf<Effect.Effect<string | boolean | void, never, "service">>()
  })

  it("leave unhandled errors, so that a total program does not compile", () => {
    const partial = few.pipe(Effect.catchTags({ "ResourceInUse.VolumeAttached": void_, "LimitExceeded.RateLimitExceeded": void_, TransportError: void_ }))
    expectTypeOf<Effect.Effect.Error<typeof partial>>().toEqualTypeOf<RegionError>()
    // @ts-expect-error
    const total: Effect.Effect<unknown, never, "service"> = partial
    void total
  })

  it("reject a code that is misspelt or impossible", () => {
    // @ts-expect-error
    few.pipe(Effect.catchTag("ResourceInUse.VolumeAtached", void_))
    // @ts-expect-error
    few.pipe(Effect.catchTags({ "ResourceInUse.VolumeAtached": void_ }))
    // @ts-expect-error a family is not a code
    few.pipe(Effect.catchTags({ LimitExceeded: void_ }))
  })
})

describe("catchEveryTag", () => {
  const cases = {
    "ResourceInUse.VolumeAttached": (_: VolumeAttached) => Effect.succeed(1 as const),
    "LimitExceeded.RateLimitExceeded": (_: TooOften) => Effect.fail("too often" as const),
    RegionError: (_: RegionError) => Effect.succeed(2 as const),
    TransportError: (_: TransportError): Effect.Effect<never, never, "another service"> => Effect.never
  }

  it("leaves only the failures of its cases in the channel", () => {
    expectTypeOf(few.pipe(catchEveryTag(cases))).toEqualTypeOf<Effect.Effect<string | 1 | 2, "too often", "service" | "another service">>()
  })

  it("passes its own error to each case", () => {
    few.pipe(
      catchEveryTag({
        ...cases,
        RegionError: (error) => {
          expectTypeOf(error).toEqualTypeOf<RegionError>()
          return Effect.void
        }
      })
    )
  })

  it("does not compile while a case is missing", () => {
    const { RegionError: _, ...others } = cases
    // @ts-expect-error
    few.pipe(catchEveryTag(others))
  })

  it("does not compile with a case that is misspelt or superfluous", () => {
    // @ts-expect-error
    few.pipe(catchEveryTag({ ...cases, RegionErrors: void_ }))
  })

  it("does not compile with a case for another error", () => {
    // @ts-expect-error
    few.pipe(catchEveryTag({ ...cases, RegionError: (_: VolumeAttached) => Effect.void }))
  })

  it("does not compile with a case that is no effect", () => {
    // @ts-expect-error
    few.pipe(catchEveryTag({ ...cases, RegionError: () => 1 }))
  })
})

describe("an action that declares one more error", () => {
  type Handled<C extends Action.Action.Any> = { readonly [Tag in Action.Action.Error<C>["_tag"]]: () => Effect.Effect<Tag> }
  const handled: Handled<typeof DeleteVolume.action> = null as never
  const call = DeleteVolume({ VolumeId: "vol-1" })
  const next = DeleteVolumeNext({ VolumeId: "vol-1" })

  it("is handled completely before the change", () => {
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof every>>>().toBeNever()
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof tags>>>().toBeNever()
    const every = () => call.pipe(catchEveryTag(handled))
    const tags = () => call.pipe(Effect.catchTags(handled))
  })

  it("no longer compiles with catchEveryTag", () => {
    // @ts-expect-error
    next.pipe(catchEveryTag(handled))
  })

  it("stays in the channel after Effect.catchTags", () => {
    const rest = next.pipe(Effect.catchTags(handled))
    expectTypeOf<Effect.Effect.Error<typeof rest>>().toEqualTypeOf<SnapshotRunning>()
  })
})

describe("catchFamily", () => {
  it("narrows to the family, and removes it from the channel", () => {
    const rest = few.pipe(
      catchFamily("LimitExceeded", (error) => {
        expectTypeOf(error).toEqualTypeOf<TooOften>()
        return Effect.fail(1 as const)
      })
    )
    expectTypeOf(rest).toEqualTypeOf<Effect.Effect<string, VolumeAttached | RegionError | TransportError | 1, "service">>()
  })

  it("narrows to several members, declared and common ones", () => {
    const rest = DeleteVolume({ VolumeId: "vol-1" }).pipe(
      Effect.asVoid,
      catchFamily("ResourceInUse", (error) => {
        expectTypeOf(error).toEqualTypeOf<VolumeAttached | ResourceInUse>()
        return Effect.void
      })
    )
    expectTypeOf<Effect.Effect.Error<typeof rest>>().toEqualTypeOf<Exclude<CommonError, ResourceInUse> | UnrecognizedError | ClientError>()
  })

  it("does not treat InvalidParameterValue as a child of InvalidParameter", () => {
    DescribeVolumes().pipe(
      catchFamily("InvalidParameter", (error) => {
        expectTypeOf(error._tag).toEqualTypeOf<"InvalidParameter">()
        return Effect.void
      })
    )
  })

  it("rejects a family that is not in the channel", () => {
    // @ts-expect-error
    few.pipe(catchFamily("AuthFailure", void_))
    // @ts-expect-error misspelt
    few.pipe(catchFamily("LimitExceded", void_))
    // @ts-expect-error a code, not a family
    few.pipe(catchFamily("ResourceInUse.VolumeAttached", void_))
    // @ts-expect-error not an error of the service
    few.pipe(catchFamily("TransportError", void_))
  })
})

describe("several choices and a default", () => {
  it("catchFamily and catchCategory take several, one after the other or as a list", () => {
    const both = few.pipe(
      catchFamily("LimitExceeded", "ResourceInUse", (error) => {
        expectTypeOf(error).toEqualTypeOf<TooOften | VolumeAttached>()
        return Effect.void
      })
    )
    expectTypeOf<Effect.Effect.Error<typeof both>>().toEqualTypeOf<RegionError | TransportError>()
    const listed = few.pipe(catchFamily(["LimitExceeded", "ResourceInUse"], void_))
    expectTypeOf<Effect.Effect.Error<typeof listed>>().toEqualTypeOf<RegionError | TransportError>()
    const categories = few.pipe(
      catchCategory("throttling", "network", (error) => {
        expectTypeOf(error).toEqualTypeOf<TooOften | TransportError>()
        return Effect.void
      })
    )
    expectTypeOf<Effect.Effect.Error<typeof categories>>().toEqualTypeOf<VolumeAttached | RegionError>()
    // @ts-expect-error the second one is not in the channel
    few.pipe(catchFamily("LimitExceeded", "AuthFailure", void_))
  })

  it("a family without a class of its own has unrecognized codes", () => {
    DescribeVolumes().pipe(
      catchFamily("AuthFailure", (error) => {
        expectTypeOf<Extract<typeof error, UnrecognizedError>["code"]>().toEqualTypeOf<"AuthFailure" | `AuthFailure.${string}`>()
        return Effect.void
      })
    )
  })

  it("catchEveryTag takes a default for the tags without a case", () => {
    const handled = few.pipe(
      catchEveryTag({ RegionError: () => Effect.succeed(1 as const) }, (error) => {
        expectTypeOf(error).toEqualTypeOf<VolumeAttached | TooOften | TransportError>()
        return Effect.fail("other" as const)
      })
    )
    expectTypeOf(handled).toEqualTypeOf<Effect.Effect<string | 1, "other", "service">>()
    // @ts-expect-error misspelt
    few.pipe(catchEveryTag({ RegionErrors: void_ }, void_))
  })

  it("every failure of a call is an ApiClient.Failure", () => {
    DeleteVolume({ VolumeId: "vol-1" }).pipe(
      Effect.catchAll((error: ApiClient.Failure) => {
        expectTypeOf(error.code).toEqualTypeOf<string>()
        expectTypeOf(error.product).toEqualTypeOf<string>()
        expectTypeOf(error.requestId).toEqualTypeOf<string | undefined>()
        return Effect.succeed(error.category)
      })
    )
    const caught: unknown = undefined
    if (ApiClient.isFailure(caught)) expectTypeOf(caught.code).toEqualTypeOf<string>()
  })
})

describe("catchCategory", () => {
  it("narrows to the category, and removes it from the channel", () => {
    const rest = CreateVolume({ Size: 10 }).pipe(
      Effect.asVoid,
      catchCategory("quota", (error) => {
        expectTypeOf(error).toEqualTypeOf<LimitExceeded | ResourceInsufficient | (UnrecognizedError & { readonly category: "quota" })>()
        return Effect.succeed(error._tag)
      }),
      catchCategory("dryRun", (error) => {
        expectTypeOf(error).toEqualTypeOf<DryRunOperation | (UnrecognizedError & { readonly category: "dryRun" })>()
        return Effect.void
      })
    )
    expectTypeOf<Effect.Effect.Success<typeof rest>>().toEqualTypeOf<void | "LimitExceeded" | "ResourceInsufficient" | "UnrecognizedError">()
    expectTypeOf<Effect.Effect.Error<typeof rest>>().toEqualTypeOf<
      TooOften | Exclude<CommonError, LimitExceeded | ResourceInsufficient | DryRunOperation> | UnrecognizedError | ClientError
    >()
    expectTypeOf<Effect.Effect.Context<typeof rest>>().toEqualTypeOf<Effect.Effect.Context<ReturnType<typeof CreateVolume>>>()
  })

  it("rejects a category that is not in the channel", () => {
    // @ts-expect-error
    few.pipe(catchCategory("authentication", void_))
    // @ts-expect-error no category at all
    few.pipe(catchCategory("throttled", void_))
  })
})

describe("the guards", () => {
  it("narrow both branches", () => {
    if (isFamily(error, "ResourceInUse")) expectTypeOf(error).toEqualTypeOf<VolumeAttached>()
    else expectTypeOf(error).toEqualTypeOf<TooOften | RegionError | TransportError>()
    if (isCategory(error, "throttling")) expectTypeOf(error).toEqualTypeOf<TooOften>()
    else expectTypeOf(error).toEqualTypeOf<VolumeAttached | RegionError | TransportError>()
  })

  it("reject a category that does not exist", () => {
    // @ts-expect-error
    isCategory(error, "throttled")
  })
})

describe("decoder", () => {
  it("returns an instance of one of its classes, or an UnrecognizedError", () => {
    const decode = decoder([VolumeAttached, ResourceInUse])
    expectTypeOf(decode({ code: "", message: "" })).toEqualTypeOf<VolumeAttached | ResourceInUse | UnrecognizedError>()
  })

  it("knows every common class", () => {
    expectTypeOf<InstanceType<(typeof classes)[number]>>().toEqualTypeOf<CommonError>()
  })
})

describe("any error", () => {
  it("is distinguished from other errors, and can have every category", () => {
    expectTypeOf<VolumeAttached>().toExtend<ApiError.Any>()
    expectTypeOf<TransportError>().not.toExtend<ApiError.Any>()
    expectTypeOf<ApiError.Any["category"]>().toEqualTypeOf<Category>()
  })
})
