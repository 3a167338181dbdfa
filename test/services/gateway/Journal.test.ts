import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import type { Rule } from "effect-tencentcloud/FaultInjector"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import { Gateway } from "effect-tencentcloud/Gateway"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import * as Journal from "effect-tencentcloud/Journal"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const create = (body: object) => v3({ action: "CreateVolume", body: JSON.stringify(body) })

const gateway = (options?: Parameters<typeof Journal.layerMemory>[0], rules: ReadonlyArray<Rule> = []) =>
  ServedGateway.layer(
    {},
    Volumes.layer({
      CreateVolume: ({ Name }) =>
        Name === "slow"
          ? Effect.delay(Effect.succeed({ VolumeId: "vol-1" }), "3 seconds")
          : Effect.succeed({ VolumeId: "vol-1", Password: "planted" }),
      DescribeVolumes: () => Effect.die("planted")
    })
  ).pipe(Layer.provideMerge(Layer.merge(Journal.layerMemory(options), FaultInjector.layer(rules))))

/** What the journal says of one call. */
const journaled = (request: Wire.WireRequest) =>
  Effect.gen(function* () {
    const { requestId } = yield* Answer.of(request)
    const journal = yield* Journal.Journal
    const [entry, ...others] = yield* journal.entries
    assert.isEmpty(others)
    assert.isDefined(entry)
    assert.strictEqual(entry.requestId, requestId)
    return entry
  })

const names: ReadonlyArray<string> = GatewayCheck.checks.flatMap(({ isOn, name }) => (isOn === undefined ? [name] : []))

