/** What is written for the official package of a product is understood here: its requests are ours, as far as both know a member. */
import type { Action } from "effect-tencentcloud/Action"
import type * as Cvm from "effect-tencentcloud/products/cvm"
import type * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import type * as Mongodb from "effect-tencentcloud/products/mongodb"
import type * as Monitor from "effect-tencentcloud/products/monitor/v20180724"
import type * as Sts from "effect-tencentcloud/products/sts"
import type * as Tke from "effect-tencentcloud/products/tke/v20180525"
import type { cvm } from "tencentcloud-sdk-nodejs-cvm"
import type { hunyuan } from "tencentcloud-sdk-nodejs-hunyuan"
import type { mongodb } from "tencentcloud-sdk-nodejs-mongodb"
import type { monitor } from "tencentcloud-sdk-nodejs-monitor"
import type { sts } from "tencentcloud-sdk-nodejs-sts"
import type { tke } from "tencentcloud-sdk-nodejs-tke"
import { describe, expectTypeOf, it } from "vitest"

/** What the official client's method takes. */
type Official<Client, Name extends keyof Client> = Client[Name] extends (request: infer Request, ...rest: never) => unknown
  ? NonNullable<Request>
  : never

/** What our action takes. */
type Ours<Module, Name extends keyof Module> = Module[Name] extends { readonly action: infer A }
  ? Action.Request<A>
  : never

/** The actions that both have. */
type Both<Client, Module> = keyof {
  [Name in keyof Client & keyof Module as Module[Name] extends { readonly action: unknown } ? Name : never]: Name
}

/** A plain call cannot ask for a stream here, so `Stream` differs: `.stream` sets it. */
type Shared<Theirs, Mine> = Exclude<keyof Theirs & keyof Mine, "Stream">

type Fits<Theirs, Mine> = Pick<Theirs, Shared<Theirs, Mine>> extends Pick<Mine, Shared<Theirs, Mine>> ? true : false

/** The actions of which the official request is none of ours. */
type Odd<Client, Module> = {
  [Name in Both<Client, Module>]: Name extends keyof Client & keyof Module
    ? Fits<Official<Client, Name>, Ours<Module, Name>> extends true
      ? never
      : Name
    : never
}[Both<Client, Module>]

type CvmClient = InstanceType<typeof cvm.v20170312.Client>
type HunyuanClient = InstanceType<typeof hunyuan.v20230901.Client>
type MongodbClient = InstanceType<typeof mongodb.v20190725.Client>
type MonitorClient = InstanceType<typeof monitor.v20180724.Client>
type StsClient = InstanceType<typeof sts.v20180813.Client>
type TkeClient = InstanceType<typeof tke.v20180525.Client>

describe("the official package", () => {
  it("has the same requests as ours, for every action that both have", () => {
    expectTypeOf<Odd<CvmClient, typeof Cvm>>().toEqualTypeOf<never>()
    expectTypeOf<Odd<HunyuanClient, typeof Hunyuan>>().toEqualTypeOf<never>()
    expectTypeOf<Odd<MongodbClient, typeof Mongodb>>().toEqualTypeOf<never>()
    expectTypeOf<Odd<MonitorClient, typeof Monitor>>().toEqualTypeOf<never>()
    expectTypeOf<Odd<StsClient, typeof Sts>>().toEqualTypeOf<never>()
    expectTypeOf<Odd<TkeClient, typeof Tke>>().toEqualTypeOf<never>()
  })

  it("is compared action by action, with each difference reported", () => {
    expectTypeOf<"RunInstances" | "DescribeInstances">().toExtend<Both<CvmClient, typeof Cvm>>()
    expectTypeOf<"GetMonitorData">().toExtend<Both<MonitorClient, typeof Monitor>>()
    expectTypeOf<Both<StsClient, typeof Sts>>().toExtend<keyof typeof Sts>()
    type Stubborn = { readonly DescribeZones: { readonly action: Action<"DescribeZones", { readonly Limit: string }, object, never> } }
    interface Client {
      DescribeZones(request: { Limit?: number; Extra?: string }): Promise<object>
    }
    expectTypeOf<Odd<Client, Stubborn>>().toEqualTypeOf<"DescribeZones">()
  })
})
