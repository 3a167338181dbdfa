/** The calls that the official clients make in every language, and what each has to get. */
import { isDeepStrictEqual } from "node:util"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as Product from "effect-tencentcloud/Product"
import * as Json from "../../src/domain/wire/Json.js"

/** Answers with what the handler was given, as JSON in a text. */
const Echo = Action.make("Echo", {
  product: "echo",
  version: "2026-01-01",
  request: Schema.Struct({
    Text: Schema.optional(Schema.String),
    Count: Schema.optional(Schema.Int),
    Enabled: Schema.optional(Schema.Boolean),
    Filters: Schema.optional(Schema.Array(Schema.Struct({ Name: Schema.String, Values: Schema.Array(Schema.String) })))
  }),
  response: Schema.Struct({ Received: Schema.String }),
  errors: []
})

/** The only product that has no sample in its answers. */
export const EchoLive = Gateway.handlers(Product.make([Echo]), {
  Echo: (request) => Effect.succeed({ Received: Either.getOrThrow(Json.stringify(request)) })
})

export type Language = "node" | "python" | "go"

/** What a program prints of a call. */
export interface Outcome {
  readonly name: string
  /** The result. */
  readonly result?: Readonly<Record<string, unknown>>
  /** The code of the error, or what the client says of it if it is the client's own. */
  readonly error?: string
}

export interface Call {
  readonly name: string
  /** `typed` uses the package of the product. All others use the client that knows no product. */
  readonly kind: "plain" | "typed" | "stream" | "concurrent" | "unsigned payload" | "unsigned action"
  readonly product: string
  readonly version: string
  readonly action: string
  readonly parameters: object
  readonly method: "POST" | "GET"
  readonly sign: "TC3-HMAC-SHA256" | "HmacSHA256" | "HmacSHA1"
  readonly key: "owner" | "wrong" | "unknown" | "temporary"
  /** The languages whose client cannot make the call. */
  readonly without?: ReadonlyArray<Language>
  /** Whether the outcome is right. */
  readonly expect: (outcome: Outcome) => boolean
}

const echo = {
  kind: "plain",
  product: "echo",
  version: "2026-01-01",
  action: "Echo",
  method: "POST",
  sign: "TC3-HMAC-SHA256",
  key: "owner"
} as const

const cvm = { ...echo, product: "cvm", version: "2017-03-12" } as const

// A result is JSON of unknown members. The casts below claim only that a member may be there, and the checks compare what it holds.

const received = (result: unknown): unknown => {
  const { Received } = (result ?? {}) as { readonly Received?: unknown }
  return typeof Received === "string" ? JSON.parse(Received) : undefined
}

/** What the handler was given is what the client was given. */
const echoes = (parameters: object) => ({
  parameters,
  expect: ({ result }: Outcome) => isDeepStrictEqual(received(result), parameters)
})

const fails = (code: string) => ({ expect: ({ error }: Outcome) => error === code })

const mixed = {
  Text: "广州 a+b&c=d%20~*'(é)/?#\n😀",
  Count: 42,
  Filters: [
    { Name: "zone", Values: ["ap-guangzhou-1", "上海 一区"] },
    { Name: "tag:owner_name", Values: ["a.b", "x y"] }
  ]
}

const ways = (["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"] as const).flatMap((sign) =>
  (["POST", "GET"] as const).map((method) => ({ sign, method, name: `${sign} ${method}` }))
)

const session = { RoleArn: "qcs::cam::uin/100000000001:roleName/reader", RoleSessionName: "session" }

const sts = { ...echo, product: "sts", version: "2018-08-13" } as const

const instances = { Filters: [{ Name: "zone", Values: ["ap-guangzhou-3"] }], Limit: 3 }

const hasInstances: Call["expect"] = ({ result }) => {
  const { InstanceSet, RequestId, TotalCount } = result ?? {}
  return Array.isArray(InstanceSet) && typeof TotalCount === "number" && typeof RequestId === "string"
}

const isMine: Call["expect"] = ({ result }) => {
  const { InstanceSet } = (result ?? {}) as { readonly InstanceSet?: ReadonlyArray<{ readonly InstanceId: string }> }
  return InstanceSet?.length === 1 && InstanceSet[0]?.InstanceId === "ins-mine"
}

const hasEvents: Call["expect"] = ({ result }) => {
  const { events = [] } = (result ?? {}) as {
    readonly events?: ReadonlyArray<{ readonly Choices: ReadonlyArray<{ readonly FinishReason: string }> }>
  }
  return events.length > 1 && events.at(-1)?.Choices[0]?.FinishReason === "stop"
}

