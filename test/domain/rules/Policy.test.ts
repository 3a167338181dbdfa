import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Policy from "effect-tencentcloud/Policy"
import type * as Json from "../../../src/domain/wire/Json.js"

const volume = "qcs::ebs:ap-guangzhou:uin/1:volume/v-1"
const operation: Policy.Operation = { action: "ebs:CreateVolume", resource: volume, address: "10.1.2.3" }

const policy = (...statements: ReadonlyArray<Json.JsonObject>): Policy.Policy =>
  Either.getOrThrow(Policy.fromJson({ version: "2.0", statement: statements }))

const allow = (parts: Json.JsonObject = {}) => ({ effect: "allow", action: "*", resource: "*", ...parts })
const deny = (parts: Json.JsonObject = {}) => ({ effect: "deny", action: "*", resource: "*", ...parts })

const evaluate = (policies: ReadonlyArray<Policy.Policy>, changed: Partial<Policy.Operation> = {}) =>
  Policy.evaluate(policies, { ...operation, ...changed })

describe("an operation", () => {
  const mine = allow({ action: "ebs:*" })
  const others = allow({ action: "cvm:*" })

  it.each<[string, ReadonlyArray<Policy.Policy>, Policy.Verdict]>([
    ["no policy", [], "unmentioned"],
    ["no statement", [policy()], "unmentioned"],
    ["a statement on something else", [policy(others)], "unmentioned"],
    ["a statement that allows it", [policy(others, mine)], "allowed"],
    ["one policy of several", [policy(others), policy(mine)], "allowed"],
    ["a deny after an allow", [policy(mine, deny())], "denied"],
    ["a deny before an allow", [policy(deny(), mine)], "denied"],
    ["a deny in another policy", [policy(mine), policy(deny())], "denied"],
    ["a deny on something else", [policy(deny({ action: "cvm:*" }), mine)], "allowed"],
    ["a deny alone", [policy(deny())], "denied"],
    ["allowAll", [Policy.allowAll], "allowed"]
  ])("under %s", (_, policies, verdict) => assert.strictEqual(evaluate(policies), verdict))

  it("needs action and resource to match in one statement", () =>
    assert.strictEqual(
      evaluate([policy(allow({ action: "cvm:*" }), allow({ action: "ebs:*", resource: "qcs::ebs:*:volume/v-2" }))]),
      "unmentioned"
    ))

  it("on any resource needs a statement with the resource *", () => {
    assert.strictEqual(evaluate([policy(allow())], { resource: "*" }), "allowed")
    for (const resource of ["qcs::ebs:*", "?", "?*"]) {
      assert.strictEqual(evaluate([policy(allow({ resource }))], { resource: "*" }), "unmentioned")
    }
  })
})

const isAllowed = (parts: Json.JsonObject, changed: Partial<Policy.Operation> = {}) =>
  evaluate([policy(allow(parts))], changed) === "allowed"

