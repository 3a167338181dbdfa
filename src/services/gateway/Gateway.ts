/**
 * Answers requests as the real service does: runs the checks, then the handler, and returns an answer.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as CommonError from "../../domain/errors/CommonError.js"
import * as Message from "../../domain/rules/Message.js"
import type * as Wire from "../../domain/wire/Wire.js"
import * as Fibers from "../internal/runtime/fiber.js"
import * as Step from "../internal/runtime/step.js"
import { uuid } from "../internal/runtime/uuid.js"
import { CredentialValidator } from "./CredentialValidator.js"
import * as FaultInjector from "./FaultInjector.js"
import * as GatewayCheck from "./GatewayCheck.js"
import { Handlers, inContext as handlersIn } from "./Handlers.js"
import { injectFaults } from "./internal/applyFault.js"
import * as cors from "./internal/cors.js"
import * as telemetry from "./internal/gatewayTelemetry.js"
import { judgeHead } from "./internal/judgeHead.js"
import { acceptOwnKeys } from "./internal/ownKeys.js"
import { type Pipeline, Progress } from "./internal/pipeline.js"
import * as proxies from "./internal/proxies.js"
import * as publicHosts from "./internal/publicHosts.js"
import { orLog, reportExit } from "./internal/report.js"
import { runChecks } from "./internal/runChecks.js"
import { answerDefect, errorToWire, runHandler, toResponse } from "./internal/runHandler.js"
import * as Journal from "./Journal.js"

export { type Call, type Handler, Handlers, handlers, handlersFromSource, type Route, type Source } from "./Handlers.js"

/**
 * Answers requests. It never fails: whatever comes in, an envelope goes out.
 *
 * @since 0.1.0
 * @category tags
 */
export class Gateway extends Context.Tag("effect-tencentcloud/Gateway")<
  Gateway,
  {
    /** Answers a request. */
    readonly handle: (request: Wire.WireRequest) => Effect.Effect<Wire.WireResponse>
    /**
     * Answers a large request by its head, before its body is read, if the checks that need no body refuse it. Returns nothing if they
     * pass: then the whole request is for `handle`. Adapters ask it if it is there.
     */
    readonly judge?: (head: Wire.WireRequest) => Effect.Effect<Wire.WireResponse | undefined>
    /** Answers a request that could not be read. The request is what is known of it. */
    readonly refuse: (error: CommonError.CommonError, request?: Wire.WireRequest) => Effect.Effect<Wire.WireResponse>
    /** The names of the checks, in their order. */
    readonly checks: ReadonlyArray<string>
  }
>() {}

/**
 * The options of a gateway.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R> {
  /** The checks, in their order. Default: `GatewayCheck.checks`. */
  readonly checks?: ReadonlyArray<GatewayCheck.Check<R>> | undefined
  /** The largest answer, in bytes. A larger one becomes `ResponseSizeLimitExceeded`. Default: 10 MB. */
  readonly maxResponseSize?: number | undefined
  /** Whether the span of a request continues the trace in its header `traceparent`, which any caller can invent. Default: false. */
  readonly acceptTrace?: boolean | undefined
  /**
   * The proxies before the gateway: addresses and networks such as `10.0.0.0/8`, or the names `loopback` and `private`. A function
   * decides in their place; the address of a peer on a Unix socket is undefined. From a request of a proxy, the gateway takes the
   * caller's address (`X-Forwarded-For`, `Forwarded`) and the host that it called (`X-Forwarded-Host`, `Forwarded`). A proxy has to set
   * these headers, or to remove them. An address that it does not say in a way that can be read is `unknown`. Default: none.
   */
  readonly trustProxy?: ReadonlyArray<string> | ((address: string | undefined) => boolean) | undefined
  /**
   * The host names under which callers know the gateway, at most 8: `ebs.example.com`. A signature for one of them is right too. They
   * are for a proxy that puts a `Host` of its own into a request, and does not tell the caller's. Default: none.
   */
  readonly hosts?: ReadonlyArray<string> | undefined
  /**
   * The pages that may call the gateway from a browser: a list of origins such as `http://localhost:5173`, or `"*"` for all. The gateway
   * answers their preflights, and lets them read every answer and its headers. A signature is needed all the same. Default: none.
   */
  readonly cors?: { readonly origins: ReadonlyArray<string> | "*" } | undefined
}

const megabyte = 1024 * 1024

/** The language of a request, if a header names it. A query or a form must be read first. */
const languageOf = ({ headers }: Wire.WireRequest): Message.Language => {
  const language = headers["x-tc-language"]
  return language !== undefined && Message.isLanguage(language) ? language : "en-US"
}

/** Adds the host names of a gateway to what the `CredentialValidator` accepts, if there is one. */
const withHosts = <R>(services: Context.Context<R>, hosts: ReadonlyArray<string>): Context.Context<R> =>
  Option.match(Context.getOption(services, CredentialValidator), {
    onNone: () => services,
    onSome: (validator) => Context.add(services, CredentialValidator, publicHosts.addTo(validator, hosts))
  })

/** Makes what sees the caller of a request, if there are proxies. Dies if an option cannot be meant, and says what would be right. */
const makeSeeCaller = <R>(options: Options<R>): Effect.Effect<proxies.SeeCaller | undefined> => {
  const { cors: pages, hosts = [], trustProxy } = options
  const fault =
    proxies.faultOf(trustProxy ?? []) ??
    publicHosts.faultOf(hosts) ??
    (pages === undefined ? undefined : cors.faultOf(pages))
  if (fault !== undefined) return Effect.dieMessage(fault)
  return Effect.succeed(trustProxy === undefined ? undefined : proxies.make(trustProxy))
}

