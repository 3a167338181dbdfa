/** The types of a call: what it holds, what reads its answer, and what continues it. */
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import type { WireResponse } from "../../../domain/wire/Wire.js"
import type * as Fibers from "../../internal/runtime/fiber.js"
import type { CallPlan } from "./callPlan.js"
import type { CallProgress } from "./callStats.js"
import type * as CallTelemetry from "./callTelemetry.js"
import type { ClientServices } from "./clientServices.js"

/** What a call of an action can fail with, while it is sent. */
export type Failure<A extends Action.Action.Any> = Action.Action.Error<A>

/** A call: what it asks for, and how far it has come. */
export interface CallState<A extends Action.Action.Any> extends CallProgress {
  readonly services: ClientServices
  readonly action: A
  readonly plan: CallPlan
  /** What the codec of the action has written. An attempt encodes it when it has a connection. */
  readonly parameters: unknown
  /** The boundary of a multipart body. */
  readonly id: string
  /** The fiber that makes the call. */
  readonly fiber: Fibers.AnyFiber
  /** The labels that this fiber adds to its metrics. */
  readonly labels: CallTelemetry.Labels
  readonly span: Tracer.Span | undefined
  /** Whether the service may have got the request, in this attempt or before. */
  sent: boolean
  /** Whether an attempt left open what the service has done. */
  isOpen: boolean
  /** The `Date` header of the latest answer. */
  date: string | undefined
  /** When the latest attempt failed, in milliseconds since the epoch. */
  failedAt: number
  /** When the latest attempt was sent, if the action streams. */
  sentAt: number | undefined
  /** The next attempt is not sent before this time, in milliseconds since the epoch. 0 is no limit. */
  notBefore: number
  /** The header `Authorization` of the latest attempt. Signature version 1 has none. */
  authorization: string | undefined
  /** The repairs that were done when the latest attempt was signed. */
  clockVersion: number
  credentialVersion: number
}

/** Where a failure of a call comes from. */
export const placeOf = ({
  action,
  host,
  plan
}: Pick<CallState<Action.Action.Any>, "action" | "host" | "plan">): {
  readonly product: string
  readonly action: string
  readonly region: string | undefined
  readonly host: string
} => ({ product: action.product, action: action.name, region: plan.request.region, host })

/** Reads an answer as the result of a call. */
export type Decoder<A extends Action.Action.Any, B> = (
  call: CallState<A>,
  response: WireResponse
) => Effect.Effect<B, Failure<A>>

/** A call that knows how to read its answer. */
export interface DecodingCall<A extends Action.Action.Any, B> extends CallState<A> {
  readonly decode: Decoder<A, B>
}

/** Goes on after an attempt. */
export type Continue<A extends Action.Action.Any, B> = (exit: Exit.Exit<B, Failure<A>>) => Effect.Effect<B, Failure<A>>
