/**
 * The other end of the wire: takes a request, makes the checks, asks the handler, and answers. It never fails: whatever comes
 * in, an envelope goes out.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Action } from "../../domain/contract/Action.js"
import { type ApiError, isApiError } from "../../domain/errors/ApiError.js"
import * as CommonError from "../../domain/errors/CommonError.js"
import * as Issue from "../../domain/errors/Issue.js"
import type { Fault } from "../../domain/rules/Fault.js"
import * as Message from "../../domain/rules/Message.js"
import * as Envelope from "../../domain/wire/Envelope.js"
import * as EventStream from "../../domain/wire/EventStream.js"
import * as Json from "../../domain/wire/Json.js"
import * as Wire from "../../domain/wire/Wire.js"
import * as Deprecations from "../internal/deprecations.js"
import * as Fibers from "../internal/runtime/fiber.js"
import * as Step from "../internal/runtime/step.js"
import { uuid } from "../internal/runtime/uuid.js"
import * as FaultInjector from "./FaultInjector.js"
import * as GatewayCheck from "./GatewayCheck.js"
import { type Call, Handlers, inContext as handlersIn } from "./Handlers.js"
import { type Take, takeOf } from "./internal/check.js"
import * as eventAnswer from "./internal/eventAnswer.js"
import * as telemetry from "./internal/gatewayTelemetry.js"
import * as Journal from "./Journal.js"

export {
  /**
   * The handlers of a product, one for each action.
   *
   * @since 0.1.0
   * @category layers
   */
  handlers
} from "./Handlers.js"

/**
 * Answers requests as the service does.
 *
 * @since 0.1.0
 * @category tags
 */
export class Gateway extends Context.Tag("effect-tencentcloud/Gateway")<
  Gateway,
  {
    readonly handle: (request: Wire.WireRequest) => Effect.Effect<Wire.WireResponse>
    /**
     * The same for an adapter, with the clock, the tracer and the metric labels of its fiber: what has nothing to wait for is done at
     * once, and where that is all, the answer is there. Otherwise the rest has to be run, once.
     */
    readonly begin: (
      request: Wire.WireRequest,
      fiber: Fiber.RuntimeFiber<unknown, unknown>
    ) => Wire.WireResponse | Effect.Effect<Wire.WireResponse>
    /** Answers a request that could not even be read, so that this is an envelope too. */
    readonly refuse: (error: CommonError.CommonError) => Effect.Effect<Wire.WireResponse>
    /** The names of the checks, in their order. */
    readonly checks: ReadonlyArray<string>
  }
>() {}

/**
 * How a gateway works.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R> {
  /** The checks, in their order. Default: `GatewayCheck.checks`. */
  readonly checks?: ReadonlyArray<GatewayCheck.Check<R>> | undefined
  /** The largest answer, in bytes; a larger one becomes `ResponseSizeLimitExceeded`. Default: 10 MB. */
  readonly maxResponseSize?: number | undefined
  /** Whether the span of a request goes on a trace that its header `traceparent` names. Default: false, a caller's word. */
  readonly acceptTrace?: boolean | undefined
}

const megabyte = 1024 * 1024

const failure = ({ code, message }: ApiError.Any, requestId: string): string =>
  Envelope.encodeFailure({ code, message, requestId })

/** What may be echoed: a header that could end this one, or fill the answer, may not. */
const isEchoable = (value: string): boolean => /^[\x20-\x7e]{1,256}$/.test(value)

/** What goes out: an envelope, or the events of an action that streams. */
type Answer = string | Stream.Stream<Uint8Array>

const respond = (
  request: Wire.WireRequest | undefined,
  requestId: string,
  answer: Answer,
  action?: Action.Any
): Wire.WireResponse => {
  const traceId = request?.headers["x-tc-traceid"]
  const echo = traceId !== undefined && isEchoable(traceId) ? { "x-tc-traceid": traceId } : {}
  return typeof answer === "string"
    ? { status: 200, headers: { "content-type": "application/json", ...echo }, body: answer }
    : {
        status: 200,
        headers: {
          "content-type": EventStream.contentType,
          "x-tc-requestid": requestId,
          ...(action === undefined ? {} : Deprecations.headersOf(action)),
          ...echo
        },
        body: "",
        stream: answer
      }
}

