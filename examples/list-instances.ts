/**
 * Which instances run? Lists them over all pages, and handles four codes by tag. Run it with `npx tsx examples/list-instances.ts`:
 * it calls a gateway in its own process, so it needs no key. A program that calls Tencent Cloud is given `layer` of
 * `effect-tencentcloud/ApiClient` instead.
 */
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import {
  DescribeInstances,
  type DescribeInstancesRequest,
  type Instance,
  InvalidFilter,
  InvalidFilterValueLimitExceeded,
  InvalidInstanceIdMalformed,
  InvalidZoneMismatchRegion
} from "effect-tencentcloud/products/cvm"

/** The names of the instances that run. It calls for as many pages as there are, a hundred instances each. */
const running = (request: DescribeInstancesRequest) =>
  DescribeInstances.items({ Limit: 100, ...request }).pipe(
    Stream.filter(({ InstanceState }) => InstanceState === "RUNNING"),
    Stream.map(({ InstanceId = "", InstanceName = InstanceId }) => InstanceName),
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray)
  )

/** The same in words. What stays in the channel are the codes that nobody expects here, and the failures that any call can have. */
export const report = (request: DescribeInstancesRequest) =>
  running(request).pipe(
    Effect.map((names) => `${names.length} run: ${names.slice(0, 3).join(", ")}…`),
    Effect.catchTags({
      "InvalidZone.MismatchRegion": () => Effect.succeed("This zone is in another region."),
      InvalidFilter: () => Effect.succeed("Instances cannot be filtered by that."),
      "InvalidFilterValue.LimitExceeded": () => Effect.succeed("A filter takes five values: ask in several turns."),
      "InvalidInstanceId.Malformed": ({ requestId }) =>
        Effect.succeed(`That is no instance's id. (RequestId ${requestId})`)
    })
  )

/** 250 instances in two zones, every fifth of them stopped. */
const instances: ReadonlyArray<Instance> = Array.from({ length: 250 }, (_, index) => ({
  InstanceId: `ins-${String(index).padStart(8, "0")}`,
  InstanceName: `worker-${index}`,
  InstanceState: index % 5 === 4 ? "STOPPED" : "RUNNING",
  Placement: { Zone: `ap-guangzhou-${3 + (index % 2)}` }
}))

/** What the real service does with such requests, as far as the example goes. */
export const CvmLive = Gateway.handlers(Product.make([DescribeInstances]), {
  DescribeInstances: Effect.fn(function* ({ Filters = [], InstanceIds, Limit = 20, Offset = 0 }, { region = "" }) {
    const zones = Filters.flatMap(({ Values }) => Values)
    if (Filters.some(({ Name }) => Name !== "zone")) return yield* new InvalidFilter({ message: "Only zone is known." })
    if (zones.length > 5) return yield* new InvalidFilterValueLimitExceeded({ message: "More than 5 values." })
    if (zones.some((zone) => !zone.startsWith(region))) {
      return yield* new InvalidZoneMismatchRegion({ message: `The zone is not in ${region}.` })
    }
    if (InstanceIds?.some((id) => !id.startsWith("ins-"))) {
      return yield* new InvalidInstanceIdMalformed({ message: "An id begins with ins-." })
    }
    const found = instances.filter(
      ({ InstanceId = "", Placement }) =>
        (zones.length === 0 || zones.includes(Placement?.Zone ?? "")) && (InstanceIds?.includes(InstanceId) ?? true)
    )
    return { TotalCount: found.length, InstanceSet: found.slice(Offset, Offset + Limit) }
  })
})

const zone = (...zones: ReadonlyArray<string>): DescribeInstancesRequest => ({
  Filters: [{ Name: "zone", Values: zones }]
})

export const program = Effect.forEach(
  [
    {},
    zone("ap-guangzhou-3"),
    zone("ap-shanghai-2"),
    zone("1", "2", "3", "4", "5", "6"),
    { Filters: [{ Name: "colour", Values: ["red"] }] },
    { InstanceIds: ["worker-1"] }
  ],
  (request) => Effect.tap(report(request), Console.log)
)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  NodeRuntime.runMain(Effect.provide(program, InProcess.layer.pipe(Layer.provide(CvmLive))))
}
