/** How the checks of a gateway are made. */
import * as Effect from "effect/Effect"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import * as Step from "../../internal/runtime/step.js"
import type { Check, RequestContext } from "../GatewayCheck.js"
import { refuse } from "./refusal.js"

type Checked<R> = Effect.Effect<RequestContext, CommonError.CommonError, R>

/** Makes a check, for whoever is in a fiber already. */
export type Take<R> = (context: RequestContext, asking: Step.StepContext<R>) => Checked<R>

/** A context in which something was found. */
export type Found<K extends keyof RequestContext> = RequestContext & {
  readonly [Key in K]-?: Exclude<RequestContext[Key], undefined>
}

const has = <K extends keyof RequestContext>(context: RequestContext, keys: ReadonlyArray<K>): context is Found<K> => {
  for (const key of keys) if (context[key] === undefined) return false
  return true
}

/**
 * Where the list has been put into an order that cannot work, the request is answered with `InternalError`, and the log tells which
 * check came too early.
 */
export const tooEarly = (context: RequestContext, name: string, missing: keyof RequestContext | undefined) =>
  Effect.zipRight(
    Effect.logError(`The check ${name} needs ${missing}, which no earlier check has found: look at their order.`),
    refuse(context, CommonError.InternalError, Message.internalError)
  )

const taken = Symbol()

/** A check, and what earlier ones have to have found. */
export const check = <K extends keyof RequestContext, R = never>(
  name: string,
  needs: ReadonlyArray<K>,
  make: (context: Found<K>, asking: Step.StepContext<R>) => Checked<R>
): Check<R> => {
  const take: Take<R> = (context, asking) =>
    has(context, needs)
      ? make(context, asking)
      : tooEarly(
          context,
          name,
          needs.find((key) => context[key] === undefined)
        )
  const run = (context: RequestContext): Checked<R> =>
    Step.make<RequestContext, CommonError.CommonError, R>((asking) => take(context, asking))
  return { name, run: Object.assign(run, { [taken]: take }) }
}

/** How a check is made without an effect of its own, where it is one of ours; one of somebody else's is run. */
export const takeOf = <R>(check: Check<R>): Take<R> => {
  // A function that has this was made above, together with what it has.
  const { [taken]: take } = check.run as { readonly [taken]?: Take<R> }
  return take ?? ((context) => check.run(context))
}