/** What goes out where a fault takes the place of an answer, or a part of it. */
const afflict = (fault: Fault, answered: Wire.WireResponse, requestId: string): Wire.WireResponse => {
  switch (fault._tag) {
    case "Delay":
      return answered
    case "Error":
      return {
        status: 200,
        headers: { ...answered.headers, "content-type": "application/json" },
        body: Envelope.encodeFailure({ ...fault, requestId })
      }
    case "Close":
      return { ...answered, stream: undefined, body: "", cut: 0 }
    case "Truncate":
      return answered.stream === undefined
        ? { ...answered, cut: fault.bytes }
        : { ...answered, stream: eventAnswer.cut(answered.stream, fault.bytes) }
    case "Response":
      return fault.response
  }
}

const callOf = (
  { name, product, version }: Action.Any,
  { common, key, language, requestId, wire }: GatewayCheck.RequestContext
): Call => ({
  requestId,
  product,
  action: name,
  version,
  region: common?.region,
  language,
  account: key?.account ?? "",
  identity: key?.identity ?? "",
  address: wire.address
})

/** What the journal and the telemetry are going to be told of a call. */
interface Trace {
  readonly observer: telemetry.Observer
  context: GatewayCheck.RequestContext
  /** The place of the check that was begun last; past the end once all have passed. */
  check: number
  /** What that check said, for as long as it has not passed. */
  verdict: Journal.Verdict["verdict"]
  code: string | undefined
  faults: ReadonlyArray<Fault>
  /** For the journal alone. */
  readonly verdicts: Array<Journal.Verdict>
}

/** How a call ended, for the journal. */
type End = Pick<Journal.Seen, "events" | "outcome" | "response">

const verdictOf = (cause: Cause.Cause<unknown>): Journal.Verdict["verdict"] =>
  Option.isSome(Cause.failureOption(cause)) ? "refused" : Cause.isInterrupted(cause) ? "interrupted" : "defect"

/** Frees what an answer holds that nobody is going to read. */
const free = ({ stream }: Wire.WireResponse): Effect.Effect<void> =>
  stream === undefined ? Effect.void : Effect.ignore(Stream.runDrain(Stream.take(stream, 1)))

const operationsOf = ({
  decoded,
  route
}: GatewayCheck.RequestContext): Effect.Effect<ReadonlyArray<Journal.Operation>> =>
  Effect.sync(() => {
    if (route === undefined || decoded === undefined || Either.isLeft(decoded)) return []
    const { name, product, resources } = route.action
    // The codec of this action made the value.
    const named = resources(decoded.right as never)
    return (named.length === 0 ? ["*"] : named).map((resource) => ({ action: `${product}:${name}`, resource }))
  }).pipe(Effect.catchAllDefect(() => Effect.succeed([])))

/** Known from the start where a header says it; a query or a form has to be read first. */
const languageOf = ({ headers }: Wire.WireRequest): Message.Language => {
  const language = headers["x-tc-language"]
  return language !== undefined && Message.isLanguage(language) ? language : "en-US"
}

