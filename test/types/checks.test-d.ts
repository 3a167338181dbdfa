import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import { describe, expectTypeOf, it } from "vitest"

const { checks, insertAfter, insertBefore, remove } = GatewayCheck

class Tenants extends Effect.Service<Tenants>()("test/Tenants", { succeed: {} }) {}

const tenant = GatewayCheck.make("tenant", { run: (context) => Effect.as(Tenants, context) })

describe("GatewayCheck.checks", () => {
  it("knows the names of its checks", () => {
    insertBefore(checks, "rate limit", tenant)
    insertBefore(checks, GatewayCheck.rateLimit, tenant)
    insertAfter("rate limit", tenant)(checks)
    remove(checks, "clock")
    remove(GatewayCheck.clock)(checks)
    // @ts-expect-error no check has this name
    insertBefore(checks, "rate limits", tenant)
    // @ts-expect-error no check has this name
    insertAfter(checks, "rate limits", tenant)
    // @ts-expect-error no check has this name
    insertBefore("rate limits", tenant)(checks)
    // @ts-expect-error no check has this name
    remove(checks, "clocks")
    // @ts-expect-error no check has this name
    remove("clocks")(checks)
    // @ts-expect-error it was removed before
    remove(remove(checks, "clock"), "clock")
    insertAfter(insertBefore(checks, "clock", tenant), "tenant", tenant)
  })

  it("needs the services of its checks", () => {
    expectTypeOf(Gateway.layer({ checks: insertBefore(checks, "rate limit", tenant) })).toEqualTypeOf<
      Layer.Layer<Gateway.Gateway, never, GatewayCheck.Services | Tenants>
    >()
  })
})

describe("GatewayCheck.make", () => {
  it("reads the members that it needs as defined", () => {
    GatewayCheck.make("action", {
      needs: ["route"],
      run: (context) => {
        expectTypeOf(context.route.action.name).toEqualTypeOf<string>()
        // @ts-expect-error it does not need this, so it may be undefined
        context.common.action
        return Effect.succeed(context)
      }
    })
  })

  it("returns a complete context", () => {
    GatewayCheck.make("copy", {
      // @ts-expect-error a spread copy is no context: it would lose what others have added
      run: (context) => Effect.succeed({ ...context, language: "en-US" as const })
    })
    const context = GatewayCheck.RequestContext.make({
      requestId: "1",
      wire: { method: "GET", path: "/", query: "", headers: {}, body: "", address: undefined },
      language: "en-US"
    })
    expectTypeOf(context.with("language", "zh-CN")).toEqualTypeOf<GatewayCheck.RequestContext>()
    // @ts-expect-error the request itself stays
    context.with("requestId", "2")
    // @ts-expect-error not a value of this member
    context.with("signature", "v2")
  })
})
