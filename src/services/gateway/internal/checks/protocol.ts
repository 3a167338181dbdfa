/**
 * The checks of what the protocol asks of every request: its method, its size and its common parameters.
 *
 * @since 0.1.0
 */

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as CommonError from "../../../../domain/errors/CommonError.js"
import * as Message from "../../../../domain/rules/Message.js"
import * as Body from "../../../../domain/wire/Body.js"
import * as Parameters from "../../../../domain/wire/Parameters.js"
import * as Region from "../../../../domain/wire/Region.js"
import * as Timestamp from "../../../../domain/wire/Timestamp.js"
import type * as Wire from "../../../../domain/wire/Wire.js"
import * as Step from "../../../internal/runtime/step.js"
import { Handlers, type Route } from "../../Handlers.js"
import { type Check, type Common, headOnly, make, type RequestContext } from "../check.js"
import { findRoute } from "../findRoute.js"
import { maxSize } from "../maxSize.js"
import { refuse, refuseFlat } from "../refusal.js"

/**
 * The method is GET or POST.
 *
 * @since 0.1.0
 * @category checks
 */
export const method: Check<never, "method"> = /* #__PURE__ */ make("method", {
  needsBody: headOnly,
  run: (context) =>
    context.wire.method === "GET" || context.wire.method === "POST"
      ? Effect.succeed(context)
      : refuse(context, CommonError.UnsupportedProtocol, Message.unsupportedMethod(context.wire.method))
})

const statedSize = ({ "content-length": length }: Wire.Headers): number => (length === undefined ? 0 : Number(length))

/**
 * A GET has at most 32 KB, a POST with version 1 at most 1 MB, and a POST with version 3 at most 10 MB.
 *
 * @since 0.1.0
 * @category checks
 */
export const size: Check<never, "size"> = /* #__PURE__ */ make("size", {
  needsBody: headOnly,
  run: (context) => {
    const { body, headers, method, query } = context.wire
    // Before the body is read, the head says how large it is.
    const bytes = Body.byteLength(body) || statedSize(headers)
    if (method === "GET") {
      return query.length + bytes > maxSize.get
        ? refuse(context, CommonError.RequestSizeLimitExceeded, Message.requestTooLarge("32 KB"))
        : Effect.succeed(context)
    }
    if (headers.authorization === undefined) {
      return bytes > maxSize.postV1
        ? refuse(context, CommonError.RequestSizeLimitExceeded, Message.requestTooLargeForV1)
        : Effect.succeed(context)
    }
    return bytes > maxSize.postV3
      ? refuse(context, CommonError.RequestSizeLimitExceeded, Message.requestTooLarge("10 MB"))
      : Effect.succeed(context)
  }
})

/** The query counts for a POST, too: otherwise the signature of a request would hold for it with a query added. */
const flatText = ({ body, method, query }: Wire.WireRequest): string => {
  const form = method === "GET" ? "" : Body.text(body)
  return query === "" || form === "" ? query + form : `${query}&${form}`
}

const languageOf = (context: RequestContext, value: string | undefined): Message.Language =>
  value !== undefined && Message.isLanguage(value) ? value : context.language

/**
 * Finds the version of the signature: 3 if there is a header `Authorization`, whatever it says, and 1 otherwise. With version 1 it
 * also reads the parameters of the query or the form, whatever the content type says.
 *
 * @since 0.1.0
 * @category checks
 */
export const signatureVersion: Check<never, "signature version"> = /* #__PURE__ */ make("signature version", {
  needsBody: ({ headers, method }) => headers.authorization === undefined && method !== "GET",
  run: (context) => {
    const { headers } = context.wire
    if (headers.authorization !== undefined) {
      const language = languageOf(context, headers["x-tc-language"])
      const known = context.with("signature", "v3")
      return Effect.succeed(language === known.language ? known : known.with("language", language))
    }
    const flat = Parameters.parse(flatText(context.wire))
    if (Either.isLeft(flat)) return refuseFlat(context, flat.left)
    const named = new Map(flat.right)
    const language = languageOf(context, named.get("Language"))
    const known = context.with("signature", "v1").with("flat", flat.right).with("named", named)
    return Effect.succeed(known.with("language", language))
  }
})

/**
 * With version 1, no parameter is given twice.
 *
 * @since 0.1.0
 * @category checks
 */
export const repeated: Check<never, "repeated parameters"> = /* #__PURE__ */ make("repeated parameters", {
  needsBody: headOnly,
  needs: ["signature"],
  run: (context) => {
    if (context.flat === undefined) return Effect.succeed(context)
    const seen = new Set<string>()
    for (const [name] of context.flat) {
      if (seen.has(name)) return refuseFlat(context, { kind: "repeated", name })
      seen.add(name)
    }
    return Effect.succeed(context)
  }
})

