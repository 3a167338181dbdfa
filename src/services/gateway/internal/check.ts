/**
 * The model of a check: what is known of a request, how a check adds to it, and what a check needs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type * as Codec from "../../../domain/contract/Codec.js"
import type * as CommonError from "../../../domain/errors/CommonError.js"
import type { Language } from "../../../domain/rules/Message.js"
import type * as Signature from "../../../domain/wire/Signature.js"
import type * as SignatureV1 from "../../../domain/wire/SignatureV1.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import type { Route } from "../Handlers.js"
import type { Key } from "../KeyStore.js"
import { refuseTooEarly } from "./refusal.js"

/**
 * The common parameters of a request. Version 3 has them in headers, version 1 in the query or the form.
 *
 * @since 0.1.0
 * @category models
 */
export interface Common {
  readonly action: string
  readonly version: string
  /** The digits, as they were sent. */
  readonly timestamp: string
  readonly region: string | undefined
  readonly token: string | undefined
}

/**
 * Who calls: nobody that is known, for an action that may be called unsigned, or the owner of a key.
 *
 * @since 0.1.0
 * @category models
 */
export type Caller = Caller.Anonymous | Caller.Signed

/**
 * The two kinds of {@link Caller}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Caller {
  /**
   * The request has no signature.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Anonymous {
    readonly _tag: "Anonymous"
  }

  /**
   * The request names a key. The check `signature` verifies that the key signed it.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Signed {
    readonly _tag: "Signed"
    /** The key, with the account and the identity that it belongs to. */
    readonly key: Key
  }
}

/**
 * What is known of a request. It starts with the request itself, and each check returns one that has more in it.
 *
 * Data of your own goes in with `add`, under a tag of your own. All later checks can read it with `get`.
 *
 * @example
 * ```ts
 * import * as Context from "effect/Context"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
 *
 * class Tenant extends Context.Tag("app/Tenant")<Tenant, string>() {}
 *
 * export const tenant = GatewayCheck.make("tenant", {
 *   run: (context) => Effect.succeed(context.add(Tenant, context.wire.headers["x-tenant"] ?? "none"))
 * })
 *
 * export const logTenant = GatewayCheck.make("log tenant", {
 *   run: (context) => Effect.as(Effect.log(Option.getOrElse(context.get(Tenant), () => "unknown")), context)
 * })
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export class RequestContext {
  // One constructor for all: every context has the same shape (docs/performance.md, P3), and a copy that forgets a member does not
  // compile.
  private constructor(
    readonly requestId: string,
    readonly wire: Wire.WireRequest,
    /** The language of messages: the one that the request asks for, or else English. */
    readonly language: Language,
    /** The version of its signature. */
    readonly signature: "v3" | "v1" | undefined,
    /** The parameters of its query or form, with version 1. Those of the signature are among them. */
    readonly flat: ReadonlyArray<SignatureV1.Parameter> | undefined,
    /** The same parameters by their names. */
    readonly named: ReadonlyMap<string, string> | undefined,
    readonly common: Common | undefined,
    /** The action that the request names, with its handler. */
    readonly route: Route | undefined,
    /** The header `Authorization`, with version 3. */
    readonly authorization: Signature.Authorization | undefined,
    readonly caller: Caller | undefined,
    /** What the codec of the action decoded the parameters to. */
    readonly decoded: Either.Either<unknown, Codec.Issues> | undefined,
    /** What CAM does not grant, but lets pass in its soft mode. */
    readonly missing: ReadonlyArray<{ readonly action: string; readonly resource: string }> | undefined,
    /** Data of checks of your own. */
    readonly extra: Context.Context<never>
  ) {}

  /** Makes a context of which only the request is known. */
  static make(request: {
    readonly requestId: string
    readonly wire: Wire.WireRequest
    readonly language: Language
  }): RequestContext {
    const { language, requestId, wire } = request
    const no = undefined
    return new RequestContext(requestId, wire, language, no, no, no, no, no, no, no, no, no, Context.empty())
  }

  /** Returns a context that has one member more, or another value of it. */
  with<K extends RequestContext.Member>(member: K, value: RequestContext[K]): RequestContext {
    const copy = new RequestContext(
      this.requestId,
      this.wire,
      this.language,
      this.signature,
      this.flat,
      this.named,
      this.common,
      this.route,
      this.authorization,
      this.caller,
      this.decoded,
      this.missing,
      this.extra
    )
    // Nobody else has the copy yet, so it may be written to.
    const writable: { -readonly [Key in RequestContext.Member]: RequestContext[Key] } = copy
    writable[member] = value
    return copy
  }

  /** Returns a context that has data of your own, too. */
  add<I, S>(tag: Context.Tag<I, S>, value: S): RequestContext {
    // The type of `extra` does not say what is in it: `get` returns an `Option`.
    return this.with("extra", Context.add(this.extra, tag, value) as Context.Context<never>)
  }

  /** Returns data of your own, if an earlier check has added it. */
  get<I, S>(tag: Context.Tag<I, S>): Option.Option<S> {
    return Context.getOption(this.extra, tag)
  }
}

