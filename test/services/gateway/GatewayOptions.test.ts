/** What a gateway does beside the checks that the protocol asks for, where it is given the means. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Policy from "effect-tencentcloud/Policy"
import * as Product from "effect-tencentcloud/Product"
import * as ReplayGuard from "effect-tencentcloud/ReplayGuard"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

describe("address lists", () => {
  const lists = AddressList.layer({
    deny: ["203.0.113.66", "2001:db8:6::/48"],
    allow: ["203.0.113.0/24", "2001:db8::/32"]
  })

  it.effect.each<{ address: string | undefined; code: string | undefined }>([
    { address: "203.0.113.7", code: undefined },
    { address: "2001:db8::1", code: undefined },
    { address: "203.0.113.66", code: "IpInBlacklist" },
    { address: "2001:db8:6::1", code: "IpInBlacklist" },
    { address: "198.51.100.1", code: "IpNotInWhitelist" },
    { address: "nonsense", code: "IpInBlacklist" },
    { address: undefined, code: "IpNotInWhitelist" }
  ])("answer $address with $code", ({ address, code }) =>
    Effect.map(Answer.of({ ...v3(), address }), (answer) => assert.strictEqual(answer.code, code)).pipe(
      Effect.provide(Layer.provide(ServedGateway.layer(), lists))
    )
  )

  it.effect("do not judge a caller whose signature is wrong", () =>
    Effect.map(Answer.of(v3({ signedHost: "x" })), ({ code }) =>
      assert.strictEqual(code, "AuthFailure.SignatureFailure")
    ).pipe(Effect.provide(Layer.provide(ServedGateway.layer(), lists)))
  )

  it.effect("cannot be made of a text that is no network, and say where it is", () =>
    Effect.map(Effect.flip(Layer.build(AddressList.layer({ allow: ["10.0.0.1", "10.1"] }))), (error) =>
      assert.include(String(error), "addresses.allow.1")
    ).pipe(Effect.scoped)
  )
})

describe("a replay guard", () => {
  const twice = (request: Wire.WireRequest) =>
    Effect.map(Effect.all([Answer.of(request), Answer.of(request)]), (answers) => answers.map(({ code }) => code))

  it.effect.each([
    { name: "version 3", request: v3() },
    { name: "version 1", request: v1() }
  ])("rejects the same request of $name the second time", ({ request }) =>
    Effect.map(twice(request), (codes) =>
      assert.deepStrictEqual(codes, [undefined, "AuthFailure.SignatureExpire"])
    ).pipe(Effect.provide(Layer.provide(ServedGateway.layer(), ReplayGuard.layerMemory())))
  )

  it.effect("is off unless one is provided", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* twice(v3()), [undefined, undefined])
      assert.notInclude((yield* Gateway.Gateway).checks, "replay")
    }).pipe(Effect.provide(ServedGateway.layer()))
  )

  it.effect("accepts requests that differ, and remembers none that was refused", () =>
    Effect.gen(function* () {
      const forged = v3({ headers: { authorization: v3({ body: "{} " }).headers.authorization } })
      const codes = yield* Effect.forEach([forged, v3(), v3({ body: '{"Limit":1}' })], Answer.of)
      assert.deepStrictEqual(
        codes.map(({ code }) => code),
        ["AuthFailure.SignatureFailure", undefined, undefined]
      )
    }).pipe(Effect.provide(Layer.provide(ServedGateway.layer(), ReplayGuard.layerMemory())))
  )

  it.effect("forgets requests after its window, and the oldest one beyond its capacity", () =>
    Effect.gen(function* () {
      const { remember } = yield* ReplayGuard.make({ window: "10 minutes", capacity: 2 })
      const all = (...signatures: ReadonlyArray<string>) => Effect.forEach(signatures, remember)
      assert.deepStrictEqual(yield* all("a", "a"), [true, false])
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* all("a"), [false])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* all("a", "b", "c", "a"), [true, true, true, true])
    })
  )
})

const at = { product: "open", version: Volumes.version, request: Schema.Struct({}), errors: [] } as const
const WhoAmI = Action.make("GetWho", { ...at, response: Schema.Struct({ Account: Schema.String }), unsigned: true })
const Closed = Action.make("GetClosed", { ...at, response: Schema.Struct({}), deprecated: "Use GetWho instead." })
const open = ServedGateway.layer(
  {},
  Gateway.handlers(Product.make([WhoAmI, Closed]), {
    GetWho: (_, { account }) => Effect.succeed({ Account: account }),
    GetClosed: () => Effect.succeed({})
  })
)
const asked = (action: string, headers: Wire.Headers = {}) =>
  v3({ host: "open.tencentcloudapi.com", service: "open", action, headers })

describe("an action", () => {
  it.effect.each([
    { name: "marked as unsigned", action: "GetWho", headers: { authorization: "SKIP" }, code: undefined },
    { name: "marked as unsigned, but signed", action: "GetWho", headers: {}, code: undefined },
    {
      name: "marked as unsigned, but signed wrongly",
      action: "GetWho",
      headers: { authorization: "SKIPPED" },
      code: "AuthFailure.InvalidAuthorization"
    },
    {
      name: "not marked",
      action: "GetClosed",
      headers: { authorization: "SKIP" },
      code: "AuthFailure.InvalidAuthorization"
    }
  ])("$name gets $code", ({ action, code, headers }) =>
    Effect.map(Answer.of(asked(action, headers)), (answer) => assert.strictEqual(answer.code, code)).pipe(
      Effect.provide(open)
    )
  )

  it.effect("that is called unsigned has no caller", () =>
    Effect.map(Answer.of(asked("GetWho", { authorization: "SKIP" })), ({ response }) =>
      assert.deepStrictEqual(response, { Account: "" })
    ).pipe(Effect.provide(open))
  )

  it.effect("that is deprecated has a warning in its result", () =>
    Effect.map(Answer.of(asked("GetClosed")), ({ response }) =>
      assert.deepStrictEqual(response, { DeprecatedWarning: "Use GetWho instead." })
    ).pipe(Effect.provide(open))
  )
})

describe("CAM in its soft mode", () => {
  const sub = { secretId: "AKIDsub", secretKey: "key" }
  const granted = { version: "2.0", statement: [{ effect: "allow", action: "ebs:DeleteVolumes", resource: "*/vol-1" }] }
  const policies = Authorizer.layerPolicies({ "2": [granted] })
  const served = (authorizer: typeof policies) =>
    InProcess.layer.pipe(
      Layer.provide(Volumes.layer()),
      Layer.provideMerge(Journal.layerMemory()),
      Layer.provide([
        authorizer,
        KeyStore.layerMemory([{ ...sub, identity: "2" }]),
        CredentialProvider.layerStatic(sub)
      ])
    )
  const volume = (id: string) => `qcs::ebs::uin/100000000001:volume/${id}`

  it.effect("accepts an operation that is not granted, and notes what was missing", () =>
    Effect.gen(function* () {
      yield* Volumes.DeleteVolumes({ VolumeIds: ["vol-1", "vol-2"] })
      const journal = yield* Journal.Journal
      const entries = yield* journal.entries
      const at = (resource: string) => ({ action: "ebs:DeleteVolumes", resource })
      assert.deepStrictEqual(entries[0]?.missing, [at(volume("vol-2"))])
      assert.deepStrictEqual(entries[0]?.operations, [at(volume("vol-1")), at(volume("vol-2"))])
      assert.deepStrictEqual(Policy.minimal(entries), {
        version: "2.0",
        statement: [{ effect: "allow", action: ["ebs:DeleteVolumes"], resource: [volume("vol-1"), volume("vol-2")] }]
      })
    }).pipe(Effect.provide(served(Layer.provide(Authorizer.layerSoft, policies))))
  )

  it.effect("is off unless it is chosen", () =>
    Effect.map(Effect.flip(Volumes.DeleteVolumes({ VolumeIds: ["vol-2"] })), ({ _tag }) =>
      assert.strictEqual(_tag, "AuthFailure.UnauthorizedOperation")
    ).pipe(Effect.provide(served(policies)))
  )
})

describe("Policy.minimal", () => {
  const operation = Fc.record({
    action: Fc.constantFrom("ebs:Create", "ebs:Delete", "cvm:Stop"),
    resource: Fc.constantFrom("*", "qcs::ebs:::volume/1", "qcs::ebs:::volume/2", "qcs::cvm:::instance/1")
  })

  it.effect.prop("allows exactly what was recorded", [Fc.array(operation), operation], ([seen, other]) =>
    Effect.gen(function* () {
      const policy = Either.getOrThrow(Policy.fromJson(Policy.minimal([{ operations: seen }])))
      const allows = (operation: { readonly action: string; readonly resource: string }) =>
        Policy.evaluate([policy], { ...operation, address: undefined }) === "allowed"
      assert.isTrue(seen.every(allows))
      const covers = ({ action, resource }: typeof other) =>
        action === other.action && (resource === "*" || resource === other.resource)
      assert.strictEqual(allows(other), seen.some(covers))
    })
  )
})
