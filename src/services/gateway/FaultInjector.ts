/**
 * Makes a gateway go wrong on purpose.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Fault } from "../../domain/rules/Fault.js"
import type { Call } from "./Handlers.js"

export * from "../../domain/rules/Fault.js"

/**
 * A call that has passed its checks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Target extends Call {
  /** The key that it was signed with. */
  readonly secretId: string
}

/**
 * Which calls go wrong, and how. What is left out matches every call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rule {
  readonly product?: string | undefined
  readonly action?: string | undefined
  readonly region?: string | undefined
  /** The key that the call was signed with. */
  readonly secretId?: string | undefined
  /** Of the calls that match so far, counted from 1, the one with this number, or those with these. */
  readonly nth?: number | ReadonlyArray<number> | undefined
  /** How likely it is that a call which matches goes wrong. Default: 1. */
  readonly probability?: number | undefined
  /**
   * Whether the handler does its work first, and only its answer is lost. Default: false, but for `Fault.truncate`, which has
   * to have an answer.
   */
  readonly afterHandler?: boolean | undefined
  readonly fault: Fault
}

/**
 * What is to go wrong with one call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Injection {
  readonly fault: Fault
  readonly afterHandler: boolean
}

/**
 * Tells what is to go wrong with a call that has passed its checks: delays, in their order, and then one fault of another kind,
 * or none.
 *
 * It has a default, under which nothing goes wrong, so a gateway does not have to be given one.
 *
 * @since 0.1.0
 * @category tags
 */
export class FaultInjector extends Context.Reference<FaultInjector>()("effect-tencentcloud/FaultInjector", {
  defaultValue: (): { readonly decide: (target: Target) => Effect.Effect<ReadonlyArray<Injection>> } => noop
}) {}

/**
 * Nothing goes wrong. A gateway does not even ask.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noop: FaultInjector["Type"] = { decide: () => Effect.succeed([]) }

const matches = (rule: Rule, target: Target): boolean =>
  (["product", "action", "region", "secretId"] as const).every(
    (member) => rule[member] === undefined || rule[member] === target[member]
  )

/**
 * Makes the service out of rules, which are asked in their order: delays add up, and the first other fault is the last. Chance
 * is Effect's `Random`: with one that has a fixed seed, the same calls go wrong each time.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (rules: Iterable<Rule>): Effect.Effect<FaultInjector["Type"]> =>
  Effect.sync(() => {
    const counted = Array.from(rules, (rule) => ({ rule, calls: 0 }))
    const isChosen = (entry: { readonly rule: Rule; calls: number }): Effect.Effect<boolean> => {
      const { nth, probability = 1 } = entry.rule
      entry.calls++
      if (nth !== undefined && !(typeof nth === "number" ? [nth] : nth).includes(entry.calls)) {
        return Effect.succeed(false)
      }
      return probability >= 1 ? Effect.succeed(true) : Effect.map(Random.next, (drawn) => drawn < probability)
    }
    return {
      decide: (target) =>
        Effect.gen(function* () {
          const injections: Array<Injection> = []
          for (const entry of counted) {
            if (!matches(entry.rule, target) || !(yield* isChosen(entry))) continue
            const { afterHandler, fault } = entry.rule
            injections.push({ fault, afterHandler: afterHandler ?? fault._tag === "Truncate" })
            if (fault._tag !== "Delay") break
          }
          return injections
        })
    }
  })
