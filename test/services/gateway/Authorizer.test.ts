import { assert, describe, it } from "@effect/vitest"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import type * as Json from "../../../src/domain/wire/Json.js"

const main = "100000000001"
const volume = (id: string) => `qcs::ebs:ap-guangzhou:uin/${main}:volume/${id}`

const attempt = (given: Partial<Authorizer.Attempt> = {}): Authorizer.Attempt => ({
  account: main,
  identity: "2",
  operation: "ebs:DeleteVolumes",
  resources: [volume("vol-1")],
  address: "10.1.2.3",
  requestId: "request",
  ...given
})

const authorize = (given: Partial<Authorizer.Attempt>) =>
  Effect.flatMap(Authorizer.Authorizer, (authorizer) => authorizer.authorize(attempt(given)))

const allow = (action: string, resource: Json.Json = "*", condition: Json.Json = {}): Json.Json => ({
  version: "2.0",
  statement: [{ effect: "allow", action, resource, condition }]
})
const deny = (action: string, resource: Json.Json = "*"): Json.Json => ({
  version: "2.0",
  statement: { effect: "deny", action, resource }
})

const inside = { ip_equal: { "qcs:ip": "10.0.0.0/8" } }
const outside = { ip_not_equal: { "qcs:ip": ["10.0.0.0/8", "192.0.2.1"] } }
const other = { address: "203.0.113.7" }

describe("Authorizer", () => {
  it.effect("layerAllowAll allows everyone to do everything", () =>
    authorize({ resources: ["*"], address: undefined }).pipe(Effect.provide(Authorizer.layerAllowAll))
  )

  it.effect.each([
    { name: "no policy speaks of it", documents: [allow("cvm:*")], allowed: false },
    { name: "a policy allows it", documents: [allow("ebs:DeleteVolumes")], allowed: true },
    { name: "a wildcard of the action allows it", documents: [allow("name/ebs:Delete*")], allowed: true },
    { name: "a deny beside an allow wins", documents: [allow("*"), deny("ebs:Delete*")], allowed: false },
    { name: "a deny before an allow wins", documents: [deny("ebs:Delete*"), allow("*")], allowed: false },
    { name: "a deny of another resource", documents: [allow("*"), deny("*", volume("vol-9"))], allowed: true },
    { name: "a wildcard of the resource", documents: [allow("*", volume("*"))], allowed: true },
    { name: "a resource of another region", documents: [allow("*", "qcs::ebs:ap-beijing:*")], allowed: false },
    { name: "the address is inside", documents: [allow("*", "*", inside)], allowed: true },
    { name: "the address is not inside", documents: [allow("*", "*", inside)], given: other, allowed: false },
    { name: "the address is not outside", documents: [allow("*", "*", outside)], allowed: false },
    { name: "the address is outside", documents: [allow("*", "*", outside)], given: other, allowed: true },
    {
      name: "the address is not known",
      documents: [allow("*", "*", outside)],
      given: { address: undefined },
      allowed: false
    },
    {
      name: "each of two resources is allowed",
      documents: [allow("*", [volume("vol-1"), volume("vol-2")])],
      given: { resources: [volume("vol-1"), volume("vol-2")] },
      allowed: true
    },
    {
      name: "one of two resources is not",
      documents: [allow("*", volume("vol-1"))],
      given: { resources: [volume("vol-1"), volume("vol-2")] },
      allowed: false
    },
    {
      name: "it is about no resource, and one only is allowed",
      documents: [allow("*", volume("vol-1"))],
      given: { resources: [] },
      allowed: false
    },
    {
      name: "it is about no resource, and all are allowed",
      documents: [allow("*")],
      given: { resources: [] },
      allowed: true
    },
    { name: "a sub-account has no document", documents: [], allowed: false },
    { name: "another sub-account's document", documents: [allow("*")], given: { identity: "3" }, allowed: false },
    { name: "the main account has no document", documents: [], given: { identity: main }, allowed: true }
  ])("$name: allowed $allowed", ({ allowed, documents, given = {} }) =>
    Effect.gen(function* () {
      const refused = yield* Effect.merge(authorize(given))
      assert.strictEqual(refused?._tag, allowed ? undefined : "Denied")
    }).pipe(Effect.provide(Authorizer.layerPolicies({ "2": documents })))
  )

  it.effect("a document of the main account applies to it too", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(authorize({ identity: main }))
      assert.strictEqual(refused._tag, "Denied")
    }).pipe(Effect.provide(Authorizer.layerPolicies({ [main]: [deny("*")] })))
  )

  it.effect("fails with the operation and the first resource that is denied", () =>
    Effect.gen(function* () {
      const denied = yield* Effect.flip(authorize({ resources: ["vol-1", "vol-2", "vol-3"].map(volume) }))
      const resource = volume("vol-2")
      assert.deepStrictEqual({ ...denied }, { _tag: "Denied", operation: "ebs:DeleteVolumes", resource })
    }).pipe(Effect.provide(Authorizer.layerPolicies({ "2": [allow("*", volume("vol-1"))] })))
  )

  it.effect.each([
    { document: "allow", reason: "a policy should be an object" },
    { document: { version: "1.0", statement: [] }, reason: '`version` should be "2.0"' },
    {
      document: {
        version: "2.0",
        statement: [
          { effect: "allow", action: "*" },
          { effect: "permit", action: "*" }
        ]
      },
      reason: "`statement.1.effect` should be `allow` or `deny`"
    },
    {
      document: { version: "2.0", statement: { effect: "allow", action: "*", principal: "*" } },
      reason: "`statement.0.principal` is not known"
    },
    {
      document: allow("*", "*", { ip_equal: { "qcs:ip": ["10.0.0.0/8", "office"] } }),
      reason: "`statement.0.condition.ip_equal.qcs:ip.1` should be an address or a network such as `10.0.0.0/8`"
    }
  ])("an invalid document fails the layer, with its place: $reason", ({ document, reason }) =>
    Effect.gen(function* () {
      const layer = Authorizer.layerPolicies({ "1": [allow("*")], "2": [allow("*"), document] })
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
      assert.deepStrictEqual(error, ConfigError.InvalidData(["policies", "2", "1"], reason))
    })
  )
})
