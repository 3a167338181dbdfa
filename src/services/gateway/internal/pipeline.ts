/** What the stages of a gateway share: the parts that it is made of, and the progress of one request. */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Option from "effect/Option"
import type { Action } from "../../../domain/contract/Action.js"
import type { Fault } from "../../../domain/rules/Fault.js"
import type * as Step from "../../internal/runtime/step.js"
import type * as FaultInjector from "../FaultInjector.js"
import type { Call } from "../Handlers.js"
import type * as Journal from "../Journal.js"
import { ownerOf } from "./caller.js"
import type { Check, RequestContext } from "./check.js"
import type * as telemetry from "./gatewayTelemetry.js"

/** The parts of a gateway. */
export interface Pipeline<R> {
  readonly services: Context.Context<R>
  readonly checks: ReadonlyArray<Check<R>>
  readonly faultInjector: FaultInjector.FaultInjector["Type"]
  readonly journal: Journal.Journal["Type"]
  /** The largest answer, in bytes. */
  readonly maxResponseSize: number
}

/** What a check says of a request. */
type Verdict = Journal.Verdict["verdict"]

/** How far one request has come, for the journal and the telemetry. It is a class: docs/performance.md, P4. */
export class Progress<R> {
  /** The place of the check that started last; past the end once all have passed. */
  check = -1
  /** What that check said, if it did not pass. */
  verdict: Verdict = "interrupted"
  /** The code of the answer, or of the event that ends it; undefined for a result. */
  code: string | undefined = undefined
  /** The injected faults. */
  faults: ReadonlyArray<Fault> = []
  /** What the checks said. Empty unless there is a journal. */
  readonly verdicts: Array<Journal.Verdict> = []

  constructor(
    /** What the checks have found. */
    public context: RequestContext,
    public observer: telemetry.Observer,
    /** UNIX milliseconds. */
    readonly receivedAt: number,
    readonly step: Step.StepContext<R>
  ) {}
}

/** What a check that did not pass has said. */
export const verdictOf = (cause: Cause.Cause<unknown>): Verdict =>
  Option.isSome(Cause.failureOption(cause)) ? "refused" : Cause.isInterrupted(cause) ? "interrupted" : "defect"

/** What handlers and fault injectors know of a request. */
export const callOf = (
  { name, product, version }: Action.Any,
  { caller, common, language, requestId, wire }: RequestContext
): Call => {
  const { account, identity } = ownerOf(caller)
  const region = common?.region
  return { requestId, product, action: name, version, region, language, account, identity, address: wire.address }
}
