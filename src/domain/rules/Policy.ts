/**
 * CAM policies: who may do what. Source: https://www.tencentcloud.com/document/product/598/10603
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import ipaddr from "ipaddr.js"
import * as Json from "../wire/Json.js"

/**
 * One statement. It applies to an operation when an action, a resource and every condition match.
 *
 * @since 0.1.0
 * @category models
 */
export interface Statement {
  readonly effect: "allow" | "deny"
  /** `cvm:DescribeInstances`, `cvm:Describe*`, `*`; `name/cvm:…` means the same. */
  readonly action: ReadonlyArray<string>
  /** `qcs::cvm:ap-guangzhou:uin/1:instance/*`, `*`. */
  readonly resource: ReadonlyArray<string>
  readonly condition: ReadonlyArray<Condition>
}

/**
 * A condition on the address that a request comes from. Of several networks, one has to match; with `negated`, none may.
 *
 * @since 0.1.0
 * @category models
 */
export interface Condition {
  readonly negated: boolean
  /** Addresses and networks: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`. */
  readonly networks: ReadonlyArray<string>
}

/**
 * A policy: statements, of which a matching `deny` wins over any `allow`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  readonly statements: ReadonlyArray<Statement>
}

/**
 * What is to be judged.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operation {
  /** `ebs:CreateVolume`. */
  readonly action: string
  readonly resource: string
  readonly address: string | undefined
}

/**
 * What policies say of an operation.
 *
 * - `allowed`: a statement allows it and none denies it
 * - `denied`: a statement denies it
 * - `unmentioned`: no statement speaks of it, which means that it may not be done
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "allowed" | "denied" | "unmentioned"

/** Matches `*` against any run of characters, `?` against one; without backtracking into earlier stars. */
const matches = (pattern: string, text: string, from = 0): boolean => {
  let [p, t, star, resume] = [from, 0, -1, 0]
  while (t < text.length) {
    if (pattern[p] === "*") {
      if (p === pattern.length - 1) return true
      star = p++
      resume = t
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}

/**
 * Whether a text is an address or a network: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`.
 *
 * @since 0.1.0
 * @category guards
 */
// Of IPv4 the plain form alone: `10.1` and `0x7f000001` are addresses to the library, and hardly what was meant.
export const isNetwork = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) ||
  ipaddr.IPv4.isValidCIDRFourPartDecimal(text) ||
  ipaddr.IPv6.isValid(text) ||
  // One of IPv4 inside IPv6 would match no address, since those are told as IPv4.
  (ipaddr.IPv6.isValidCIDR(text) && !ipaddr.IPv6.parseCIDR(text)[0].isIPv4MappedAddress())

/**
 * Whether a network holds an address; what is no address is in none.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const contains = (network: string, address: string): boolean => {
  const range = rangeOf(network)
  const parsed = addressOf(address)
  return range !== undefined && parsed !== undefined && range.kind === parsed.kind() && parsed.match(...range.cidr)
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

interface Range {
  readonly kind: "ipv4" | "ipv6"
  readonly cidr: [Address, number]
}

const readRange = (network: string): Range | undefined => {
  if (!isNetwork(network)) return undefined
  if (!ipaddr.isValid(network)) {
    const cidr = ipaddr.parseCIDR(network)
    return { kind: cidr[0].kind(), cidr }
  }
  const address = ipaddr.process(network)
  return { kind: address.kind(), cidr: [address, address.kind() === "ipv4" ? 32 : 128] }
}

/** Lists are asked with every request, and callers come back. What is forgotten is read again. */
const remembered = <A>(capacity: number, read: (text: string) => A): ((text: string) => A) => {
  const known = new Map<string, A>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined || known.has(text)) return found as A
    const made = read(text)
    if (known.size >= capacity) known.clear()
    known.set(text, made)
    return made
  }
}

const rangeOf = remembered(10_000, readRange)
const addressOf = remembered(1000, (text): Address | undefined =>
  ipaddr.isValid(text) ? ipaddr.process(text) : undefined
)

/** Of an address that is not known nothing is allowed, and everything denied. */
const holds = (condition: Condition, address: string | undefined, effect: Statement["effect"]): boolean =>
  address === undefined
    ? effect === "deny"
    : condition.networks.some((network) => contains(network, address)) !== condition.negated

const prefix = "name/"

const applies = (statement: Statement, operation: Operation): boolean =>
  statement.action.some((pattern) =>
    matches(pattern, operation.action, pattern.startsWith(prefix) ? prefix.length : 0)
  ) &&
  statement.resource.some((pattern) =>
    // Of stars alone there is hardly more than one.
    operation.resource === "*" ? pattern === "*" || /^\*+$/.test(pattern) : matches(pattern, operation.resource)
  ) &&
  statement.condition.every((condition) => holds(condition, operation.address, statement.effect))

