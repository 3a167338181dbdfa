/** How a program changes the list of checks, and what a check of its own can rely on. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import { ServiceUnavailable } from "effect-tencentcloud/CommonError"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import * as Product from "effect-tencentcloud/Product"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import * as Seen from "../../fixtures/Seen.js"
import { layer } from "../../fixtures/ServedGateway.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const maintenance = GatewayCheck.make("maintenance", {
  run: () => Effect.fail(new ServiceUnavailable({ message: "back at noon" }))
})

const namesOf = (checks: ReadonlyArray<GatewayCheck.Check<GatewayCheck.Services>>) =>
  Effect.map(Gateway.Gateway, ({ checks }) => checks).pipe(Effect.provide(layer({ checks })))

describe("a list of checks", () => {
  const { checks, clock, insertAfter, insertBefore, key, remove } = GatewayCheck
  const defaults = namesOf(checks)

  it.effect.each([
    { how: "before a name", list: insertBefore(checks, "key", maintenance), offset: 0 },
    { how: "before a check", list: insertBefore(checks, key, maintenance), offset: 0 },
    { how: "before a name, in a pipe", list: insertBefore("key", maintenance)(checks), offset: 0 },
    { how: "after a name", list: insertAfter(checks, "key", maintenance), offset: 1 },
    { how: "after a check", list: insertAfter(checks, key, maintenance), offset: 1 },
    { how: "after a check, in a pipe", list: insertAfter(key, maintenance)(checks), offset: 1 }
  ])("inserts a check $how", ({ list, offset }) =>
    Effect.gen(function* () {
      const names = yield* defaults
      const place = names.indexOf("key") + offset
      assert.deepStrictEqual(yield* namesOf(list), [...names.slice(0, place), "maintenance", ...names.slice(place)])
    })
  )

  it.effect("runs a check where it was inserted", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Answer.of(v3())).message, "back at noon")
      assert.strictEqual((yield* Answer.of(v3({ timestamp: 1 }))).code, "AuthFailure.SignatureExpire")
    }).pipe(Effect.provide(layer({ checks: insertBefore(checks, "key", maintenance) })))
  )

  it.effect.each([
    { how: "by name", list: remove(checks, "clock") },
    { how: "by value", list: remove(checks, clock) },
    { how: "in a pipe", list: remove("clock")(checks) }
  ])("removes a check $how", ({ list }) =>
    Effect.gen(function* () {
      const names = yield* defaults
      assert.deepStrictEqual(
        yield* namesOf(list),
        names.filter((name) => name !== "clock")
      )
      const { code } = yield* Effect.provide(Answer.of(v3({ timestamp: now - 3600 })), layer({ checks: list }))
      assert.strictEqual(code, undefined)
    })
  )

  const others: ReadonlyArray<GatewayCheck.Check<never>> = [GatewayCheck.method, GatewayCheck.size]

  it.effect.each([
    { how: "insertBefore", list: insertBefore(others, "clock", maintenance) },
    { how: "insertAfter", list: insertAfter(others, "clock", maintenance) },
    { how: "remove", list: remove(others, "clock") }
  ])("dies in a gateway if it lacks the check that $how names, and says so", ({ list }) =>
    Effect.map(Effect.exit(Effect.scoped(Layer.build(layer({ checks: list })))), (exit) => {
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
      assert.include(String(exit), "There is no check `clock` in the list. Its checks are: method, size.")
    })
  )
})

class Tenant extends Context.Tag("test/Tenant")<Tenant, string>() {}

describe("a check of your own", () => {
  it.effect("adds data that all later checks can read", () => {
    const seen: Array<string> = []
    const read = GatewayCheck.make("read the tenant", {
      run: (context) => {
        seen.push(Option.getOrElse(context.get(Tenant), () => "none"))
        return Effect.succeed(context)
      }
    })
    const add = GatewayCheck.make("add a tenant", { run: (context) => Effect.succeed(context.add(Tenant, "mine")) })
    return Effect.gen(function* () {
      assert.strictEqual((yield* Answer.of(v3())).code, undefined)
      assert.strictEqual((yield* Answer.of(v1())).code, undefined)
      assert.deepStrictEqual(seen, ["none", "mine", "none", "mine"])
    }).pipe(Effect.provide(layer({ checks: [read, add, ...GatewayCheck.checks, read] })))
  })

  it.effect("changes one member of a context, and leaves the others and the old context alone", () =>
    Effect.sync(() => {
      const first = GatewayCheck.RequestContext.make({ requestId: "1", wire: v3(), language: "en-US" })
      const second = first.with("signature", "v3").add(Tenant, "mine")
      const third = second.with("language", "zh-CN")
      assert.deepStrictEqual([first.signature, first.get(Tenant)], [undefined, Option.none()])
      assert.deepStrictEqual([second.language, third.language, third.signature], ["en-US", "zh-CN", "v3"])
      assert.deepStrictEqual(third.get(Tenant), Option.some("mine"))
      // A class with one constructor has the same members in the same order, always.
      assert.deepStrictEqual(Object.keys(third), Object.keys(first))
    })
  )

  it.effect("that needs what no earlier check finds says so in the log, and tells the caller nothing", () => {
    const needy = GatewayCheck.make("needy", { needs: ["route"], run: (context) => Effect.succeed(context) })
    return Effect.gen(function* () {
      assert.strictEqual((yield* Answer.of(v3())).code, "InternalError")
      const { lines } = yield* Seen.Seen
      assert.include(lines[0]?.text, "The check needy needs route")
    }).pipe(Effect.provide([layer({ checks: [needy, ...GatewayCheck.checks] }), Seen.layer]))
  })

  it.effect("sees the caller", () => {
    const callers: Array<unknown> = []
    const note = GatewayCheck.make("note the caller", {
      needs: ["caller"],
      run: (context) => {
        const { caller } = context
        callers.push(caller._tag === "Signed" ? [caller.key.secretId, caller.key.identity] : caller._tag)
        return Effect.succeed(context)
      }
    })
    const open = { product: "open", version: Volumes.version, errors: [], unsigned: true } as const
    const nothing = { request: Schema.Struct({}), response: Schema.Struct({}) }
    const handlers = Gateway.handlers(Product.make([Action.make("GetOpen", { ...open, ...nothing })]), {
      GetOpen: () => Effect.succeed({})
    })
    const request = v3({ host: "open.tencentcloudapi.com", service: "open", action: "GetOpen" })
    return Effect.gen(function* () {
      yield* Answer.of(request)
      yield* Answer.of({ ...request, headers: { ...request.headers, authorization: "SKIP" } })
      assert.deepStrictEqual(callers, [["AKIDINPROCESS", "100000000001"], "Anonymous"])
    }).pipe(Effect.provide(layer({ checks: [...GatewayCheck.checks, note] }, handlers)))
  })

  it.effect.each<{ readonly check: GatewayCheck.Check<GatewayCheck.Services>; readonly request: Wire.WireRequest }>([
    { check: GatewayCheck.clock, request: v3({ timestamp: 1 }) },
    { check: GatewayCheck.key, request: v3({ key: { secretId: "AKIDunknown", secretKey: "key" } }) },
    { check: GatewayCheck.signature, request: v3({ signedHost: "another" }) }
  ])("cannot change the shared refusal of $check.name", ({ check, request }) => {
    const changed: Array<boolean> = []
    const meddling: GatewayCheck.Check<GatewayCheck.Services> = {
      ...check,
      run: (context) =>
        Effect.tapError(check.run(context), (error) =>
          Effect.sync(() => {
            for (const member of ["requestId", "message", "code"]) changed.push(Reflect.set(error, member, "planted"))
          })
        )
    }
    const checks = GatewayCheck.checks.map((each) => (each.name === check.name ? meddling : each))
    return Effect.gen(function* () {
      const first = yield* Answer.of(request)
      const second = yield* Answer.of(request)
      assert.deepStrictEqual(changed, [false, false, false, false, false, false])
      assert.deepStrictEqual([second.code, second.message], [first.code, first.message])
      assert.notStrictEqual(second.requestId, first.requestId)
      assert.notInclude(JSON.stringify([first, second]), "planted")
    }).pipe(Effect.provide(layer({ checks })))
  })
})
