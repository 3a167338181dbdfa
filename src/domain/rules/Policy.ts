/**
 * Reads and evaluates CAM policies, which say who may do what.
 * Source: https://www.tencentcloud.com/document/product/598/10603
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Json from "../wire/Json.js"
import * as Network from "./Network.js"

/**
 * One statement. It applies to an operation if one of its actions, one of its resources and all of its conditions match.
 *
 * @since 0.1.0
 * @category models
 */
export interface Statement {
  readonly effect: "allow" | "deny"
  /** `cvm:DescribeInstances`, `cvm:Describe*`, `*`. The prefix `name/` has no meaning: `name/cvm:…`. */
  readonly action: ReadonlyArray<string>
  /** `qcs::cvm:ap-guangzhou:uin/1:instance/*`, `*`. */
  readonly resource: ReadonlyArray<string>
  readonly condition: ReadonlyArray<Condition>
}

/**
 * A condition on the address of the caller. One of the networks must contain it, or with `negated`, none of them.
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
 * A policy: a list of statements. A `deny` that applies wins over every `allow`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  readonly statements: ReadonlyArray<Statement>
}

/**
 * An operation that a policy allows or denies.
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
 * The result of policies for an operation.
 *
 * - `allowed`: a statement allows it, and none denies it
 * - `denied`: a statement denies it
 * - `unmentioned`: no statement applies, so the caller may not do it
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "allowed" | "denied" | "unmentioned"

/** Whether two characters are the same letter of ASCII, in either case. */
const isSameLetter = (one: number, other: number): boolean =>
  (one ^ other) === 32 && (one | 32) >= 97 && (one | 32) <= 122

/** Whether two characters are the same, or the same letter if the case does not count. */
const isSame = (pattern: string, p: number, text: string, t: number, ignoresCase: boolean): boolean => {
  const one = pattern.charCodeAt(p)
  const other = text.charCodeAt(t)
  return one === other || (ignoresCase && isSameLetter(one, other))
}

/** Matches a text with a pattern. `*` matches any characters, and `?` matches one. Never goes back to an earlier star. */
const matches = (pattern: string, text: string, from = 0, ignoresCase = false): boolean => {
  let [p, t, star, resume] = [from, 0, -1, 0]
  while (t < text.length) {
    if (pattern[p] === "*") {
      if (p === pattern.length - 1) return true
      star = p++
      resume = t
    } else if (p < pattern.length && (pattern[p] === "?" || isSame(pattern, p, text, t, ignoresCase))) {
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

/** For an address that is unknown or cannot be read, no `allow` applies and every `deny` does. */
const holds = (condition: Condition, address: string | undefined, effect: Statement["effect"]): boolean =>
  address === undefined || !Network.isAddress(address)
    ? effect === "deny"
    : condition.networks.some((network) => Network.contains(network, address)) !== condition.negated

const prefix = "name/"

const applies = (statement: Statement, operation: Operation): boolean =>
  statement.action.some((pattern) =>
    // The cloud compares actions without their case.
    matches(pattern, operation.action, pattern.startsWith(prefix) ? prefix.length : 0, true)
  ) &&
  statement.resource.some((pattern) =>
    // A pattern of several stars is rare.
    operation.resource === "*" ? pattern === "*" || /^\*+$/.test(pattern) : matches(pattern, operation.resource)
  ) &&
  statement.condition.every((condition) => holds(condition, operation.address, statement.effect))

/**
 * Evaluates an operation by all policies together. A `deny` that applies wins.
 *
 * An operation with the resource `*` is about any resource. Only statements with the resource `*` apply to it.
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

type Result<A> = Either.Either<A, string>

const strings = (value: Json.Json | undefined, where: string): Result<ReadonlyArray<string>> => {
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

const parseCondition = (name: string, value: Json.Json, where: string): Result<Condition> => {
  const negated = operators.get(name)
  if (negated === undefined)
    return Either.left(`\`${where}.${name}\` is not known: use \`ip_equal\` or \`ip_not_equal\``)
  if (!Json.isObject(value) || Object.keys(value).join() !== "qcs:ip") {
    return Either.left(`\`${where}.${name}\` should be an object with the one key \`qcs:ip\``)
  }
  return Either.flatMap(strings(value["qcs:ip"], `${where}.${name}.qcs:ip`), (networks): Result<Condition> => {
    const invalid = networks.findIndex((network) => !Network.isNetwork(network))
    return invalid < 0
      ? Either.right({ negated, networks })
      : Either.left(`\`${where}.${name}.qcs:ip.${invalid}\` should be an address or a network such as \`10.0.0.0/8\``)
  })
}

const parseStatement = (value: Json.Json, where: string): Result<Statement> =>
  Either.gen(function* () {
    if (!Json.isObject(value)) return yield* Either.left(`\`${where}\` should be an object`)
    const effect = typeof value.effect === "string" ? value.effect.toLowerCase() : undefined
    if (effect !== "allow" && effect !== "deny") {
      return yield* Either.left(`\`${where}.effect\` should be \`allow\` or \`deny\``)
    }
    const unknown = Object.keys(value).find((key) => !["effect", "action", "resource", "condition"].includes(key))
    // To ignore a member could make a statement wider than its author intended.
    if (unknown !== undefined) return yield* Either.left(`\`${where}.${unknown}\` is not known`)
    const condition = value.condition ?? {}
    if (!Json.isObject(condition)) return yield* Either.left(`\`${where}.condition\` should be an object`)
    return {
      effect,
      action: yield* strings(value.action, `${where}.action`),
      resource: yield* strings(value.resource ?? "*", `${where}.resource`),
      condition: yield* Either.all(
        Object.entries(condition).map(([name, operand]) => parseCondition(name, operand, `${where}.condition`))
      )
    }
  })

/**
 * Reads a policy document, `{"version":"2.0","statement":[…]}`, as CAM's console shows it. Fails with what is wrong, and
 * where. It rejects members that it does not know, and never ignores them.
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
export const fromJson = (document: Json.Json): Result<Policy> => {
  if (!Json.isObject(document)) return Either.left("a policy should be an object")
  if (document.version !== "2.0") return Either.left('`version` should be "2.0"')
  const unknown = Object.keys(document).find((key) => key !== "version" && key !== "statement")
  if (unknown !== undefined) return Either.left(`\`${unknown}\` is not known`)
  const statements = Array.isArray(document.statement) ? document.statement : [document.statement]
  return Either.map(
    Either.all(statements.map((statement, index) => parseStatement(statement ?? null, `statement.${index}`))),
    (read) => ({ statements: read })
  )
}

/**
 * Allows every operation.
 *
 * @since 0.1.0
 * @category constants
 */
export const allowAll: Policy = {
  statements: [{ effect: "allow", action: ["*"], resource: ["*"], condition: [] }]
}

/**
 * Returns the smallest policy that allows the given operations and no others. The entries of a journal have such operations.
 *
 * Actions with the same resources share a statement. An action with the resource `*` needs no other resource. The result is a
 * document that CAM accepts.
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
  entries: Iterable<{ readonly operations: Iterable<Pick<Operation, "action" | "resource">> }>
): Json.JsonObject => {
  const byAction = new Map<string, Set<string>>()
  for (const { operations } of entries) {
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