describe("an action's pattern", () => {
  it.each([
    ["ebs:CreateVolume", true],
    ["name/ebs:CreateVolume", true],
    ["name/ebs:*", true],
    ["*", true],
    ["**", true],
    ["ebs:*", true],
    ["ebs:Create*", true],
    ["*:CreateVolume", true],
    ["*Create*", true],
    ["e*:*V*e", true],
    ["ebs:CreateVolum?", true],
    ["???:CreateVolume", true],
    ["ebs:CreateVolume*", true],
    ["ebs:CreateVolume?", false],
    ["ebs:createvolume", true],
    ["EBS:CREATE*", true],
    ["ebs:createvolum\u212a", false],
    ["ebs:CreateVolume ", false],
    ["ebs.CreateVolume", false],
    ["ebs:Create", false],
    ["bs:CreateVolume", false],
    ["ebs:*Volumes", false],
    ["cvm:*", false],
    ["name/*", true],
    ["name/name/ebs:*", false],
    [".*", false],
    ["", false]
  ])("%j matches ebs:CreateVolume: %j", (action, expected) => assert.strictEqual(isAllowed({ action }), expected))

  it("can be one of a list", () => {
    assert.isTrue(isAllowed({ action: ["cvm:*", "ebs:*"] }))
    assert.isFalse(isAllowed({ action: ["cvm:*", "cbs:*"] }))
  })

  it("matches in a short time with any number of stars", () => {
    const stars = "*a".repeat(500)
    const text = "a".repeat(2_000)
    assert.isTrue(isAllowed({ action: `${stars}*` }, { action: text }))
    assert.isFalse(isAllowed({ action: `${stars}*b` }, { action: text }))
    assert.isFalse(isAllowed({ action: "*a".repeat(2_001) }, { action: text }))
  })

  const letters = FC.string({ unit: FC.constantFrom("a", "b", ":"), maxLength: 6 })
  it.prop(
    "matches the same texts as an equivalent regular expression",
    [FC.string({ unit: FC.constantFrom("a", "b", ":", "*", "?"), minLength: 1, maxLength: 8 }), letters],
    ([pattern, text]) => {
      const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`)
      assert.strictEqual(isAllowed({ action: pattern }, { action: text }), expression.test(text))
    },
    { fastCheck: { numRuns: 2_000 } }
  )
})

describe("a condition on the address", () => {
  const under = (condition: Json.JsonObject, address: string | undefined) => isAllowed({ condition }, { address })
  const equal = (...networks: ReadonlyArray<string>) => ({ ip_equal: { "qcs:ip": networks } })
  const notEqual = (...networks: ReadonlyArray<string>) => ({ ip_not_equal: { "qcs:ip": networks } })

  it.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.4", false],
    ["10.1.2.3/32", "10.1.2.3", true],
    ["10.1.2.3/31", "10.1.2.2", true],
    ["0.0.0.0/0", "203.0.113.7", true],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1", true],
    ["::/0", "2001:db8::1", true],
    // An address of one kind is in no network of the other; one of IPv4 inside IPv6 is of IPv4.
    ["::/0", "10.1.2.3", false],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["::ffff:10.1.2.3", "10.1.2.3", true]
  ])("%s holds %s: %j", (network, address, inside) => {
    assert.strictEqual(under(equal(network), address), inside)
    assert.strictEqual(under(notEqual(network), address), !inside)
  })

  it("needs one of several networks to match, or none if negated", () => {
    const networks = ["192.0.2.0/24", "10.0.0.0/8"]
    assert.isTrue(under(equal(...networks), "10.1.2.3"))
    assert.isFalse(under(equal(...networks), "203.0.113.7"))
    assert.isFalse(under(notEqual(...networks), "10.1.2.3"))
    assert.isTrue(under(notEqual(...networks), "203.0.113.7"))
  })

  it("needs all of several conditions", () => {
    const condition = { ...equal("10.0.0.0/8"), ...notEqual("10.1.0.0/16") }
    assert.isTrue(under(condition, "10.2.0.1"))
    assert.isFalse(under(condition, "10.1.0.1"))
    assert.isFalse(under(condition, "203.0.113.7"))
  })

  it("allows no caller without an address", () => {
    assert.isFalse(under(equal("0.0.0.0/0"), undefined))
    assert.isFalse(under(notEqual("10.0.0.0/8"), undefined))
  })

  it.each([{ condition: notEqual("10.0.0.0/8") }, { condition: equal("192.0.2.0/24") }])(
    "denies a caller without an address if it may apply: %j",
    (parts) => assert.strictEqual(evaluate([policy(allow({}), deny(parts))], { address: undefined }), "denied")
  )
})

describe("a document", () => {
  it("can have one statement, one text and no resource", () =>
    assert.deepStrictEqual(
      Policy.fromJson({ version: "2.0", statement: { effect: "Allow", action: "ebs:*" } }),
      Either.right({ statements: [{ effect: "allow" as const, action: ["ebs:*"], resource: ["*"], condition: [] }] })
    ))

  const text = (place: string) => `\`${place}\` should be a text or a list of texts`
  const ip = "statement.0.condition.ip_equal.qcs:ip"
  const address = (place: string) => `\`${place}\` should be an address or a network such as \`10.0.0.0/8\``
  const oneKey = "`statement.0.condition.ip_equal` should be an object with the one key `qcs:ip`"
  const withStatement = (statement: Json.Json) => ({ version: "2.0", statement })
  const withNetwork = (network: Json.Json) => withStatement([allow({ condition: { ip_equal: { "qcs:ip": network } } })])

  const malformed: ReadonlyArray<readonly [document: Json.Json, fault: string]> = [
    ["*", "a policy should be an object"],
    [null, "a policy should be an object"],
    [[], "a policy should be an object"],
    [{ statement: [] }, '`version` should be "2.0"'],
    [{ version: "1.0", statement: [] }, '`version` should be "2.0"'],
    [{ version: 2, statement: [] }, '`version` should be "2.0"'],
    [{ version: "2.0", statement: [], condition: {} }, "`condition` is not known"],
    [{ version: "2.0", Statement: [] }, "`Statement` is not known"],
    [{ version: "2.0" }, "`statement.0` should be an object"],
    [withStatement("*"), "`statement.0` should be an object"],
    [withStatement([allow(), null]), "`statement.1` should be an object"],
    [withStatement([{ action: "*" }]), "`statement.0.effect` should be `allow` or `deny`"],
    [withStatement([allow({ effect: "permit" })]), "`statement.0.effect` should be `allow` or `deny`"],
    [withStatement([allow({ effect: ["allow"] })]), "`statement.0.effect` should be `allow` or `deny`"],
    [withStatement([allow({ Condition: {} })]), "`statement.0.Condition` is not known"],
    [withStatement([allow({ principal: {} })]), "`statement.0.principal` is not known"],
    [withStatement([{ effect: "allow" }]), text("statement.0.action")],
    [withStatement([allow({ action: [] })]), text("statement.0.action")],
    [withStatement([allow({ action: ["*", 1] })]), text("statement.0.action")],
    [withStatement([allow({ resource: [] })]), text("statement.0.resource")],
    [withStatement([allow({ resource: {} })]), text("statement.0.resource")],
    [withStatement([allow(), deny({ resource: false })]), text("statement.1.resource")],
    [withStatement([allow({ condition: [] })]), "`statement.0.condition` should be an object"],
    [withStatement([allow({ condition: "ip" })]), "`statement.0.condition` should be an object"],
    [
      withStatement([allow({ condition: { string_equal: {} } })]),
      "`statement.0.condition.string_equal` is not known: use `ip_equal` or `ip_not_equal`"
    ],
    [withStatement([allow({ condition: { ip_equal: "10.0.0.1" } })]), oneKey],
    [withStatement([allow({ condition: { ip_equal: {} } })]), oneKey],
    [withStatement([allow({ condition: { ip_equal: { "qcs:ip": "::1", "qcs:mfa": true } } })]), oneKey],
    [withNetwork(1), text(ip)],
    [withNetwork([]), text(ip)],
    ...[
      "",
      "localhost",
      "10.0.0.0/33",
      "10.0.0.0/",
      "10.0.0.0/-1",
      "10.1",
      "10",
      "0x7f000001",
      "010.0.0.1",
      "10.0.0/8",
      "::/129",
      ":::"
    ].map((network) => [withNetwork(network), address(`${ip}.0`)] as const),
    [withNetwork(["10.0.0.0/8", "hunter2"]), address(`${ip}.1`)]
  ]

  it.each(malformed)("%j is rejected, with the place of the fault", (document, fault) =>
    assert.deepStrictEqual(Policy.fromJson(document), Either.left(fault))
  )

  it.prop("never throws", [FC.jsonValue()], ([value]) => {
    for (const document of [value, withStatement(value as Json.Json), withNetwork(value as Json.Json)]) {
      assert.isTrue(Either.isEither(Policy.fromJson(document as Json.Json)))
    }
  })
})
