/**
 * The checks that a request passes before its handler sees it. Each has a name and does one thing. The list of them is a value, in
 * the order in which the gateway runs them. docs/decisions.md says what is known about that order.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import type { Authorizer } from "./Authorizer.js"
import type { CredentialValidator } from "./CredentialValidator.js"
import type { Handlers } from "./Handlers.js"
import type { Check } from "./internal/check.js"
import * as Access from "./internal/checks/access.js"
import * as Authentication from "./internal/checks/authentication.js"
import * as ParameterChecks from "./internal/checks/parameters.js"
import * as Protocol from "./internal/checks/protocol.js"
import * as Routing from "./internal/checks/routing.js"
import type { RateLimiter } from "./RateLimiter.js"
import type { TimestampValidator } from "./TimestampValidator.js"

export * from "./internal/check.js"
export * from "./internal/checks/access.js"
export * from "./internal/checks/authentication.js"
export * from "./internal/checks/parameters.js"
export * from "./internal/checks/protocol.js"
export * from "./internal/checks/routing.js"

/**
 * The services that the default checks need.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = Handlers | TimestampValidator | CredentialValidator | RateLimiter | Authorizer

const defaults = [
  Protocol.method,
  Protocol.size,
  Protocol.signatureVersion,
  Protocol.repeated,
  Protocol.commonPresent,
  Protocol.commonFormat,
  Routing.action,
  Authentication.authorization,
  Authentication.clock,
  Authentication.key,
  Authentication.signature,
  Authentication.replay,
  Access.addresses,
  Authentication.mfa,
  Access.rateLimit,
  Routing.region,
  ParameterChecks.content,
  Access.cam,
  ParameterChecks.parameters,
  ParameterChecks.dryRun
] as const

/**
 * The names of the default checks.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = (typeof defaults)[number]["name"]

/**
 * The default checks, in their order. A gateway runs `replay` and `addresses` only if it has a `ReplayGuard` or an `AddressList`.
 *
 * @since 0.1.0
 * @category tables
 */
export const checks: ReadonlyArray<Check<Services, Name>> = defaults

/** A check of a list, or its name. */
type At<Name extends string> = Name | { readonly name: Name }

/** Holds where a list has a check of this name, as far as its type says. */
type Has<Name extends string, Wanted extends string> = [Wanted] extends [Name]
  ? unknown
  : { readonly "no check has this name": Wanted }

/** Takes the place of a check that is not in a list. A gateway that is made with it dies, and says why. */
const absent = (name: string, list: ReadonlyArray<{ readonly name: string }>): Check<never, never> => {
  const names = list.map(({ name }) => name).join(", ")
  return {
    // It never runs, and nobody looks for it, so it needs no name that a type could know.
    name: `no ${name}` as never,
    run: Effect.succeed,
    isOn: Effect.dieMessage(`There is no check \`${name}\` in the list. Its checks are: ${names}.`)
  }
}

const insert = <R, N extends string>(
  self: ReadonlyArray<Check<R, N>>,
  at: At<string>,
  check: Check<R, N>,
  offset: 0 | 1
): ReadonlyArray<Check<R, N>> => {
  const name = typeof at === "string" ? at : at.name
  const place = self.findIndex((each) => each.name === name)
  if (place < 0) return [...self, absent(name, self)]
  return [...self.slice(0, place + offset), check, ...self.slice(place + offset)]
}

/**
 * Inserts a check of your own before another one. You can give the other one, or its name. A name that the list does not have does
 * not compile. Where the compiler cannot know, the gateway dies with a message when it is made.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { ServiceUnavailable } from "effect-tencentcloud/CommonError"
 * import * as Gateway from "effect-tencentcloud/Gateway"
 * import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
 *
 * const maintenance = GatewayCheck.make("maintenance", {
 *   run: () => Effect.fail(new ServiceUnavailable({ message: "Back at noon." }))
 * })
 *
 * export const GatewayLive = Gateway.layer({
 *   checks: GatewayCheck.insertBefore(GatewayCheck.checks, "rate limit", maintenance)
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const insertBefore: {
  <Wanted extends string, R2, N2 extends string>(
    at: At<Wanted>,
    check: Check<R2, N2>
  ): <R, N extends string>(self: ReadonlyArray<Check<R, N>> & Has<N, Wanted>) => ReadonlyArray<Check<R | R2, N | N2>>
  <R, N extends string, R2, N2 extends string>(
    self: ReadonlyArray<Check<R, N>>,
    at: At<NoInfer<N>>,
    check: Check<R2, N2>
  ): ReadonlyArray<Check<R | R2, N | N2>>
} = dual(3, <R, N extends string>(self: ReadonlyArray<Check<R, N>>, at: At<string>, check: Check<R, N>) =>
  insert(self, at, check, 0)
)

/**
 * Inserts a check of your own after another one, as {@link insertBefore} does.
 *
 * @since 0.1.0
 * @category combinators
 */
export const insertAfter: {
  <Wanted extends string, R2, N2 extends string>(
    at: At<Wanted>,
    check: Check<R2, N2>
  ): <R, N extends string>(self: ReadonlyArray<Check<R, N>> & Has<N, Wanted>) => ReadonlyArray<Check<R | R2, N | N2>>
  <R, N extends string, R2, N2 extends string>(
    self: ReadonlyArray<Check<R, N>>,
    at: At<NoInfer<N>>,
    check: Check<R2, N2>
  ): ReadonlyArray<Check<R | R2, N | N2>>
} = dual(3, <R, N extends string>(self: ReadonlyArray<Check<R, N>>, at: At<string>, check: Check<R, N>) =>
  insert(self, at, check, 1)
)

/**
 * Removes a check. You can give the check, or its name; a name that the list does not have is treated as by {@link insertBefore}.
 *
 * @since 0.1.0
 * @category combinators
 */
export const remove: {
  <Wanted extends string>(
    at: At<Wanted>
  ): <R, N extends string>(
    self: ReadonlyArray<Check<R, N>> & Has<N, Wanted>
  ) => ReadonlyArray<Check<R, Exclude<N, Wanted>>>
  <R, N extends string, Wanted extends NoInfer<N>>(
    self: ReadonlyArray<Check<R, N>>,
    at: At<Wanted>
  ): ReadonlyArray<Check<R, Exclude<N, Wanted>>>
} = dual(2, <R, N extends string>(self: ReadonlyArray<Check<R, N>>, at: At<string>): ReadonlyArray<Check<R, N>> => {
  const name = typeof at === "string" ? at : at.name
  const rest = self.filter((each) => each.name !== name)
  return rest.length < self.length ? rest : [...self, absent(name, self)]
})
