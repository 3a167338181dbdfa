/** What the compiler knows of the products, which are generated. */
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import type { UnrecognizedError } from "effect-tencentcloud/ApiError"
import type { ClientError } from "effect-tencentcloud/ClientError"
import type { CommonError, InvalidParameterValue, ResourceInsufficient } from "effect-tencentcloud/CommonError"
import * as Product from "effect-tencentcloud/Product"
import * as ShapeSchema from "effect-tencentcloud/ShapeSchema"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import * as Sts from "effect-tencentcloud/products/sts"
import * as Wav from "effect-tencentcloud/products/wav"
import { type ApiClient, type Options, type PageOptions, paged } from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as Waiter from "effect-tencentcloud/Waiter"
import { describe, expectTypeOf, it } from "vitest"
import { DescribeVolumes } from "./actions.js"

type Always = CommonError | UnrecognizedError | ClientError
type WithId<Response> = Response & { readonly RequestId: string }

const run = Cvm.RunInstances({ ImageId: "img-1" })
const void_ = () => Effect.void

describe("an action of the catalogue", () => {
  it("has its own errors, the common ones and the client's in its channel, and no others", () => {
    expectTypeOf<Effect.Effect.Error<typeof run>>().toEqualTypeOf<Cvm.RunInstancesError | Always>()
    expectTypeOf<Action.Action.DeclaredError<typeof Cvm.RunInstances.action>>().toEqualTypeOf<Cvm.RunInstancesError>()
    expectTypeOf<Effect.Effect.Success<typeof run>>().toEqualTypeOf<WithId<Cvm.RunInstancesResponse>>()
    expectTypeOf<Effect.Effect.Context<typeof run>>().toEqualTypeOf<ApiClient>()
  })

  it("has a class for each code, by which programs catch it", () => {
    const caught = run.pipe(
      Effect.catchTags({
        "ResourceInsufficient.AvailabilityZoneSoldOut": (error) => {
          expectTypeOf(error).toEqualTypeOf<Cvm.ResourceInsufficientAvailabilityZoneSoldOut>()
          return Effect.void
        },
        // One that is common, and that the product exports too.
        InvalidParameterValue: (error) => {
          expectTypeOf(error).toEqualTypeOf<InvalidParameterValue>()
          return Effect.void
        }
      })
    )
    expectTypeOf<Cvm.InvalidParameterValue>().toEqualTypeOf<InvalidParameterValue>()
    expectTypeOf<Effect.Effect.Error<typeof caught>["_tag"]>().toEqualTypeOf<
      Exclude<(Cvm.RunInstancesError | Always)["_tag"], "ResourceInsufficient.AvailabilityZoneSoldOut" | "InvalidParameterValue">
    >()
    expectTypeOf<Cvm.ResourceInsufficientAvailabilityZoneSoldOut>().not.toExtend<ResourceInsufficient>()
  })

  it("rejects a handler for a code that it does not declare, even if the product has the code", () => {
    // @ts-expect-error
    run.pipe(Effect.catchTag("FailedOperation.TatAgentNotSupport", void_))
    // @ts-expect-error
    run.pipe(Effect.catchTags({ "FailedOperation.TatAgentNotSupport": void_ }))
    // @ts-expect-error misspelt
    run.pipe(Effect.catchTags({ "ResourceInsufficient.AvailabilityZoneSold": void_ }))
    const other: Cvm.FailedOperationTatAgentNotSupport = new Cvm.FailedOperationTatAgentNotSupport({ message: "" })
    // @ts-expect-error
    const declared: Cvm.RunInstancesError = other
    void declared
  })

  it("carries its name, and can be served", () => {
    expectTypeOf(Cvm.RunInstances.action.name).toEqualTypeOf<"RunInstances">()
    const Two = Product.make([Cvm.RunInstances, Cvm.DescribeInstances])
    const DescribeInstances = () => Effect.succeed({ TotalCount: 0 })
    Gateway.handlers(Two, {
      DescribeInstances,
      RunInstances: (request) => {
        expectTypeOf(request).toEqualTypeOf<Cvm.RunInstancesRequest>()
        return Effect.fail(new Cvm.ResourceInsufficientAvailabilityZoneSoldOut({ message: "" }))
      }
    })
    // @ts-expect-error a code that it does not declare
    Gateway.handlers(Two, { DescribeInstances, RunInstances: () => Effect.fail(new Cvm.FailedOperationTatAgentNotSupport({ message: "" })) })
  })
})