/** Collects the parts of a gateway. */
const makePipeline = <R>(options: Options<R>): Effect.Effect<Pipeline<R>, never, R | Handlers> =>
  Effect.gen(function* () {
    const { hosts = [] } = options
    const given = Fibers.withoutSpan(yield* Effect.context<R | Handlers>())
    const services = hosts.length === 0 ? given : withHosts(given, hosts)
    // Without `checks` given, `R` is what the default ones need.
    const checks = options.checks ?? (GatewayCheck.checks as ReadonlyArray<GatewayCheck.Check<R>>)
    // Collects the handlers of all layers once, and not with each request.
    const handlers = handlersIn(services)
    const enabled = yield* Effect.filter(checks, ({ isOn }) => isOn ?? Effect.succeed(true))
    return {
      services: yield* acceptOwnKeys(Context.add(services, Handlers, handlers), handlers.keys),
      checks: enabled,
      faultInjector: yield* FaultInjector.FaultInjector,
      journal: yield* Journal.Journal,
      maxResponseSize: options.maxResponseSize ?? 10 * megabyte
    }
  })

/** A request of which only the wire is known. */
const startProgress = <R>(
  observe: ReturnType<typeof telemetry.make>,
  step: Step.StepContext<R>,
  requestId: string,
  wire: Wire.WireRequest
): Progress<R> => {
  const context = GatewayCheck.RequestContext.make({ requestId, wire, language: languageOf(wire) })
  const receivedAt = Fibers.currentClock(step.fiber).unsafeCurrentTimeMillis()
  return new Progress(context, observe(step.fiber, wire), receivedAt, step)
}

/** Answers a request that could not be read. */
const refuseWith =
  (observe: ReturnType<typeof telemetry.make>) =>
  (error: CommonError.CommonError): Effect.Effect<Wire.WireResponse> =>
    Step.make((step) => {
      const { end } = observe(step.fiber, { headers: {} })
      return Effect.flatMap(uuid, (requestId) => {
        const ended = { requestId, action: undefined, decidedBy: undefined, error: error.code }
        const reported = orLog(step, end({ ...ended, check: -1, verdict: "refused" }))
        return Effect.as(reported, errorToWire(undefined, requestId, error))
      })
    })

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
    const seeCaller = yield* makeSeeCaller(options)
    const pipeline = yield* makePipeline(options)
    const names = pipeline.checks.map(({ name }) => name)
    const observe = telemetry.make(names, options.acceptTrace === true ? yield* telemetry.traceparent : undefined)

    /** Gives a request its RequestId. Whatever throws outside of the checks and the handler becomes an `InternalError` too. */
    const start = ({ fiber }: Step.StepContext<never>, request: Wire.WireRequest): Effect.Effect<Wire.WireResponse> => {
      const step = { fiber, context: pipeline.services }
      try {
        const wire = seeCaller === undefined ? request : seeCaller(request)
        return Step.flatMapNow(step, uuid, (requestId) => supervise(startProgress(observe, step, requestId, wire)))
      } catch (defect) {
        return answerDefect(request, defect)
      }
    }

    const judge = ({ fiber }: Step.StepContext<never>, head: Wire.WireRequest) => {
      const step = { fiber, context: pipeline.services }
      return Step.flatMapNow(step, uuid, (requestId) =>
        judgeHead(pipeline, startProgress(observe, step, requestId, seeCaller?.(head) ?? head))
      )
    }

    /** Reports the end of a request. What ends at once cannot be interrupted, and needs no guard. */
    const supervise = (progress: Progress<R>): Effect.Effect<Wire.WireResponse> => {
      const { context, step } = progress
      const processed = Step.tryAdvance(() => process(progress), step)
      const exit = Step.asExit(processed)
      if (exit !== undefined) return reportExit(pipeline, progress, exit)
      const logged = Effect.annotateLogs(processed, { requestId: context.requestId })
      return Effect.uninterruptibleMask((restore) =>
        Step.matchExit(restore(logged), (exit) => reportExit(pipeline, progress, exit))
      )
    }

    /** Runs the checks, then the handler, and answers what comes of it. Faults come between the two. */
    const process = (progress: Progress<R>): Effect.Effect<Wire.WireResponse> => {
      const { step } = progress
      if (pipeline.faultInjector === FaultInjector.noop) {
        const run = () => Step.flatMapNow(step, runChecks(pipeline, progress), () => runHandler(pipeline, progress))
        return Step.matchExitNow(step, run, (exit) => toResponse(pipeline, progress, exit))
      }
      const respond = Effect.suspend(() =>
        Step.matchExitNow(
          step,
          () => runHandler(pipeline, progress),
          (exit) => toResponse(pipeline, progress, exit)
        )
      )
      return Effect.matchCauseEffect(
        Step.tryAdvance(() => runChecks(pipeline, progress), step),
        {
          onFailure: (cause) => toResponse(pipeline, progress, Exit.failCause(cause)),
          onSuccess: () => injectFaults(pipeline, progress, respond)
        }
      )
    }

    const answerer = {
      handle: (wire: Wire.WireRequest) => Step.makeFrom(wire, start),
      judge: (head: Wire.WireRequest) => Step.makeFrom(head, judge),
      refuse: refuseWith(observe)
    }
    return { ...(options.cors === undefined ? answerer : cors.addTo(answerer, options.cors)), checks: names }
  })
