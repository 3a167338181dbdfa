/** What all failures of a call have in common, and where in the program the call was made. */
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type { Category } from "../../../domain/errors/ErrorCode.js"
import { PrintedError } from "../../../domain/errors/internal/printedError.js"

/**
 * Any failure of a call. `String(failure)` is one line that says all of this, and holds no secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failure extends Cause.YieldableError {
  readonly _tag: string
  /** The code on the wire. For a failure of the client itself, its tag. */
  readonly code: string
  readonly category: Category
  readonly product: string
  readonly action: string
  readonly region?: string | undefined
  readonly host?: string | undefined
  /** Undefined or empty if there was no answer, or if the answer had none. */
  readonly requestId?: string | undefined
}

/**
 * Returns whether a value is a failure of a call. Use it where the type is unknown, as in the `catch` of an async function.
 *
 * @since 0.1.0
 * @category guards
 */
export const isFailure = (input: unknown): input is Failure => input instanceof PrintedError

/** Options that say whether a failure tells the place of its call. */
interface WithSite {
  readonly callSite?: boolean | Error | undefined
}

/**
 * Notes the place of a call in its options, if they ask for it. `above` is the function that the program has called: the place is its
 * caller.
 */
export const noteSite = <O extends WithSite>(options: O, above: (...args: never) => unknown): O => {
  if (options.callSite !== true) return options
  const site = new Error("called here")
  // Only V8 has it. Elsewhere the place begins a few lines deeper.
  Error.captureStackTrace?.(site, above)
  return { ...options, callSite: site }
}

/** Effect prints the span of an error below it, with the place where the program opened that span. */
const spanSymbol = Symbol.for("effect/SpanAnnotation")

/** Adds to a failure where the program made the call: the place that its options have noted, and the span that it runs in. */
export const addPlace = (error: unknown, site: Error | undefined, span: Tracer.AnySpan | undefined): void => {
  if (!(error instanceof PrintedError)) return
  if (site !== undefined) {
    const lines = (site.stack ?? "").split("\n").filter((line) => /^ *at /.test(line))
    error.stack = [String(error), ...lines].join("\n")
  }
  if (span?._tag === "Span") Reflect.defineProperty(error, spanSymbol, { value: span, configurable: true })
}

/** The same for a cause, if it holds a failure. */
export const addPlaceToCause = (
  cause: Cause.Cause<unknown>,
  site: Error | undefined,
  span: Tracer.AnySpan | undefined
): void => {
  if (site === undefined && span === undefined) return
  addPlace(Option.getOrUndefined(Cause.failureOption(cause)), site, span)
}