describe("a request", () => {
  it("requires its required members, also those of objects inside", () => {
    Sts.AssumeRole({ RoleArn: "", RoleSessionName: "", Tags: [{ Key: "", Value: "" }] })
    // @ts-expect-error
    Sts.AssumeRole({ RoleArn: "" })
    // @ts-expect-error
    Sts.AssumeRole()
    // @ts-expect-error
    Sts.AssumeRole({ RoleArn: "", RoleSessionName: "", Tags: [{ Key: "" }] })
    expectTypeOf<keyof Cvm.TerminateInstancesRequest>().toEqualTypeOf<"InstanceIds" | "ReleaseAddress" | "ReleasePrepaidDataDisks">()
  })

  it("rejects unknown members, and values of another type", () => {
    // @ts-expect-error
    Cvm.TerminateInstances({ InstanceIds: [], Force: true })
    // @ts-expect-error
    Cvm.TerminateInstances({ InstanceIds: "ins-1" })
    // @ts-expect-error
    Cvm.DescribeInstances({ Limit: "20" })
    // @ts-expect-error in another case
    Cvm.TerminateInstances({ instanceIds: [] })
  })

  it("can be absent if nothing is required, and can have `undefined` for absent members", () => {
    Cvm.DescribeInstances()
    Cvm.DescribeInstances({ Limit: undefined }, { region: "ap-guangzhou" })
    expectTypeOf(Cvm.DescribeInstances).parameters.toEqualTypeOf<[request?: Cvm.DescribeInstancesRequest, options?: Options]>()
    expectTypeOf(Cvm.TerminateInstances).parameters.toEqualTypeOf<[request: Cvm.TerminateInstancesRequest, options?: Options]>()
  })
})

describe("a response", () => {
  it("can lack any member, but never has `undefined`", () => {
    expectTypeOf<Sts.Credentials>().toEqualTypeOf<{
      readonly Token?: string
      readonly TmpSecretId?: string
      readonly TmpSecretKey?: string
    }>()
    // @ts-expect-error
    const wrong: Sts.Credentials = { Token: undefined }
    void wrong
  })

  it("has a type of its own for each shape with members that a request requires", () => {
    expectTypeOf<Cvm.MetadataItem>().toEqualTypeOf<{ readonly Key: string; readonly Value: string }>()
    expectTypeOf<Cvm.MetadataItemOutput>().toEqualTypeOf<{ readonly Key?: string; readonly Value?: string }>()
    expectTypeOf<Cvm.MetadataOutput["Items"]>().toEqualTypeOf<ReadonlyArray<Cvm.MetadataItemOutput> | undefined>()
    // What was sent can be compared with what came back.
    expectTypeOf<Cvm.MetadataItem>().toExtend<Cvm.MetadataItemOutput>()
    expectTypeOf<Cvm.MetadataItemOutput>().not.toExtend<Cvm.MetadataItem>()
  })

  it("A3: has bigints where values pass 2^53: numbers or bigints in a request", () => {
    expectTypeOf<Wav.CreateLeadRequest["DealerId"]>().toEqualTypeOf<number | bigint>()
    expectTypeOf<Wav.CreateLeadRequest["ModelId"]>().toEqualTypeOf<number | bigint | undefined>()
    expectTypeOf<Wav.CreateLeadRequest["ChannelId"]>().toEqualTypeOf<number>()
    expectTypeOf<Wav.CorpUserInfo["UserId"]>().toEqualTypeOf<bigint | undefined>()
    expectTypeOf<Wav.CreateChannelCodeRequest["UseUserId"]>().toEqualTypeOf<ReadonlyArray<number | bigint>>()
    expectTypeOf<Wav.ChannelCodeInnerDetail["UseUserIdList"]>().toEqualTypeOf<ReadonlyArray<bigint> | undefined>()
  })

  it("can have another type", () => {
    const Exact = Action.withResponse(Sts.QueryApiKey.action, Schema.Struct({ IdKeys: Schema.Array(Schema.BigIntFromSelf) }))
    expectTypeOf<Action.Action.Request<typeof Exact>>().toEqualTypeOf<Sts.QueryApiKeyRequest>()
    expectTypeOf<Action.Action.Response<typeof Exact>>().toEqualTypeOf<{ readonly IdKeys: ReadonlyArray<bigint> }>()
    expectTypeOf<Action.Action.DeclaredError<typeof Exact>>().toEqualTypeOf<Sts.QueryApiKeyError>()
  })
})