/**
 * Types of a {@link RequestContext}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace RequestContext {
  /**
   * The names of what checks find.
   *
   * @since 0.1.0
   * @category models
   */
  export type Member = Exclude<keyof RequestContext, "requestId" | "wire" | "with" | "add" | "get">

  /**
   * A context of which some members are known.
   *
   * @since 0.1.0
   * @category models
   */
  export type With<K extends Member> = RequestContext & {
    readonly [Key in K]-?: Exclude<RequestContext[Key], undefined>
  }
}

/**
 * A check passes the context on, with what it finds, or refuses the request.
 *
 * @since 0.1.0
 * @category models
 */
export interface Check<R, Name extends string = string> {
  readonly name: Name
  readonly run: (context: RequestContext) => Effect.Effect<RequestContext, CommonError.CommonError, R>
  /** Whether the gateway runs the check. The gateway asks once, when it is made. Default: yes. */
  readonly isOn?: Effect.Effect<boolean, never, R>
  /**
   * Whether the check needs the body of a request with this head. A gateway runs the checks before the first one that needs it when
   * the head of a large request is there, and reads no body that they refuse. Default: yes.
   */
  readonly needsBody?: (head: Wire.WireRequest) => boolean
}

/**
 * The `needsBody` of a check that needs only the head of a request.
 *
 * @since 0.1.0
 * @category constants
 */
export const headOnly = (): boolean => false

const has = <K extends RequestContext.Member>(
  context: RequestContext,
  members: ReadonlyArray<K>
): context is RequestContext.With<K> => {
  for (const member of members) if (context[member] === undefined) return false
  return true
}

/**
 * Makes a check.
 *
 * `needs` lists what earlier checks must have found; `run` then sees it as known. If it is not known, the list of checks is in an
 * order that cannot work: the caller gets an `InternalError`, and the log says which check comes too early.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { ServiceUnavailable } from "effect-tencentcloud/CommonError"
 * import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
 *
 * export const readOnly = GatewayCheck.make("read-only", {
 *   needs: ["route"],
 *   run: (context) =>
 *     context.route.action.name.startsWith("Describe")
 *       ? Effect.succeed(context)
 *       : Effect.fail(new ServiceUnavailable({ message: "This service is read-only until noon." }))
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <Name extends string, K extends RequestContext.Member = never, R = never>(
  name: Name,
  {
    needs = [],
    run,
    ...options
  }: {
    readonly needs?: ReadonlyArray<K>
    readonly run: (context: RequestContext.With<K>) => ReturnType<Check<R>["run"]>
    readonly isOn?: Effect.Effect<boolean, never, R>
    readonly needsBody?: (head: Wire.WireRequest) => boolean
  }
): Check<R, Name> => ({
  ...options,
  name,
  run: (context) =>
    has(context, needs)
      ? run(context)
      : refuseTooEarly(
          context,
          name,
          needs.find((member) => context[member] === undefined)
        )
})
