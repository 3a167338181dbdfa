/** What the compiler demands of those who serve a product. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { ResourceInUse, ResourceNotFound } from "effect-tencentcloud/CommonError"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import type { Call, Handler, Handlers } from "effect-tencentcloud/Gateway"
import { describe, expectTypeOf, it } from "vitest"
import { CreateVolume, type DeleteVolume, SnapshotRunning, TooOften, VolumeAttached, Volumes } from "./actions.js"

class Database extends Context.Tag("Database")<Database, { readonly size: Effect.Effect<number> }>() {}
class Queue extends Context.Tag("Queue")<Queue, { readonly offer: (id: string) => Effect.Effect<void> }>() {}

const volumes = {
  CreateVolume: () => Effect.succeed({ VolumeId: "vol-1" }),
  DeleteVolume: () => Effect.succeed({}),
  DescribeVolumes: () => Effect.succeed({ TotalCount: 0 })
}

describe("Gateway.handlers", () => {
  it("passes its request and the call to each handler", () => {
    Gateway.handlers(Volumes, {
      ...volumes,
      CreateVolume: (request, call) => {
        expectTypeOf(request).toEqualTypeOf<{ readonly Size: number; readonly Name?: string | undefined; readonly DryRun?: boolean | undefined }>()
        expectTypeOf(call).toEqualTypeOf<Call>()
        return Effect.succeed({ VolumeId: "vol-1" })
      }
    })
  })

  it("needs exactly what the handlers need", () => {
    expectTypeOf(Gateway.handlers(Volumes, volumes)).toEqualTypeOf<Layer.Layer<Handlers>>()
    const needy = Gateway.handlers(Volumes, {
      ...volumes,
      DeleteVolume: ({ VolumeId }) => Effect.as(Effect.flatMap(Queue, ({ offer }) => offer(VolumeId)), {}),
      DescribeVolumes: () => Effect.map(Effect.flatMap(Database, ({ size }) => size), (TotalCount) => ({ TotalCount }))
    })
    expectTypeOf(needy).toEqualTypeOf<Layer.Layer<Handlers, never, Database | Queue>>()
  })

  it("accepts handlers that fail with declared errors and with common ones", () => {
    Gateway.handlers(Volumes, {
      ...volumes,
      CreateVolume: () => Effect.fail(new TooOften({ message: "" })),
      DeleteVolume: ({ VolumeId }) =>
        Effect.gen(function* () {
          if (VolumeId === "vol-1") return yield* new VolumeAttached({ message: "" })
          if (VolumeId === "vol-2") return yield* new ResourceInUse({ message: "" })
          return yield* new ResourceNotFound({ message: "" })
        })
    })
  })

  it("rejects a handler that fails with an error which its action does not declare", () => {
    // @ts-expect-error
    Gateway.handlers(Volumes, { ...volumes, DeleteVolume: () => Effect.fail(new SnapshotRunning({ message: "" })) })
    // @ts-expect-error that of another action
    Gateway.handlers(Volumes, { ...volumes, CreateVolume: () => Effect.fail(new VolumeAttached({ message: "" })) })
    // @ts-expect-error no error of the service
    Gateway.handlers(Volumes, { ...volumes, DeleteVolume: () => Effect.fail(new Error()) })
    // @ts-expect-error an error that nobody knows
    Gateway.handlers(Volumes, { ...volumes, DeleteVolume: () => Effect.fail<unknown>(undefined) })
    // @ts-expect-error the client's own failures are not for the caller
    Gateway.handlers(Volumes, { ...volumes, CreateVolume: () => CreateVolume({ Size: 10 }) })
  })

  it("rejects a product if an action has no handler", () => {
    const { DeleteVolume: _, ...others } = volumes
    // @ts-expect-error
    Gateway.handlers(Volumes, others)
  })

  it("rejects a handler for an action that the product does not have", () => {
    // @ts-expect-error
    Gateway.handlers(Volumes, { ...volumes, DeleteVolumes: () => Effect.succeed({}) })
  })

  it("rejects a response of another action", () => {
    // @ts-expect-error a member of the wrong type
    Gateway.handlers(Volumes, { ...volumes, CreateVolume: () => Effect.succeed({ VolumeId: 1 }) })
    // @ts-expect-error a member missing
    Gateway.handlers(Volumes, { ...volumes, CreateVolume: () => Effect.succeed({}) })
    // @ts-expect-error no effect
    Gateway.handlers(Volumes, { ...volumes, CreateVolume: () => ({ VolumeId: "vol-1" }) })
  })

  it("rejects a handler that reads a member which the request does not have, or requires one", () => {
    // @ts-expect-error
    Gateway.handlers(Volumes, { ...volumes, DeleteVolume: ({ VolumeID }) => Effect.succeed({ VolumeID }) })
    // @ts-expect-error
    Gateway.handlers(Volumes, { ...volumes, DeleteVolume: (_: { readonly VolumeId: number }) => Effect.succeed({}) })
    // @ts-expect-error
    Gateway.handlers(Volumes, { ...volumes, CreateVolume: (_: { readonly Name: string }) => Effect.succeed({ VolumeId: "" }) })
  })
})

describe("Handler", () => {
  it("has the same rules for one handler", () => {
    const handler: Handler<typeof DeleteVolume.action, Database> = ({ VolumeId }) =>
      VolumeId === "" ? Effect.fail(new VolumeAttached({ message: "" })) : Effect.as(Database, {})
    expectTypeOf(Gateway.handlers(Volumes, { ...volumes, DeleteVolume: handler })).toEqualTypeOf<Layer.Layer<Handlers, never, Database>>()
    // @ts-expect-error
    const undeclared: Handler<typeof DeleteVolume.action, never> = () => Effect.fail(new SnapshotRunning({ message: "" }))
    void undeclared
  })

  it("can call other actions, and then needs the client", () => {
    const relay = Gateway.handlers(Volumes, { ...volumes, CreateVolume: (request) => Effect.orDie(CreateVolume(request)) })
    expectTypeOf(relay).toEqualTypeOf<Layer.Layer<Handlers, never, ApiClient.ApiClient>>()
  })
})