describe("a journal", () => {
  it.effect("records who called what, and the outcome", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const entry = yield* journaled({ ...create({ Size: 10 }), address: "203.0.113.7" })
      const { account, action, code, identity, product, receivedAt, region, request, secretId, version } = entry
      assert.deepStrictEqual(
        { account, action, code, identity, product, receivedAt, region, secretId, version, address: request.address },
        {
          account: "100000000001",
          action: "CreateVolume",
          code: undefined,
          identity: "100000000001",
          product: "ebs",
          receivedAt: now * 1000,
          region: "ap-guangzhou",
          secretId: "AKIDINPROCESS",
          version: "2026-01-01",
          address: "203.0.113.7"
        }
      )
      assert.deepStrictEqual(entry.operations, [{ action: "ebs:CreateVolume", resource: "*" }])
    }).pipe(Effect.provide(gateway()))
  )

  it.effect.each<{ name: string; request: Wire.WireRequest; decidedBy: string; code: string | undefined }>([
    { name: "a result", request: create({ Size: 10 }), decidedBy: "handler", code: undefined },
    { name: "a defect", request: v3(), decidedBy: "handler", code: "InternalError" },
    { name: "another method", request: { ...v3(), method: "PUT" }, decidedBy: "method", code: "UnsupportedProtocol" },
    { name: "an unknown action", request: v3({ action: "Nope" }), decidedBy: "action", code: "InvalidAction" },
    { name: "a wrong value", request: create({ Size: 1 }), decidedBy: "parameters", code: "InvalidParameterValue" },
    { name: "a dry run", request: create({ Size: 10, DryRun: true }), decidedBy: "dry run", code: "DryRunOperation" }
  ])("records who decided $name, and the verdicts up to there", ({ code, decidedBy, request }) =>
    Effect.gen(function* () {
      const entry = yield* journaled(request)
      assert.deepStrictEqual([entry.decidedBy, entry.code], [decidedBy, code])
      const made = decidedBy === "handler" ? names : names.slice(0, names.indexOf(decidedBy) + 1)
      assert.deepStrictEqual(
        entry.checks.map(({ check, verdict }) => [check, verdict]),
        made.map((name) => [name, name === decidedBy ? "refused" : "passed"])
      )
    }).pipe(Effect.provide(gateway()))
  )

  it.effect("measures by the clock of the program", () =>
    Effect.gen(function* () {
      const call = yield* Effect.fork(journaled(create({ Size: 10, Name: "slow" })))
      yield* TestClock.adjust("3 seconds")
      const { checks, took } = yield* call
      assert.strictEqual(Duration.toMillis(took), 3000)
      assert.isTrue(checks.every(({ took }) => Duration.equals(took, 0)))
    }).pipe(Effect.provide(gateway()))
  )

  it.effect("records injected faults", () =>
    Effect.gen(function* () {
      const entry = yield* journaled(create({ Size: 10 }))
      assert.deepStrictEqual([entry.decidedBy, entry.code], ["fault", "InternalError"])
      assert.deepStrictEqual(entry.faults, [FaultInjector.error("InternalError")])
    }).pipe(Effect.provide(gateway({}, [{ fault: FaultInjector.error("InternalError") }])))
  )

  it.effect.each<{ name: string; request: Wire.WireRequest; kept: string }>([
    { name: "a body", request: create({ Size: 10, Password: "planted" }), kept: `"Password":"${Journal.removed}"` },
    {
      name: "a nested body",
      request: create({ A: [{ SecretKey: "planted" }] }),
      kept: `"SecretKey":"${Journal.removed}"`
    },
    {
      name: "a token",
      request: v3({ headers: { "x-tc-token": "planted" } }),
      kept: `"x-tc-token":"${Journal.removed}"`
    },
    { name: "a query", request: v1({ parameters: { Token: "planted" } }), kept: "Token=%3Cremoved%3E" },
    { name: "a form", request: v1({ method: "POST", parameters: { Password: "planted" } }), kept: "Password=%3C" },
    { name: "a body that is no JSON", request: v3({ body: '{"Password":"planted"' }), kept: "<21 bytes>" },
    {
      name: "bytes",
      request: v3({ contentType: "application/octet-stream", body: new TextEncoder().encode("planted") }),
      kept: "<7 bytes>"
    }
  ])("removes the secrets of $name, and the signature", ({ kept, request }) =>
    Effect.gen(function* () {
      const shown = JSON.stringify(yield* journaled(request))
      assert.notInclude(shown, "planted")
      assert.include(shown.replaceAll("\\", ""), kept)
      const signature = /Signature=([^&]+)/.exec(`${request.query}${request.body}${request.headers.authorization}`)?.[1]
      assert.isDefined(signature)
      assert.notInclude(shown, signature)
    }).pipe(Effect.provide(gateway()))
  )

  it.effect("keeps the last calls, and bodies up to the given size", () =>
    Effect.gen(function* () {
      const journal = yield* Journal.Journal
      for (const Size of [11, 12, 13, 14, 15]) yield* Answer.of(create({ Size }))
      const bodies = (yield* journal.entries).map(({ request }) => request.body)
      assert.deepStrictEqual(bodies, ['{"Size":13…', '{"Size":14…', '{"Size":15…'])
      yield* journal.clear
      assert.isEmpty(yield* journal.entries)
    }).pipe(Effect.provide(gateway({ capacity: 3, bodyLimit: 10 })))
  )

  describe("of a call whose caller hangs up", () => {
    const interrupted = (after: Duration.DurationInput, request = create({ Size: 10, Name: "slow" })) =>
      Effect.gen(function* () {
        const { handle } = yield* Gateway
        const call = yield* Effect.fork(handle(request))
        yield* TestClock.adjust(after)
        yield* Fiber.interrupt(call)
        const [entry, ...others] = yield* (yield* Journal.Journal).entries
        assert.isEmpty(others)
        assert.isDefined(entry)
        assert.deepInclude(entry, {
          outcome: "interrupted",
          decidedBy: "caller",
          code: undefined,
          events: undefined,
          response: undefined
        })
        return entry
      })

    it.effect("records it, with everything known about the call", () =>
      Effect.gen(function* () {
        const { action, checks, identity, request, took } = yield* interrupted("2 seconds")
        assert.deepStrictEqual(
          { action, identity, body: request.body },
          { action: "CreateVolume", identity: "100000000001", body: '{"Size":10,"Name":"slow"}' }
        )
        assert.strictEqual(Duration.toMillis(took), 2000)
        assert.isTrue(checks.every(({ verdict }) => verdict === "passed"))
      }).pipe(Effect.provide(gateway()))
    )

    it.effect("names the delay during which the caller hung up", () =>
      Effect.map(interrupted("1 second", create({ Size: 10 })), ({ faults }) =>
        assert.deepStrictEqual(faults, [FaultInjector.delay("5 seconds")])
      ).pipe(Effect.provide(gateway({}, [{ fault: FaultInjector.delay("5 seconds") }])))
    )

    it.effect("names the check during which the caller hung up", () => {
      const slow = { name: "slow", run: () => Effect.never }
      return Effect.map(interrupted("1 second"), ({ checks }) =>
        assert.deepStrictEqual(
          checks.map(({ check, verdict }) => [check, verdict]),
          [["slow", "interrupted"]]
        )
      ).pipe(Effect.provide(ServedGateway.layer({ checks: [slow] }).pipe(Layer.provideMerge(Journal.layerMemory()))))
    })
  })

  it.effect.each([
    { name: "a result", request: create({ Size: 10 }) },
    { name: "an error", request: create({ Size: 1 }) }
  ])("records $name as answered", ({ request }) =>
    Effect.map(journaled(request), (entry) =>
      assert.deepInclude(entry, { outcome: "answered", events: undefined })
    ).pipe(Effect.provide(gateway()))
  )

  it.effect("records that a fault broke the connection", () =>
    Effect.gen(function* () {
      const { handle } = yield* Gateway
      yield* handle(create({ Size: 10 }))
      const [entry] = yield* (yield* Journal.Journal).entries
      assert.strictEqual(entry?.outcome, "broken")
    }).pipe(Effect.provide(gateway({}, [{ fault: FaultInjector.close }])))
  )

  it.effect("keeps nothing by default", () =>
    Effect.gen(function* () {
      yield* Answer.of(v3())
      assert.isEmpty(yield* (yield* Journal.Journal).entries)
    }).pipe(Effect.provide(ServedGateway.layer()))
  )
})
