/**
 * Injects faults into the answers of a gateway, for tests.
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
 * A call that has passed the checks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Target extends Call {
  /** The SecretId of the key that signed it. */
  readonly secretId: string
}

/**
 * A fault, and the calls that get it. A member that you leave out matches every call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rule {
  readonly product?: string | undefined
  readonly action?: string | undefined
  readonly region?: string | undefined
  /** The SecretId of the key that signed the call. */
  readonly secretId?: string | undefined
  /** The number, or the numbers, of the calls that get the fault. Calls that match the rest are counted from 1. */
  readonly nth?: number | ReadonlyArray<number> | undefined
  /** How likely it is that a call that matches gets the fault. Default: 1. */
  readonly probability?: number | undefined
  /**
   * Whether the handler runs first, and the fault replaces its answer. Default: false, except for `truncate`, which needs an
   * answer.
   */
  readonly afterHandler?: boolean | undefined
  readonly fault: Fault
}

/**
 * A fault for one call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Injection {
  readonly fault: Fault
  readonly afterHandler: boolean
}

/**
 * Decides which faults a call gets, once it has passed the checks. The default injects no fault, so a gateway does not need this
 * service.
 *
 * @since 0.1.0
 * @category tags
 */
export class FaultInjector extends Context.Reference<FaultInjector>()("effect-tencentcloud/FaultInjector", {
  defaultValue: (): {
    /** Returns delays, in their order, and then at most one fault of another kind. */
    readonly decide: (target: Target) => Effect.Effect<ReadonlyArray<Injection>>
  } => noop
}) {}

/**
 * Injects no fault. A gateway then does not ask.
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
 * Makes the service from rules, in their order. Delays add up, and the first other fault ends the list. Chance comes from Effect's
 * `Random`: with a fixed seed, the same calls get a fault each time.
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