/**
 * Makes the service.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <R = GatewayCheck.Services>(
  options: Options<R> = {}
): Effect.Effect<Gateway["Type"], never, R | Handlers> =>
  Effect.gen(function* () {
    const given = Fibers.withoutSpan(yield* Effect.context<R | Handlers>())
    const services = Context.add(given, Handlers, handlersIn(given))
    // Without `checks` given, `R` is what the default ones ask.
    const list = options.checks ?? (GatewayCheck.checks as ReadonlyArray<GatewayCheck.Check<R>>)
    const enabled = yield* Effect.filter(list, ({ isOn }) => isOn ?? Effect.succeed(true))
    const checks = enabled.map((check) => ({ name: check.name, take: takeOf(check) }))
    const maxResponseSize = options.maxResponseSize ?? 10 * megabyte

    const internalError = (language: Message.Language) =>
      new CommonError.InternalError({ message: Message.internalError[language] })

    const journal = yield* Journal.Journal
    const injector = yield* FaultInjector.FaultInjector
    const names = checks.map(({ name }) => name)
    const observe = telemetry.make(names, options.acceptTrace === true ? yield* telemetry.traceparent : undefined)

    /** Makes a check, and notes what it said. */
    const noted = (
      { name, take }: { readonly name: string; readonly take: Take<R> },
      context: GatewayCheck.RequestContext,
      trace: Trace,
      asking: Step.StepContext<R>
    ): Effect.Effect<GatewayCheck.RequestContext, CommonError.CommonError, R> => {
      const clock = Fibers.currentClock(asking.fiber)
      const begin = clock.unsafeCurrentTimeNanos()
      const note = (exit: Exit.Exit<unknown, unknown>): void => {
        trace.verdicts.push({
          check: name,
          verdict: Exit.isSuccess(exit) ? "passed" : verdictOf(exit.cause),
          took: Duration.nanos(clock.unsafeCurrentTimeNanos() - begin)
        })
      }
      const made = Step.tryAdvance(() => take(context, asking), asking)
      const exit = Step.asExit(made)
      if (exit === undefined) return Effect.onExit(made, (exit) => Effect.sync(() => note(exit)))
      note(exit)
      return exit
    }

    /** Makes the checks from a place on: in a plain loop, for as long as each knows at once what it says. What one throws it throws. */
    const checksFrom = (
      place: number,
      context: GatewayCheck.RequestContext,
      trace: Trace,
      asking: Step.StepContext<R>
    ): Effect.Effect<GatewayCheck.RequestContext, CommonError.CommonError> => {
      trace.context = context
      for (trace.check = place; ; trace.check++) {
        const check = checks[trace.check]
        if (check === undefined) return Effect.succeed(trace.context)
        const made =
          journal === Journal.noop
            ? Step.advance(check.take(trace.context, asking), asking)
            : noted(check, trace.context, trace, asking)
        const exit = Step.asExit(made)
        if (exit === undefined) {
          const { route } = trace.context
          // In the request's span, where there is one and it is known what is asked for.
          const spanned = route === undefined ? made : telemetry.within(made, trace.observer.span?.(route.action))
          const next = trace.check + 1
          return Effect.flatMap(Effect.provide(spanned, services), (checked) =>
            checksFrom(next, checked, trace, asking)
          )
        }
        if (Exit.isFailure(exit)) return exit
        trace.context = exit.value
      }
    }

    const decidedBy = ({ check, faults }: Trace, { response }: Pick<End, "response">): string =>
      response === undefined
        ? "caller"
        : (checks[check]?.name ?? (faults.some(({ _tag }) => _tag !== "Delay") ? "fault" : "handler"))

    const record = (trace: Trace, receivedAt: number, end: End) =>
      Effect.gen(function* () {
        const { common, key, missing = [], requestId, route, wire } = trace.context
        const { code, faults, verdicts } = trace
        const { events, outcome, response } = end
        yield* journal.record({
          requestId,
          receivedAt,
          took: Duration.millis((yield* Clock.currentTimeMillis) - receivedAt),
          product: route?.action.product,
          action: common?.action,
          version: common?.version,
          region: common?.region,
          secretId: key?.secretId,
          account: key?.account,
          identity: key?.identity,
          request: wire,
          checks: verdicts,
          decidedBy: decidedBy(trace, end),
          operations: yield* operationsOf(trace.context),
          missing,
          faults,
          code,
          outcome,
          events,
          response
        })
      })

    const defect = (at: string, language: Message.Language, cause: Cause.Cause<unknown>) =>
      Effect.as(Effect.logError(`A defect in ${at}, answered with InternalError`, cause), internalError(language))

    const encodeResult = (
      action: Action.Any,
      result: unknown,
      { language, requestId }: Call
    ): Effect.Effect<string, CommonError.CommonError> => {
      // The handler's type is the codec's own: `handlers` ties them together.
      const body = Either.flatMap(action.response.encode(result as never, "response"), (encoded) =>
        Envelope.encodeSuccess(
          action.deprecated !== undefined && Json.isObject(encoded)
            ? { ...encoded, DeprecatedWarning: action.deprecated }
            : encoded,
          requestId
        )
      )
      if (Either.isLeft(body)) {
        const reason = typeof body.left === "string" ? body.left : body.left.map(Issue.format).join("; ")
        return Effect.die(new Error(`${action.name} gave a result that cannot be sent: ${reason}`))
      }
      // No text has more than three bytes for each of its units.
      if (body.right.length * 3 <= maxResponseSize || Wire.byteLength(body.right) <= maxResponseSize) {
        return Effect.succeed(body.right)
      }
      const limit = maxResponseSize % megabyte === 0 ? `${maxResponseSize / megabyte} MB` : `${maxResponseSize} bytes`
      return Effect.fail(
        new CommonError.ResponseSizeLimitExceeded({ message: Message.responseTooLarge(limit)[language] })
      )
    }

    const answer = (
      checked: GatewayCheck.RequestContext,
      trace: Trace,
      asking: Step.StepContext<R>
    ): Effect.Effect<Answer, ApiError.Any> => {
      const { decoded, language, requestId, route } = checked
      if (route === undefined || decoded === undefined || Either.isLeft(decoded)) {
        return Effect.zipRight(
          Effect.logError("The checks found no action or no parameters: look at their list."),
          Effect.fail(internalError(language))
        )
      }
      const { action } = route
      const call = callOf(route.action, checked)
      const span = trace.observer.span?.(action)
      const served = route._tag === "Choice" ? route.choose(decoded.right) : route
      if (served._tag === "Unary") {
        const handled = telemetry.within(served.handle(decoded.right, call), span)
        return Step.flatMapNow(asking, handled, (result) => encodeResult(action, result, call))
      }
      const handled = telemetry.streamWithin(served.handle(decoded.right, call), span)
      return eventAnswer.open(action, handled, (cause) =>
        Option.match(Option.filter(Cause.failureOption(cause), isApiError), {
          onNone: (): Effect.Effect<ApiError.Any> => defect(action.name, language, cause),
          onSome: (error) => Effect.succeed(error)
        }).pipe(
          Effect.map(({ code, message }) => {
            trace.code = code
            return EventStream.encodeFailure({ code, message, requestId })
          }),
          Effect.annotateLogs({ requestId })
        )
      )
    }

    /** Answers a call, or what a fault makes of it. A call that its checks have not found an action for is left alone. */
    const injected = (
      checked: GatewayCheck.RequestContext,
      answered: Effect.Effect<Wire.WireResponse>,
      trace: Trace
    ): Effect.Effect<Wire.WireResponse> =>
      Effect.gen(function* () {
        const { key, requestId, route, wire } = checked
        if (route === undefined) return yield* answered
        const call = { ...callOf(route.action, checked), secretId: key?.secretId ?? "" }
        const injections = yield* Effect.catchAllCause(injector.decide(call), (cause) =>
          Effect.as(Effect.logError("The FaultInjector failed, so nothing is injected.", cause), [])
        )
        // A delay may be what a caller hangs up for.
        trace.faults = injections.map(({ fault }) => fault)
        const note = (fault: Fault | undefined) => {
          if (fault?._tag === "Error") trace.code = fault.code
          if (fault?._tag === "Response") trace.code = undefined
        }
        const pause = (afterHandler: boolean) =>
          Effect.forEach(injections, ({ fault, ...when }) =>
            fault._tag === "Delay" && when.afterHandler === afterHandler ? Effect.sleep(fault.duration) : Effect.void
          )
        const last = injections.at(-1)
        yield* pause(false)
        if (last !== undefined && last.fault._tag !== "Delay" && !last.afterHandler) {
          note(last.fault)
          return afflict(last.fault, respond(wire, requestId, ""), requestId)
        }
        const response = yield* answered
        if (last === undefined) return response
        note(last.fault)
        // Nobody is going to read what its place is taken of, and a stream is freed by being run alone.
        const given = afflict(last.fault, response, requestId)
        if (given.stream === undefined) yield* free(response)
        yield* Effect.onInterrupt(pause(true), () => free(given))
        return given
      })

    const refused = (trace: Trace, error: ApiError.Any): Wire.WireResponse => {
      const { requestId, wire } = trace.context
      trace.code = error.code
      return respond(wire, requestId, failure(error, requestId))
    }

    /** What goes out, however the answer came about. */
    const responded = (trace: Trace, exit: Exit.Exit<Answer, ApiError.Any>): Effect.Effect<Wire.WireResponse> => {
      const { language, requestId, route, wire } = trace.context
      if (Exit.isSuccess(exit)) return Effect.succeed(respond(wire, requestId, exit.value, route?.action))
      const { cause } = exit
      // Most causes are one failure, and need no search.
      const error = cause._tag === "Fail" ? cause.error : Option.getOrUndefined(Cause.failureOption(cause))
      if (trace.check < checks.length) trace.verdict = error === undefined ? verdictOf(cause) : "refused"
      return error !== undefined && isApiError(error)
        ? Effect.succeed(refused(trace, error))
        : Effect.map(defect(route?.action.name ?? "a check", language, cause), (error) => refused(trace, error))
    }

    const respondTo = (trace: Trace, asking: Step.StepContext<R>): Effect.Effect<Wire.WireResponse> => {
      const checked = () => checksFrom(0, trace.context, trace, asking)
      const settle = (make: () => Effect.Effect<Answer, ApiError.Any>) =>
        Step.matchExitNow(asking, make, (exit) => responded(trace, exit))
      return injector === FaultInjector.noop
        ? settle(() => Step.flatMapNow(asking, checked(), (context) => answer(context, trace, asking)))
        : Effect.matchCauseEffect(Step.tryAdvance(checked, asking), {
            onFailure: (cause) => responded(trace, Exit.failCause(cause)),
            onSuccess: (context) =>
              injected(
                context,
                Effect.suspend(() => settle(() => answer(context, trace, asking))),
                trace
              )
          })
    }

    const ended = ({ check, code, context, observer, verdict }: Trace, decidedBy?: string, error?: string) =>
      observer.end({
        requestId: context.requestId,
        action: context.route?.action,
        decidedBy,
        error: code ?? error,
        check,
        verdict
      })

    /** Tells what came of a call to whoever wants to know. */
    const tell = (trace: Trace, receivedAt: number, end: End): Effect.Effect<void> => {
      const told = ended(trace, decidedBy(trace, end), end.outcome === "answered" ? undefined : end.outcome)
      return journal === Journal.noop ? told : Effect.zipRight(told, record(trace, receivedAt, end))
    }

    const answered = (
      trace: Trace,
      receivedAt: number,
      response: Wire.WireResponse,
      asking: Step.StepContext<R>
    ): Effect.Effect<Wire.WireResponse> => {
      const { cut, stream } = response
      if (stream === undefined) {
        const outcome = cut === undefined ? "answered" : "broken"
        return Step.flatMapNow(asking, tell(trace, receivedAt, { outcome, events: undefined, response }), () =>
          Effect.succeed(response)
        )
      }
      const watched = eventAnswer.watch(stream, (outcome, events) => {
        // Who has read the event that tells an error need not wait for the end.
        const isAnswered = outcome === "interrupted" && trace.code !== undefined
        return tell(trace, receivedAt, { outcome: isAnswered ? "answered" : outcome, events, response })
      })
      return Effect.succeed({ ...response, stream: watched })
    }

    /** How a request ends. What is known at once cannot be interrupted, and needs no guard. */
    const end = (trace: Trace, receivedAt: number, asking: Step.StepContext<R>): Effect.Effect<Wire.WireResponse> => {
      const settle = (exit: Exit.Exit<Wire.WireResponse>): Effect.Effect<Wire.WireResponse> => {
        if (Exit.isSuccess(exit)) return answered(trace, receivedAt, exit.value, asking)
        const told = Cause.isInterruptedOnly(exit.cause)
          ? tell(trace, receivedAt, { outcome: "interrupted", events: undefined, response: undefined })
          : ended(trace, undefined, "defect")
        return Effect.zipRight(told, exit)
      }
      const responded = Step.tryAdvance(() => respondTo(trace, asking), asking)
      const exit = Step.asExit(responded)
      return exit === undefined
        ? Effect.uninterruptibleMask((restore) =>
            Step.matchExit(restore(Effect.annotateLogs(responded, { requestId: trace.context.requestId })), settle)
          )
        : settle(exit)
    }

    const begun = (
      wire: Wire.WireRequest,
      fiber: Fiber.RuntimeFiber<unknown, unknown>
    ): Effect.Effect<Wire.WireResponse> => {
      const asking = { fiber, context: services }
      const named = () =>
        Step.flatMapNow(asking, uuid, (requestId) => {
          const trace: Trace = {
            observer: observe(fiber, wire.headers),
            context: { requestId, wire, language: languageOf(wire) },
            check: -1,
            verdict: "interrupted",
            code: undefined,
            faults: [],
            verdicts: []
          }
          return end(trace, Fibers.currentClock(asking.fiber).unsafeCurrentTimeMillis(), asking)
        })
      return Step.tryAdvance(named, asking)
    }

    return {
      handle: (wire) => Step.make(({ fiber }) => begun(wire, fiber)),
      begin: (wire, fiber) => {
        const answer = begun(wire, fiber)
        const exit = Step.asExit(answer)
        return exit !== undefined && Exit.isSuccess(exit) ? exit.value : answer
      },
      refuse: (error) =>
        Effect.withFiberRuntime((fiber) => {
          const { end } = observe(fiber, {})
          return Effect.flatMap(uuid, (requestId) =>
            Effect.as(
              end({
                requestId,
                action: undefined,
                decidedBy: undefined,
                error: error.code,
                check: -1,
                verdict: "refused"
              }),
              respond(undefined, requestId, failure(error, requestId))
            )
          )
        }),
      checks: names
    }
  })
