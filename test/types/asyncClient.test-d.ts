/** What the compiler knows of a client for async functions. */
import * as AsyncClient from "effect-tencentcloud/AsyncClient"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import { expectTypeOf, it } from "vitest"
import { CreateVolume } from "./actions.js"

declare const cloud: AsyncClient.AsyncClient

it("knows the request and the result of an action", () => {
  expectTypeOf(cloud.call(Cvm.DescribeInstances, { Limit: 1 })).resolves.toHaveProperty("TotalCount")
  expectTypeOf(cloud.call(Cvm.DescribeInstances)).resolves.toHaveProperty("RequestId").toEqualTypeOf<string>()
  expectTypeOf(cloud.call(CreateVolume.action, { Size: 1 }, { region: "ap-beijing", signal: AbortSignal.timeout(1) })).toExtend<Promise<object>>()
  // @ts-expect-error the request is required
  cloud.call(CreateVolume)
  // @ts-expect-error a wrong member
  cloud.call(Cvm.DescribeInstances, { Limit: "1" })
  // @ts-expect-error a wrong option
  cloud.call(Cvm.DescribeInstances, {}, { region: 1 })
})

it("knows what iterables yield", () => {
  expectTypeOf(cloud.items(Cvm.DescribeInstances, { Limit: 1 })).toEqualTypeOf<AsyncIterable<Cvm.Instance>>()
  expectTypeOf(cloud.pages(Cvm.DescribeInstances)).toExtend<AsyncIterable<{ readonly RequestId: string }>>()
  expectTypeOf(cloud.stream(Hunyuan.ChatCompletions, { Model: "m", Messages: [] })).toExtend<AsyncIterable<{ readonly RequestId: string }>>()
  // @ts-expect-error it has no pages
  cloud.items(CreateVolume)
  // @ts-expect-error a wrong member
  cloud.items(Cvm.DescribeInstances, { Limit: "1" })
})

it("is disposable", () => {
  expectTypeOf<AsyncClient.AsyncClient>().toExtend<AsyncDisposable>()
  expectTypeOf(AsyncClient.make).returns.toEqualTypeOf<AsyncClient.AsyncClient>()
})
