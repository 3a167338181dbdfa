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
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Action } from "../domain/Action.js"
import { type ApiError, isApiError } from "../domain/ApiError.js"
import * as CommonError from "../domain/CommonError.js"
import * as Envelope from "../domain/Envelope.js"
import * as EventStream from "../domain/EventStream.js"
import type { Fault } from "../domain/Fault.js"
import * as Issue from "../domain/Issue.js"
import * as Json from "../domain/Json.js"
import * as Message from "../domain/Message.js"
import * as Wire from "../domain/Wire.js"
import * as FaultInjector from "./FaultInjector.js"
import * as GatewayCheck from "./GatewayCheck.js"
import type { Call, Handlers } from "./Handlers.js"
import * as eventAnswer from "./internal/eventAnswer.js"
import { uuid } from "./internal/uuid.js"
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
}

const megabyte = 1024 * 1024

const failure = ({ code, message }: ApiError.Any, requestId: string): string =>
  Envelope.encodeFailure({ code, message, requestId })

/** What may be echoed: a header that could end this one, or fill the answer, may not. */
const isEchoable = (value: string): boolean => /^[\x20-\x7e]{1,256}$/.test(value)

/** What goes out: an envelope, or the events of an action that streams. */
type Answer = string | Stream.Stream<Uint8Array>