const hasAll: Call["expect"] = ({ result }) => {
  const { results } = (result ?? {}) as { readonly results?: ReadonlyArray<unknown> }
  const expected = Array.from({ length: 50 }, (_, Count) => ({ Text: "并发", Count }))
  return isDeepStrictEqual(results?.map(received), expected)
}

const hasKey: Call["expect"] = ({ result }) => {
  const { Credentials } = (result ?? {}) as { readonly Credentials?: { readonly TmpSecretId?: unknown } }
  return typeof Credentials?.TmpSecretId === "string"
}

/** The calls, in the order in which a program makes them. */
export const calls: ReadonlyArray<Call> = [
  // Each way to sign carries any text and any list.
  ...ways.map((way) => ({ ...echo, ...way, ...echoes(mixed) })),
  ...ways.map(({ method, name, sign }) => ({
    ...cvm,
    method,
    sign,
    name: `instances, ${name}`,
    kind: "typed" as const,
    action: "DescribeInstances",
    parameters: instances,
    expect: hasInstances
  })),
  ...ways.map((way) => ({
    ...echo,
    ...way,
    name: `another key, ${way.name}`,
    key: "wrong" as const,
    parameters: mixed,
    ...fails("AuthFailure.SignatureFailure")
  })),
  ...ways.map((way) => ({
    ...echo,
    ...way,
    name: `a temporary key, ${way.name}`,
    key: "temporary" as const,
    ...echoes(mixed)
  })),
  // Python writes `True` where there is no JSON.
  ...ways.map((way) => ({ ...echo, ...way, name: `a boolean, ${way.name}`, ...echoes({ Enabled: true }) })),
  { ...echo, name: "1 MB of text", ...echoes({ Text: "云 cloud ".repeat(100_000) }) },
  { ...echo, name: "half a MB in a form", sign: "HmacSHA256", ...echoes({ Text: "cloud, a+b ".repeat(50_000) }) },
  { ...echo, name: "10 KB in a query", method: "GET", ...echoes({ Text: "cloud &+ ".repeat(1000) }) },
  { ...echo, name: "an unsigned payload", kind: "unsigned payload", without: ["node"], ...echoes(mixed) },
  { ...echo, name: "50 at once", kind: "concurrent", parameters: { Text: "并发" }, expect: hasAll },
  {
    ...cvm,
    name: "an instance by its ID",
    action: "DescribeInstances",
    parameters: { InstanceIds: ["ins-mine"] },
    expect: isMine
  },
  {
    ...cvm,
    name: "a member of the wrong type",
    action: "DescribeInstances",
    parameters: { Limit: "many" },
    ...fails("InvalidParameter")
  },
  { ...cvm, name: "a missing member", action: "TerminateInstances", parameters: {}, ...fails("MissingParameter") },
  { ...cvm, name: "an unknown action", action: "DescribeNothing", parameters: {}, ...fails("InvalidAction") },
  { ...echo, name: "an unknown key", key: "unknown", parameters: {}, ...fails("AuthFailure.SecretIdNotFound") },
  {
    ...sts,
    name: "an action without a signature",
    kind: "unsigned action",
    action: "AssumeRoleWithWebIdentity",
    parameters: { ...session, ProviderId: "github", WebIdentityToken: "header.payload.signature" },
    expect: hasKey
  },
  {
    ...echo,
    name: "a stream",
    kind: "stream",
    product: "hunyuan",
    version: "2023-09-01",
    action: "ChatCompletions",
    parameters: { Model: "hunyuan-lite", Messages: [{ Role: "user", Content: "你好" }], Stream: true },
    expect: hasEvents
  }
]

/** What every program is given beside its way to the gateway. */
export const plan = {
  region: "ap-guangzhou",
  role: session.RoleArn,
  keys: {
    owner: { secretId: "AKIDOFFICIAL", secretKey: "official-key" },
    wrong: { secretId: "AKIDOFFICIAL", secretKey: "another-key" },
    unknown: { secretId: "AKIDNOBODY", secretKey: "official-key" }
  }
} as const

/** The calls that the client of a language can make. */
export const callsOf = (language: Language): ReadonlyArray<Call> =>
  calls.filter(({ without = [] }) => !without.includes(language))

/** What is wrong: each call whose outcome is not what it has to be, or which has none. */
export const faults = (language: Language, outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> =>
  callsOf(language).flatMap((call) => {
    const outcome = outcomes.find(({ name }) => name === call.name)
    if (outcome !== undefined && call.expect(outcome)) return []
    return [`${call.name}: ${(JSON.stringify(outcome) ?? "nothing").slice(0, 500)}`]
  })