/**
 * Judges an operation by all policies together. A `deny` that applies wins.
 *
 * A resource of `*` is "any resource": only statements whose own resource is `*` speak of it.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const evaluate = (policies: Iterable<Policy>, operation: Operation): Verdict => {
  let verdict: Verdict = "unmentioned"
  for (const { statements } of policies) {
    for (const statement of statements) {
      if (!applies(statement, operation)) continue
      if (statement.effect === "deny") return "denied"
      verdict = "allowed"
    }
  }
  return verdict
}

type Read<A> = Either.Either<A, string>

const strings = (value: Json.Json | undefined, where: string): Read<ReadonlyArray<string>> => {
  const list = Array.isArray(value) ? value : [value]
  const texts = list.filter((item) => typeof item === "string")
  return texts.length === list.length && texts.length > 0
    ? Either.right(texts)
    : Either.left(`\`${where}\` should be a text or a list of texts`)
}

const operators = new Map([
  ["ip_equal", false],
  ["ip_not_equal", true]
])

const readCondition = (name: string, value: Json.Json, where: string): Read<Condition> => {
  const negated = operators.get(name)
  if (negated === undefined)
    return Either.left(`\`${where}.${name}\` is not known: use \`ip_equal\` or \`ip_not_equal\``)
  if (!Json.isObject(value) || Object.keys(value).join() !== "qcs:ip") {
    return Either.left(`\`${where}.${name}\` should be an object with the one key \`qcs:ip\``)
  }
  return Either.flatMap(strings(value["qcs:ip"], `${where}.${name}.qcs:ip`), (networks): Read<Condition> => {
    const odd = networks.findIndex((network) => !isNetwork(network))
    return odd < 0
      ? Either.right({ negated, networks })
      : Either.left(`\`${where}.${name}.qcs:ip.${odd}\` should be an address or a network such as \`10.0.0.0/8\``)
  })
}

const readStatement = (value: Json.Json, where: string): Read<Statement> =>
  Either.gen(function* () {
    if (!Json.isObject(value)) return yield* Either.left(`\`${where}\` should be an object`)
    const effect = typeof value.effect === "string" ? value.effect.toLowerCase() : undefined
    if (effect !== "allow" && effect !== "deny") {
      return yield* Either.left(`\`${where}.effect\` should be \`allow\` or \`deny\``)
    }
    const unknown = Object.keys(value).find((key) => !["effect", "action", "resource", "condition"].includes(key))
    // Passing over a member could make a statement wider than it was meant.
    if (unknown !== undefined) return yield* Either.left(`\`${where}.${unknown}\` is not known`)
    const condition = value.condition ?? {}
    if (!Json.isObject(condition)) return yield* Either.left(`\`${where}.condition\` should be an object`)
    return {
      effect,
      action: yield* strings(value.action, `${where}.action`),
      resource: yield* strings(value.resource ?? "*", `${where}.resource`),
      condition: yield* Either.all(
        Object.entries(condition).map(([name, operand]) => readCondition(name, operand, `${where}.condition`))
      )
    }
  })

/**
 * Reads a policy document, `{"version":"2.0","statement":[…]}`, as CAM's console shows it. Fails with what is wrong and
 * where. What is not understood is refused rather than passed over.
 *
 * @example
 * ```ts
 * import * as Policy from "effect-tencentcloud/Policy"
 *
 * Policy.fromJson({
 *   version: "2.0",
 *   statement: [{ effect: "allow", action: "ebs:Describe*", resource: "*", condition: { ip_equal: { "qcs:ip": "10.0.0.0/8" } } }]
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromJson = (document: Json.Json): Read<Policy> => {
  if (!Json.isObject(document)) return Either.left("a policy should be an object")
  if (document.version !== "2.0") return Either.left('`version` should be "2.0"')
  const unknown = Object.keys(document).find((key) => key !== "version" && key !== "statement")
  if (unknown !== undefined) return Either.left(`\`${unknown}\` is not known`)
  const statements = Array.isArray(document.statement) ? document.statement : [document.statement]
  return Either.map(
    Either.all(statements.map((statement, index) => readStatement(statement ?? null, `statement.${index}`))),
    (read) => ({ statements: read })
  )
}

/**
 * Lets everything pass.
 *
 * @since 0.1.0
 * @category constants
 */
export const allowAll: Policy = {
  statements: [{ effect: "allow", action: ["*"], resource: ["*"], condition: [] }]
}

/**
 * The smallest policy that covers what was seen: it allows these operations and no other. Actions with the same resources
 * share a statement; an action that was seen with any resource, `*`, needs no other beside it. It is a document as CAM takes
 * it; the entries of a journal are what it is made of.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Policy from "effect-tencentcloud/Policy"
 * import { Journal } from "effect-tencentcloud/Journal"
 *
 * export const policy = Effect.gen(function* () {
 *   const journal = yield* Journal
 *   const entries = yield* journal.entries
 *   return Policy.minimal(entries.filter(({ identity }) => identity === "100000000002"))
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const minimal = (
  seen: Iterable<{ readonly operations: Iterable<Pick<Operation, "action" | "resource">> }>
): Json.JsonObject => {
  const byAction = new Map<string, Set<string>>()
  for (const { operations } of seen) {
    for (const { action, resource } of operations) {
      byAction.set(action, (byAction.get(action) ?? new Set()).add(resource))
    }
  }
  const byResources = new Map<string, { action: Array<string>; resource: ReadonlyArray<string> }>()
  for (const [action, resources] of [...byAction].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const resource = resources.has("*") ? ["*"] : [...resources].sort()
    const key = JSON.stringify(resource)
    const statement = byResources.get(key) ?? { action: [], resource }
    statement.action.push(action)
    byResources.set(key, statement)
  }
  return {
    version: "2.0",
    statement: Array.from(byResources.values(), (statement) => ({ effect: "allow", ...statement }))
  }
}