const respond = (request: Wire.WireRequest | undefined, requestId: string, answer: Answer): Wire.WireResponse => {
  const traceId = request?.headers["x-tc-traceid"]
  const echo = traceId !== undefined && isEchoable(traceId) ? { "x-tc-traceid": traceId } : {}
  return typeof answer === "string"
    ? { status: 200, headers: { "content-type": "application/json", ...echo }, body: answer }
    : {
        status: 200,
        headers: { "content-type": EventStream.contentType, "x-tc-requestid": requestId, ...echo },
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

/** What the journal is going to be told of a call. */
interface Trace {
  context: GatewayCheck.RequestContext
  code: string | undefined
  faults: ReadonlyArray<Fault>
  readonly verdicts: Array<Journal.Verdict>
}

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
    const context = yield* Effect.context<R>()
    // Without `checks` given, `R` is what the default ones ask.
    const given = options.checks ?? (GatewayCheck.checks as ReadonlyArray<GatewayCheck.Check<R>>)
    const checks = yield* Effect.filter(given, ({ isOn }) => isOn ?? Effect.succeed(true))
    const maxResponseSize = options.maxResponseSize ?? 10 * megabyte

    const internalError = (language: Message.Language) =>
      new CommonError.InternalError({ message: Message.internalError[language] })

    const journal = yield* Journal.Journal
    const injector = yield* FaultInjector.FaultInjector

    /** Makes a check, and notes what it said. */
    const noted = (check: GatewayCheck.Check<R>, trace: Trace) => (context: GatewayCheck.RequestContext) =>
      Effect.flatMap(Clock.currentTimeNanos, (begin) =>
        Effect.onExit(check.run(context), (exit) =>
          Effect.map(Clock.currentTimeNanos, (end) => {
            if (Exit.isSuccess(exit)) trace.context = exit.value
            const refused = Exit.isFailure(exit) && Option.isSome(Cause.failureOption(exit.cause))
            trace.verdicts.push({
              check: check.name,
              verdict: Exit.isSuccess(exit) ? "passed" : refused ? "refused" : "defect",
              took: Duration.nanos(end - begin)
            })
          })
        )
      )

    const runChecks = (received: GatewayCheck.RequestContext, trace: Trace | undefined) =>
      Effect.provide(
        checks.reduce<Effect.Effect<GatewayCheck.RequestContext, CommonError.CommonError, R>>(
          (checked, check) => Effect.flatMap(checked, trace === undefined ? check.run : noted(check, trace)),
          Effect.succeed(received)
        ),
        context
      )

    const record = (trace: Trace, receivedAt: number, response: Wire.WireResponse) =>
      Effect.gen(function* () {
        const { common, key, missing = [], requestId, route, wire } = trace.context
        const { code, faults, verdicts } = trace
        const refused = verdicts.find(({ verdict }) => verdict !== "passed")?.check
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
          decidedBy: refused ?? (faults.some(({ _tag }) => _tag !== "Delay") ? "fault" : "handler"),
          operations: yield* operationsOf(trace.context),
          missing,
          faults,
          code,
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
      if (Wire.byteLength(body.right) <= maxResponseSize) return Effect.succeed(body.right)
      const limit = maxResponseSize % megabyte === 0 ? `${maxResponseSize / megabyte} MB` : `${maxResponseSize} bytes`
      return Effect.fail(
        new CommonError.ResponseSizeLimitExceeded({ message: Message.responseTooLarge(limit)[language] })
      )
    }

    const answer = (checked: GatewayCheck.RequestContext): Effect.Effect<Answer, ApiError.Any> => {
      const { decoded, language, requestId, route } = checked
      if (route === undefined || decoded === undefined || Either.isLeft(decoded)) {
        return Effect.zipRight(
          Effect.logError("The checks found no action or no parameters: look at their list."),
          Effect.fail(internalError(language))
        )
      }
      const { action } = route
      const call = callOf(route.action, checked)
      if (route._tag === "Unary") {
        return Effect.flatMap(route.handle(decoded.right, call), (result) => encodeResult(action, result, call))
      }
      return eventAnswer.open(action, route.handle(decoded.right, call), (cause) =>
        Option.match(Option.filter(Cause.failureOption(cause), isApiError), {
          onNone: (): Effect.Effect<ApiError.Any> => defect(action.name, language, cause),
          onSome: (error) => Effect.succeed(error)
        }).pipe(
          Effect.map(({ code, message }) => EventStream.encodeFailure({ code, message, requestId })),
          Effect.annotateLogs({ requestId })
        )
      )
    }

    /** Answers a call, or what a fault makes of it. A call that its checks have not found an action for is left alone. */
    const injected = (
      checked: GatewayCheck.RequestContext,
      answered: Effect.Effect<Wire.WireResponse>,
      trace: Trace | undefined
    ): Effect.Effect<Wire.WireResponse> =>
      Effect.gen(function* () {
        const { key, requestId, route, wire } = checked
        if (route === undefined) return yield* answered
        const injections = yield* injector.decide({ ...callOf(route.action, checked), secretId: key?.secretId ?? "" })
        const note = (fault: Fault | undefined) => {
          if (trace === undefined || fault === undefined) return
          trace.faults = injections.map(({ fault }) => fault)
          if (fault._tag === "Error") trace.code = fault.code
          if (fault._tag === "Response") trace.code = undefined
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
        if (response.stream !== undefined && given.stream === undefined) {
          yield* Stream.runDrain(Stream.take(response.stream, 1)).pipe(Effect.ignore)
        }
        yield* pause(true)
        return given
      })

    const respondTo = (wire: Wire.WireRequest, requestId: string, trace: Trace | undefined) => {
      let seen: GatewayCheck.RequestContext = { requestId, wire, language: languageOf(wire) }
      const refused = (error: ApiError.Any): string => {
        if (trace !== undefined) trace.code = error.code
        return failure(error, requestId)
      }
      const settle = (answer: Effect.Effect<Answer, ApiError.Any>): Effect.Effect<Wire.WireResponse> =>
        answer.pipe(
          Effect.catchAll((error) => (isApiError(error) ? Effect.sync(() => refused(error)) : Effect.die(error))),
          Effect.catchAllCause((cause) =>
            Effect.map(defect(seen.route?.action.name ?? "a check", seen.language, cause), refused)
          ),
          Effect.map((body) => respond(wire, requestId, body))
        )
      const checked = Effect.map(
        Effect.suspend(() => runChecks(seen, trace)),
        (context) => {
          seen = context
          return context
        }
      )
      return injector === FaultInjector.off
        ? settle(Effect.flatMap(checked, answer))
        : Effect.matchCauseEffect(checked, {
            onFailure: (cause) => settle(Effect.failCause(cause)),
            onSuccess: (context) => injected(context, settle(answer(context)), trace)
          })
    }

    const handle = (wire: Wire.WireRequest): Effect.Effect<Wire.WireResponse> =>
      Effect.flatMap(uuid, (requestId) => Effect.annotateLogs(respondTo(wire, requestId, undefined), { requestId }))

    const handleJournaled = (wire: Wire.WireRequest): Effect.Effect<Wire.WireResponse> =>
      Effect.gen(function* () {
        const requestId = yield* uuid
        const receivedAt = yield* Clock.currentTimeMillis
        const received: GatewayCheck.RequestContext = { requestId, wire, language: languageOf(wire) }
        const trace: Trace = { context: received, code: undefined, faults: [], verdicts: [] }
        const response = yield* Effect.annotateLogs(respondTo(wire, requestId, trace), { requestId })
        yield* record(trace, receivedAt, response)
        return response
      })

    return {
      handle: journal === Journal.off ? handle : handleJournaled,
      refuse: (error) => Effect.map(uuid, (requestId) => respond(undefined, requestId, failure(error, requestId))),
      checks: checks.map(({ name }) => name)
    }
  })
