import * as Context from "effect/Context"
import * as Tracer from "effect/Tracer"

/** Services, without the span that they happened to be made in: what they do later belongs to spans of its own. */
export const withoutSpan = <R>(context: Context.Context<R>): Context.Context<R> =>
  Context.unsafeMake(new Map([...context.unsafeMap].filter(([key]) => key !== Tracer.ParentSpan.key)))