describe("pages and items", () => {
  it("are streams of the responses, and of their items", () => {
    type Errors = Cvm.DescribeInstancesError | Always
    expectTypeOf(Cvm.DescribeInstances.pages()).toEqualTypeOf<Stream.Stream<WithId<Cvm.DescribeInstancesResponse>, Errors, ApiClient>>()
    expectTypeOf(Cvm.DescribeInstances.items({ Limit: 100 })).toEqualTypeOf<Stream.Stream<Cvm.Instance, Errors, ApiClient>>()
    expectTypeOf(Stream.runCollect(Cvm.DescribeInstances.items())).toEqualTypeOf<Effect.Effect<Chunk.Chunk<Cvm.Instance>, Errors, ApiClient>>()
    expectTypeOf(Cvm.DescribeInstances.items).parameters.toEqualTypeOf<[request?: Cvm.DescribeInstancesRequest, options?: PageOptions]>()
  })

  it("do not exist for actions without pages", () => {
    // @ts-expect-error
    Cvm.RunInstances.pages
    // @ts-expect-error
    Cvm.RunInstances.items
    // @ts-expect-error
    Cvm.DescribeInstances.items({ Limit: "1" })
  })

  it("can be added to any action that does not stream", () => {
    const paging = { by: "offset", offset: "Offset", total: "TotalCount", items: "Names" } as const
    const Paged = paged<string>()(DescribeVolumes, paging)
    expectTypeOf(Paged.items({ Limit: 1 })).toEqualTypeOf<Stream.Stream<string, Always, ApiClient>>()
    expectTypeOf(paged<string>()({ action: DescribeVolumes.action }, paging)).toEqualTypeOf<typeof Paged>()
    // @ts-expect-error
    paged<string>()({ action: Hunyuan.ChatCompletions.streaming }, paging)
    // @ts-expect-error no paging
    paged<string>()(DescribeVolumes, { by: "offset", items: "Names" })
  })
})

describe("an action that can stream", () => {
  it("returns one response or a stream of events, by its type", () => {
    expectTypeOf(Hunyuan.ChatCompletions.stream({ Model: "", Messages: [] })).toEqualTypeOf<
      Stream.Stream<WithId<Hunyuan.ChatCompletionsResponse>, Hunyuan.ChatCompletionsError | Always, ApiClient>
    >()
    expectTypeOf<Effect.Effect.Success<ReturnType<typeof Hunyuan.ChatCompletions>>>().toEqualTypeOf<WithId<Hunyuan.ChatCompletionsResponse>>()
    expectTypeOf(Hunyuan.ChatCompletions.streaming.streams).toEqualTypeOf<true>()
    // @ts-expect-error
    Hunyuan.ChatCompletions.stream({ Model: "" })
    // @ts-expect-error it is said by the name
    Hunyuan.ChatCompletions.stream({ Model: "", Messages: [], Stream: false })
    // @ts-expect-error
    Cvm.RunInstances.stream
  })

  it("A7: cannot be asked for a stream by a plain call", () => {
    const request = { Model: "", Messages: [] }
    Hunyuan.ChatCompletions({ ...request, Stream: false })
    Hunyuan.ChatCompletions({ ...request, Stream: undefined })
    // @ts-expect-error `.stream` sets it
    Hunyuan.ChatCompletions({ ...request, Stream: true })
    // @ts-expect-error it may be true
    Hunyuan.ChatCompletions({ ...request, Stream: true as boolean })
    // @ts-expect-error
    call(Hunyuan.ChatCompletions.action, { ...request, Stream: true })
    expectTypeOf<Hunyuan.ChatCompletionsRequest["Stream"]>().toEqualTypeOf<false | undefined>()
    expectTypeOf<Action.Action.Request<typeof Hunyuan.ChatCompletions.streaming>["Stream"]>().toEqualTypeOf<true | undefined>()
  })

  it("A4: has a stream, whatever its request is, and its pages too", () => {
    type Errors = Hunyuan.FilesListError | Always
    type Streamed = Stream.Stream<WithId<Hunyuan.FilesListResponse>, Errors, ApiClient>
    expectTypeOf(Hunyuan.FilesList.stream()).toEqualTypeOf<Streamed>()
    expectTypeOf(Hunyuan.FilesList.stream({ Limit: 1 }, { region: "ap-guangzhou" })).toEqualTypeOf<Streamed>()
    expectTypeOf(Hunyuan.FilesList.items()).toEqualTypeOf<Stream.Stream<Hunyuan.FileObject, Errors, ApiClient>>()
    expectTypeOf<Action.Action.Request<typeof Hunyuan.FilesList.streaming>>().toEqualTypeOf<Hunyuan.FilesListRequest>()
    Hunyuan.GetThread.stream({ ThreadID: "" })
    // @ts-expect-error
    Hunyuan.GetThread.stream({})
    // @ts-expect-error no such member
    Hunyuan.GetThread.stream({ ThreadID: "", Stream: true })
  })
})

