/** Remembers how answers deviate from their contracts, and logs it once for each member. */
import * as Effect from "effect/Effect"
import type { Action } from "../../../domain/contract/Action.js"
import * as Issue from "../../../domain/errors/Issue.js"
import type { JsonObject } from "../../../domain/wire/Json.js"

/** An answer before it was decoded, and its deviations. */
interface Origin {
  readonly raw: JsonObject
  readonly deviations: ReadonlyArray<Issue.Issue>
}

/** The origins of answers that deviate. Others have none here, so a call without deviations costs nothing more. */
const origins = new WeakMap<object, Origin>()

const none: ReadonlyArray<Issue.Issue> = []

/**
 * Returns how an answer deviates from its contract: where, what the contract expects there, and what kind of value came. Nothing of the
 * value itself is in it, which may be a secret. There are at most 100.
 *
 * The client reads what it cannot read as absent, and one element where a list is due as a list of that element. Both are deviations.
 * So is an integer past 2^53 in a member that is a `number`: it reads as absent, because a `number` would round it. Differences that
 * lose nothing are none: `null` and empty texts for an absent value, and numbers in texts.
 *
 * Ask with the answer itself: a copy of it has no deviations. With the option `strict` a call fails instead.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import { DescribeInstances } from "effect-tencentcloud/products/cvm"
 *
 * // `InstanceSet.0.CPU: string where int64 was expected`
 * export const checked = Effect.tap(DescribeInstances({ Limit: 10 }), (answer) =>
 *   Effect.forEach(ApiClient.deviations(answer), ({ expected, found, path }) =>
 *     Effect.logWarning(`${path.join(".")}: ${found} where ${expected} was expected`)
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const deviations = (answer: object): ReadonlyArray<Issue.Issue> => origins.get(answer)?.deviations ?? none

/**
 * Returns the members of an answer as they came, with integers past 2^53 as `bigint`. Use it to read what {@link deviations} names.
 *
 * An answer without deviations comes back as it is, because it lost nothing. The raw members live as long as the answer.
 *
 * @since 0.1.0
 * @category getters
 */
export const raw = (answer: object): Readonly<Record<string, unknown>> =>
  // True of any object: a member that it does not have is `undefined`.
  origins.get(answer)?.raw ?? (answer as Readonly<Record<string, unknown>>)

/** A program reads fewer members. Beyond that, deviations are no longer logged. */
const capacity = 1000

/** The longest name of a member in a log. */
const maxNameLength = 200

/** The name of a member, whatever the index of the element that it is in. */
const nameOf = (path: Issue.Path): string =>
  path
    .map((key) => (typeof key === "number" ? "*" : key))
    .join(".")
    .slice(0, maxNameLength)

/** Logs the deviations of a client's answers. */
export class DeviationLog {
  private readonly logged = new Set<string>()
  private pending: string | undefined = undefined

  /** Remembers the deviations of an answer. {@link after} logs those of members that no earlier answer had. */
  add({ name, product, version }: Action.Any, answer: object, origin: Origin): void {
    origins.set(answer, origin)
    const fresh = origin.deviations.filter(({ path }) => {
      const key = `${product} ${version} ${name} ${nameOf(path)}`
      if (this.logged.has(key) || this.logged.size >= capacity) return false
      this.logged.add(key)
      return true
    })
    if (fresh.length === 0) return
    const faults = fresh.map((issue) => Issue.format({ ...issue, path: [nameOf(issue.path)] })).join("; ")
    this.pending = `An answer of ${name} of ${product} ${version} deviates from its contract, and the rest of it was read: ${faults}. ApiClient.raw has it as it came.`
  }

  /** Logs what is new, before an effect. */
  after<A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> {
    const { pending } = this
    if (pending === undefined) return effect
    this.pending = undefined
    return Effect.zipRight(Effect.logWarning(pending), effect)
  }
}
