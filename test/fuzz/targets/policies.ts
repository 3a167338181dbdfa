import * as Either from "effect/Either"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as Policy from "effect-tencentcloud/Policy"
import * as RateLimit from "../../../src/domain/rules/RateLimit.js"
import * as Json from "../../../src/domain/wire/Json.js"
import * as Grammar from "../grammar.js"
import { holds, repeat, repeatWith, type Target } from "../target.js"

const operations = [
  { action: "cvm:DescribeInstances", resource: "*", address: "10.0.0.1" },
  { action: "name/cvm:RunInstances", resource: "qcs::cvm:ap-guangzhou:uin/1:instance/ins-1", address: undefined },
  { action: "CVM:describeinstances", resource: "qcs::cvm:::instance/*", address: "fe80::1%eth0" }
]

const limited = { product: "cvm", action: "A", accessRegion: "nearest", account: "", identity: "1", limit: undefined }

/** A document of a policy, and the parts of a request that policies and limits judge. */
const check = (input: string): void => {
  const json = Either.getOrElse(Json.parse(input), () => null)
  const policy = Policy.fromJson(json)
  if (Either.isRight(policy)) {
    for (const operation of operations) Policy.evaluate([policy.right], operation)
  } else holds(policy.left.length < input.length + 300, "a reason is short")
  const verdict = Policy.evaluate([sample], { action: input, resource: input, address: input })
  holds(["allowed", "denied", "unmentioned"].includes(verdict), "an operation has a verdict")
  const minimal = Policy.minimal([{ operations: [{ action: input, resource: input }] }])
  holds(Either.isRight(Policy.fromJson(minimal)), "the smallest policy is a policy")
  for (const { key } of RateLimit.buckets({ ...limited, address: input }, { action: 1, address: 1, account: 1 })) {
    holds(key.split("/").length <= 6, () => `no part of a key reaches into another: ${key.slice(0, 300)}`)
  }
  const list = AddressList.make({ deny: ["10.0.0.0/8"], allow: ["0.0.0.0/0"] })
  holds(list.isDenied(input) || !list.isAllowed(input) || !input.startsWith("10."), "an odd address is on no list")
  AddressList.make({ deny: [input], allow: [input] }).isDenied("10.0.0.1")
}

const document = {
  version: "2.0",
  statement: [
    {
      effect: "allow",
      action: ["cvm:Describe*", "name/*:*a*b*c"],
      resource: "*",
      condition: { ip_equal: { "qcs:ip": ["10.0.0.0/8"] } }
    },
    { effect: "deny", action: "cvm:Run?nstances", resource: ["qcs::cvm:*:*:instance/ins-?", "*a*b*"] }
  ]
}

const sample = Either.getOrThrow(Policy.fromJson(document))

const names = [
  "version",
  "statement",
  "effect",
  "action",
  "resource",
  "condition",
  "ip_equal",
  "ip_not_equal",
  "qcs:ip"
]

export const policies: Target = {
  name: "policies, limits and lists of addresses",
  tokens: [
    '"effect":"deny"',
    '"action":',
    "*",
    "**",
    "?",
    '"qcs:ip":',
    "10.0.0.0/8",
    "/33",
    "::/0",
    "name/",
    "qcs::",
    "10.0.0.1",
    "010.0.0.1",
    "::ffff:10.0.0.1"
  ],
  generate: (random) =>
    random.chance(0.5)
      ? JSON.stringify(document)
      : random.chance(0.5)
        ? `{"version":"2.0","statement":${Grammar.json(random, names, 5)}}`
        : random.pick(["10.1.2.3", "cvm:RunInstances", "qcs::cvm:::instance/ins-1", "2001:db8::1"]),
  check,
  growth: {
    statements: (size) => `{"version":"2.0","statement":[${repeat('{"effect":"allow","action":"a:*b*c"},', size)}{}]}`,
    actions: (size) => `{"version":"2.0","statement":{"effect":"allow","action":[${repeat('"a:*",', size)}"*"]}}`,
    stars: (size) => `{"version":"2.0","statement":{"effect":"allow","action":"${repeat("*a", size)}"}}`,
    networks: (size) =>
      `{"version":"2.0","statement":{"effect":"deny","action":"*","condition":{"ip_equal":{"qcs:ip":[${repeatWith((at) => `"10.${at % 250}.${(at >> 8) % 250}.0/24"`, size, ",")}]}}}}`,
    "a resource of one letter": (size) => repeat("a", size),
    "a resource with many starts": (size) => repeat("ab", size),
    "an address of digits": (size) => repeat("1.", size),
    "an address of colons": (size) => repeat("f:", size)
  }
}