describe("waiting", () => {
  type Response = WithId<Cvm.DescribeInstancesResponse>
  type Errors = Cvm.DescribeInstancesError | Always | Waiter.WaitFailed<Response> | Waiter.WaitTimeout<Response>
  const done = ({ TotalCount = 0 }: Cvm.DescribeInstancesResponse) => TotalCount > 0

  it("returns the response, and can fail in two more ways than a call", () => {
    const wait = Waiter.waitUntil(Cvm.DescribeInstances, { InstanceIds: ["ins-1"] }, { done })
    expectTypeOf(wait).toEqualTypeOf<Effect.Effect<Response, Errors, ApiClient>>()
    expectTypeOf(Waiter.waitUntil(Cvm.DescribeInstances.action, {}, { done })).toEqualTypeOf<typeof wait>()
    expectTypeOf<Waiter.WaitError<typeof Cvm.DescribeInstances.action>>().toEqualTypeOf<Errors>()
    wait.pipe(
      Effect.catchTags({
        WaitFailed: ({ lastResponse }) => {
          expectTypeOf(lastResponse).toEqualTypeOf<Response>()
          return Effect.void
        },
        WaitTimeout: ({ asked, lastResponse }) => {
          expectTypeOf(asked).toEqualTypeOf<number>()
          return Effect.succeed(lastResponse.InstanceSet)
        }
      })
    )
  })

  it("passes the response to the predicates and the schedule", () => {
    Waiter.waitUntil(
      Cvm.DescribeInstances,
      {},
      {
        done: (response) => {
          expectTypeOf(response).toEqualTypeOf<Response>()
          return true
        },
        failed: ({ InstanceSet = [] }) => InstanceSet.some(({ InstanceState }) => InstanceState === "LAUNCH_FAILED")
      },
      Schedule.recurWhile(({ TotalCount = 0 }: Response) => TotalCount < 5)
    )
  })

  it("rejects requests, predicates and actions that do not fit", () => {
    // @ts-expect-error
    Waiter.waitUntil(Cvm.DescribeInstances, { Limit: "1" }, { done })
    // @ts-expect-error a request is needed
    Waiter.waitUntil(Cvm.TerminateInstances, {}, { done: () => true })
    // @ts-expect-error no such member
    Waiter.waitUntil(Cvm.DescribeInstances, {}, { done: ({ State }) => State === "" })
    // @ts-expect-error not when to end
    Waiter.waitUntil(Cvm.DescribeInstances, {}, {})
    // @ts-expect-error it streams
    Waiter.waitUntil(Hunyuan.ChatCompletions.streaming, { Model: "", Messages: [] }, { done: () => true })
  })
})

describe("the schema of an action", () => {
  it("is the schema of its request or of its response", () => {
    expectTypeOf(ShapeSchema.request(Cvm.RunInstances.action)).toEqualTypeOf<Option.Option<Schema.Schema<Cvm.RunInstancesRequest, object>>>()
    expectTypeOf(ShapeSchema.response(Cvm.RunInstances.action)).toEqualTypeOf<Option.Option<Schema.Schema<Cvm.RunInstancesResponse, object>>>()
    // @ts-expect-error an action, and not what carries one
    ShapeSchema.request(Cvm.RunInstances)
  })
})