const requiredHeaders = ["X-TC-Action", "X-TC-Timestamp", "X-TC-Version"].map((name) => ({
  name,
  header: name.toLowerCase()
}))
const requiredParameters = ["Timestamp", "Action", "Version", "SecretId", "Nonce", "Signature"]

const isPresent = (value: string | undefined): value is string => value !== undefined && value !== ""

/**
 * The common parameters are present: in headers with version 3, in the query or the form with version 1.
 *
 * @since 0.1.0
 * @category checks
 */
export const commonPresent: Check<never, "common parameters"> = /* #__PURE__ */ make("common parameters", {
  needsBody: headOnly,
  needs: ["signature"],
  run: (context) => {
    const { named, signature, wire } = context
    const { headers } = wire
    if (signature === "v3") {
      const missing = requiredHeaders.find(({ header }) => !isPresent(headers[header]))
      if (missing !== undefined) {
        return refuse(context, CommonError.MissingParameter, Message.missingHeader(missing.name))
      }
    } else {
      const missing = requiredParameters.find((name) => !isPresent(named?.get(name)))
      if (missing !== undefined) return refuse(context, CommonError.MissingParameter, Message.missingParameter(missing))
    }
    const read = (header: string, parameter: string) => (signature === "v3" ? headers[header] : named?.get(parameter))
    const common: Common = {
      action: read("x-tc-action", "Action") ?? "",
      version: read("x-tc-version", "Version") ?? "",
      timestamp: read("x-tc-timestamp", "Timestamp") ?? "",
      region: read("x-tc-region", "Region"),
      // Scripts that clear a token leave an empty one behind.
      token: read("x-tc-token", "Token") || undefined
    }
    return Effect.succeed(context.with("common", common))
  }
})

/** Values of version 1 that the common parameters of these names cannot have. */
interface Unknown {
  readonly context: RequestContext.With<"common">
  readonly names: ReadonlyArray<"Language" | "Region">
}

/** Refuses such values, unless they are those of members of the action, which can have the same names. */
const judgeUnknown = (step: Step.StepContext<never>, { context, names }: Unknown) => {
  const handlers = Context.getOption(step.context, Handlers)
  const find = (): Effect.Effect<Route, unknown> =>
    Option.isNone(handlers)
      ? Effect.fail("no handlers")
      : findRoute({ fiber: step.fiber, context: Context.make(Handlers, handlers.value) }, context)
  return Step.matchExitNow(step, find, (exit): Effect.Effect<RequestContext, CommonError.CommonError> => {
    const members = Exit.isSuccess(exit) ? exit.value.action.request.members : []
    const wrong = names.find((name) => !members.includes(name))
    if (wrong !== undefined) {
      return refuse(context, CommonError.InvalidParameterValue, Message.wrongCommonValue(wrong))
    }
    // The later checks read the region.
    return Effect.succeed(
      names.includes("Region") ? context.with("common", { ...context.common, region: undefined }) : context
    )
  })
}

/**
 * The common parameters are valid: Timestamp and Nonce are numbers, and the protocol knows the values of Language, Region and
 * SignatureMethod.
 *
 * @since 0.1.0
 * @category checks
 */
export const commonFormat: Check<never, "common parameter formats"> = /* #__PURE__ */ make("common parameter formats", {
  needsBody: headOnly,
  needs: ["common"],
  run: (context) => {
    const { common, named } = context
    const isV3 = context.signature === "v3"
    const wrongValue = (name: string) =>
      refuse(context, CommonError.InvalidParameterValue, Message.wrongCommonValue(name))
    if (Option.isNone(Timestamp.fromString(common.timestamp))) {
      const name = isV3 ? "X-TC-Timestamp" : "Timestamp"
      return refuse(context, CommonError.InvalidParameter, Message.wrongCommonType(name))
    }
    // The official Node client draws it from 0 on.
    if (!isV3 && !/^\d{1,20}$/.test(named?.get("Nonce") ?? "")) {
      return refuse(context, CommonError.InvalidParameter, Message.wrongCommonType("Nonce"))
    }
    const language = isV3 ? context.wire.headers["x-tc-language"] : named?.get("Language")
    const signatureMethod = named?.get("SignatureMethod")
    const isMethodKnown = signatureMethod === undefined || ["HmacSHA1", "HmacSHA256"].includes(signatureMethod)
    const isLanguageKnown = language === undefined || Message.isLanguage(language)
    const isRegionKnown = common.region === undefined || Region.isRegion(common.region)
    if (isLanguageKnown && isRegionKnown) return isMethodKnown ? Effect.succeed(context) : wrongValue("SignatureMethod")
    if (isV3) return wrongValue(isLanguageKnown ? "Region" : "Language")
    const names = [...(isLanguageKnown ? [] : ["Language" as const]), ...(isRegionKnown ? [] : ["Region" as const])]
    const judged = Step.makeFrom({ context, names }, judgeUnknown)
    return isMethodKnown ? judged : Effect.zipRight(judged, wrongValue("SignatureMethod"))
  }
})
