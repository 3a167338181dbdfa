/**
 * The checks that a request passes before its handler sees it. Each has a name and does one thing; the list is a value, in
 * the order in which they are made. What is known of that order, and how well, is told in docs/decisions.md.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Codec from "../../domain/contract/Codec.js"
import * as CommonError from "../../domain/errors/CommonError.js"
import * as Issue from "../../domain/errors/Issue.js"
import * as Message from "../../domain/rules/Message.js"
import * as Body from "../../domain/wire/Body.js"
import * as Host from "../../domain/wire/Host.js"
import * as Json from "../../domain/wire/Json.js"
import * as Parameters from "../../domain/wire/Parameters.js"
import * as Region from "../../domain/wire/Region.js"
import * as Signature from "../../domain/wire/Signature.js"
import * as SignatureV1 from "../../domain/wire/SignatureV1.js"
import * as Timestamp from "../../domain/wire/Timestamp.js"
import type * as Wire from "../../domain/wire/Wire.js"
import * as Step from "../internal/runtime/step.js"
import * as AddressList from "./AddressList.js"
import { Authorizer, type Denied } from "./Authorizer.js"
import { CredentialValidator, type Reason, type Rejected, type Signed } from "./CredentialValidator.js"
import { type Handlers, inContext as handlersIn, type Route } from "./Handlers.js"
import { askPort } from "./internal/askPort.js"
import { check, type Found, tooEarly } from "./internal/check.js"
import { readParameters } from "./internal/readParameters.js"
import { always, refuse, refuseFlat } from "./internal/refusal.js"
import type { Key } from "./KeyStore.js"
import { type Exceeded, RateLimiter } from "./RateLimiter.js"
import * as ReplayGuard from "./ReplayGuard.js"
import { TimestampValidator } from "./TimestampValidator.js"

/**
 * The common parameters of a request, out of its headers (version 3) or out of its query or form (version 1).
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
 * What is known of a request. It begins with the request itself, and each check adds what it found.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestContext {
  readonly requestId: string
  readonly wire: Wire.WireRequest
  readonly language: Message.Language
  /** Which signature it carries. */
  readonly signature?: "v3" | "v1" | undefined
  /** The flat parameters of its query or form, those of version 1's signature included. */
  readonly flat?: ReadonlyArray<SignatureV1.Parameter> | undefined
  /** The same by their names, looked up by many checks and so made once. */
  readonly named?: ReadonlyMap<string, string> | undefined
  readonly common?: Common | undefined
  readonly route?: Route | undefined
  readonly authorization?: Signature.Authorization | undefined
  readonly key?: Key | undefined
  /** What the action's codec made of its parameters. */
  readonly decoded?: Either.Either<unknown, Codec.Issues> | undefined
  /** What CAM did not grant and, in its soft mode, let pass. */
  readonly missing?: ReadonlyArray<{ readonly action: string; readonly resource: string }> | undefined
}

/**
 * A step of the pipeline: it passes the context on, with what it found, or refuses the request.
 *
 * @since 0.1.0
 * @category models
 */
export interface Check<R> {
  readonly name: string
  readonly run: (context: RequestContext) => Effect.Effect<RequestContext, CommonError.CommonError, R>
  /** Whether it has anything to check. Asked once, when the gateway is made; left out, it has. */
  readonly isOn?: Effect.Effect<boolean, never, R>
}

/**
 * What the default checks ask.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = Handlers | TimestampValidator | CredentialValidator | RateLimiter | Authorizer

type Writable<A> = { -readonly [Key in keyof A]: A[Key] }

/**
 * The context, with what was found. Each of them has all members, in one order, so that V8 sees one shape in all checks: a copy of a
 * few members, spread out, takes as long as the rest of a check.
 */
const add = <K extends keyof RequestContext>(
  context: RequestContext,
  key: K,
  found: RequestContext[K]
): RequestContext => {
  const added: Writable<RequestContext> = {
    requestId: context.requestId,
    wire: context.wire,
    language: context.language,
    signature: context.signature,
    flat: context.flat,
    named: context.named,
    common: context.common,
    route: context.route,
    authorization: context.authorization,
    key: context.key,
    decoded: context.decoded,
    missing: context.missing
  }
  added[key] = found
  return added
}

const pass: (context: RequestContext) => Effect.Effect<RequestContext> = Effect.succeed

/** Passes the context on, once a port has answered. */
const passOn = (_: unknown, context: RequestContext): Effect.Effect<RequestContext> => pass(context)

/**
 * GET and POST, and nothing else.
 *
 * @since 0.1.0
 * @category checks
 */
export const method: Check<never> = check("method", [], (context) =>
  context.wire.method === "GET" || context.wire.method === "POST"
    ? pass(context)
    : refuse(context, CommonError.UnsupportedProtocol, Message.unsupportedMethod(context.wire.method))
)

/**
 * The largest request of each kind, in bytes: a GET's query, a POST's body with either signature.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxSize = { get: 32 * 1024, postV1: 1024 * 1024, postV3: 10 * 1024 * 1024 }

/**
 * No more than 32 KB for GET, 1 MB for POST with version 1, 10 MB for POST with version 3.
 *
 * @since 0.1.0
 * @category checks
 */
export const size: Check<never> = check("size", [], (context) => {
  const { body, headers, method, query } = context.wire
  const bytes = Body.byteLength(body)
  if (method === "GET") {
    return query.length + bytes > maxSize.get
      ? refuse(context, CommonError.RequestSizeLimitExceeded, Message.requestTooLarge("32 KB"))
      : pass(context)
  }
  if (headers.authorization === undefined) {
    return bytes > maxSize.postV1
      ? refuse(context, CommonError.RequestSizeLimitExceeded, Message.requestTooLargeForV1)
      : pass(context)
  }
  return bytes > maxSize.postV3
    ? refuse(context, CommonError.RequestSizeLimitExceeded, Message.requestTooLarge("10 MB"))
    : pass(context)
})

/** A POST's query is no part of the protocol, but it counts: a signature must not hold for a request that has got one. */
const flatText = ({ body, method, query }: Wire.WireRequest): string => {
  const form = method === "GET" ? "" : Body.text(body)
  return query === "" || form === "" ? query + form : `${query}&${form}`
}

const languageOf = (context: RequestContext, value: string | undefined): Message.Language =>
  value !== undefined && Message.isLanguage(value) ? value : context.language

/**
 * Which signature: a header `Authorization` means version 3, whatever it says, and its absence version 1. The parameters of
 * version 1 are then read out of the query or the form, whatever the content type says.
 *
 * @since 0.1.0
 * @category checks
 */
export const signatureVersion: Check<never> = check("signature version", [], (context) => {
  const { headers } = context.wire
  if (headers.authorization !== undefined) {
    const language = languageOf(context, headers["x-tc-language"])
    const known = add(context, "signature", "v3")
    return pass(language === known.language ? known : add(known, "language", language))
  }
  const flat = Parameters.parse(flatText(context.wire))
  if (Either.isLeft(flat)) return refuseFlat(context, flat.left)
  const named = new Map(flat.right)
  const language = languageOf(context, named.get("Language"))
  const known = add(add(add(context, "signature", "v1"), "flat", flat.right), "named", named)
  return pass(add(known, "language", language))
})

/**
 * No parameter of version 1 is given twice.
 *
 * @since 0.1.0
 * @category checks
 */
export const repeated: Check<never> = check("repeated parameters", ["signature"], (context) => {
  if (context.flat === undefined) return pass(context)
  const seen = new Set<string>()
  for (const [name] of context.flat) {
    if (seen.has(name)) return refuseFlat(context, { kind: "repeated", name })
    seen.add(name)
  }
  return pass(context)
})

const requiredHeaders = ["X-TC-Action", "X-TC-Timestamp", "X-TC-Version"].map((name) => ({
  name,
  header: name.toLowerCase()
}))
const requiredParameters = ["Timestamp", "Action", "Version", "SecretId", "Nonce", "Signature"]

const isPresent = (value: string | undefined): value is string => value !== undefined && value !== ""

/**
 * The common parameters are there: in headers for version 3, in the query or the form for version 1.
 *
 * @since 0.1.0
 * @category checks
 */
export const commonPresent: Check<never> = check("common parameters", ["signature"], (context) => {
  const { named, signature, wire } = context
  const { headers } = wire
  if (signature === "v3") {
    const missing = requiredHeaders.find(({ header }) => !isPresent(headers[header]))
    if (missing !== undefined) return refuse(context, CommonError.MissingParameter, Message.missingHeader(missing.name))
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
  return pass(add(context, "common", common))
})

/**
 * The common parameters can be read: Timestamp and Nonce are numbers; Language, Region and SignatureMethod have a value that
 * the protocol knows.
 *
 * @since 0.1.0
 * @category checks
 */
export const commonFormat: Check<never> = check("common parameter formats", ["common"], (context) => {
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
  if (language !== undefined && !Message.isLanguage(language)) return wrongValue("Language")
  if (common.region !== undefined && !Region.isRegion(common.region)) return wrongValue("Region")
  const signatureMethod = named?.get("SignatureMethod")
  if (signatureMethod !== undefined && !["HmacSHA1", "HmacSHA256"].includes(signatureMethod)) {
    return wrongValue("SignatureMethod")
  }
  return pass(context)
})

/** The service in the scope of an Authorization that may yet turn out to be malformed. */
const scopeService = (wire: Wire.WireRequest): string | undefined =>
  /Credential=[^/,]*\/[^/,]*\/([^/,]+)\//.exec(wire.headers.authorization ?? "")?.[1]

/**
 * The product that a request names: its host's first label says it, or else, where the gateway is reached by another name (an
 * address, `localhost`, a proxy), the scope of its signature.
 */
const namedProduct = (
  handlers: Handlers["Type"],
  wire: Wire.WireRequest,
  { isPublic, label }: Host.Host
): string | undefined => {
  const isServed = (product: string) => handlers.versions(product).length > 0
  if (isServed(label)) return label
  const scope = isPublic ? undefined : scopeService(wire)
  return scope !== undefined && isServed(scope) ? scope : undefined
}

/**
 * The product of a request that names none: one that has its action in its version, or else the only one that has this version, or
 * that is served at all.
 */
const onlyProduct = (
  handlers: Handlers["Type"],
  { isPublic }: Host.Host,
  { action, version }: Common
): Effect.Effect<string | undefined> => {
  if (isPublic) return Effect.succeed(undefined)
  const products = handlers.products()
  const candidates = products.filter((product) => handlers.versions(product).includes(version))
  const only = (products: ReadonlyArray<string>) => (products.length === 1 ? products[0] : undefined)
  return Effect.map(
    Effect.findFirst(candidates, (product) =>
      Effect.map(handlers.find(product, version, action), (route) => route !== undefined)
    ),
    Option.getOrElse(() => only(candidates) ?? only(products))
  )
}

/**
 * Product, version and action exist, and the action has not been taken out of service.
 *
 * @since 0.1.0
 * @category checks
 */
export const action: Check<Handlers> = check("action", ["common"], (context, asking) => {
  const handlers = handlersIn(asking.context)
  const { common, wire } = context
  const host = Host.parse(wire.headers.host ?? "")
  const named = namedProduct(handlers, wire, host)
  const product = named === undefined ? onlyProduct(handlers, host, common) : Effect.succeed(named)
  return Step.flatMapNow(asking, product, (product) => {
    if (product === undefined) return refuse(context, CommonError.NoSuchProduct, Message.noSuchProduct(host.label))
    if (!handlers.versions(product).includes(common.version)) {
      return refuse(context, CommonError.NoSuchVersion, Message.noSuchVersion(common.version, product))
    }
    return Step.flatMapNow(asking, handlers.find(product, common.version, common.action), (route) => {
      if (route === undefined) {
        const message = Message.invalidAction(common.action, product, common.version)
        return refuse(context, CommonError.InvalidAction, message)
      }
      return route.action.offline
        ? refuse(context, CommonError.ActionOffline, Message.actionOffline(common.action))
        : pass(add(context, "route", route))
    })
  })
})

/** Who calls an action unsigned. */
const nobody: Key = {
  secretId: "",
  secretKey: Redacted.make(""),
  account: "",
  identity: "",
  enabled: true,
  mfa: "not required",
  session: undefined
}

/**
 * The header `Authorization` is well formed, its service is the product, and its date is the timestamp's UTC day. With
 * `SKIP`, for an action that may be called unsigned, there is no key to be found and no signature to be checked.
 *
 * @since 0.1.0
 * @category checks
 */
export const authorization: Check<never> = check("authorization", ["signature", "common", "route"], (context) => {
  const { common, route, signature, wire } = context
  if (signature !== "v3") return pass(context)
  if (route.action.unsigned && wire.headers.authorization === "SKIP") return pass(add(context, "key", nobody))
  const parsed = Signature.parseAuthorization(wire.headers.authorization ?? "")
  if (Either.isLeft(parsed)) {
    return refuse(context, CommonError.AuthFailureInvalidAuthorization, Message.invalidAuthorization(parsed.left))
  }
  const { date, service } = parsed.right.scope
  const { product } = route.action
  // Clients put the first label of the host that they were given; where that is no product, it says nothing.
  if (service !== product && Host.parse(wire.headers.host ?? "").label === product) {
    const message = Message.invalidAuthorization("`Service` in Credential not valid")
    return refuse(context, CommonError.AuthFailureInvalidAuthorization, message)
  }
  return date === Timestamp.utcDay(Number(common.timestamp))
    ? pass(add(context, "authorization", parsed.right))
    : refuse(context, CommonError.AuthFailureSignatureFailure, Message.signatureFailure)
})

/**
 * The timestamp is within 5 minutes of the server's time.
 *
 * @since 0.1.0
 * @category checks
 */
export const clock: Check<TimestampValidator> = check("clock", ["common"], (context, asking) => {
  const validator = Context.get(asking.context, TimestampValidator)
  return askPort(asking, context, validator.validate(Number(context.common.timestamp)), passOn, refuseExpired)
})

const expired = /* #__PURE__ */ always(CommonError.AuthFailureSignatureExpire, Message.signatureExpire)

const refuseExpired = (_: unknown, { language }: RequestContext) => expired(language)

const unknownKey = /* #__PURE__ */ always(CommonError.AuthFailureSecretIdNotFound, Message.secretIdNotFound)
const wrongToken = /* #__PURE__ */ always(CommonError.AuthFailureTokenFailure, Message.tokenFailure)

/** The answer to each rejection of the CredentialValidator. The protocol does not tell them all apart. */
const rejections: Readonly<
  Record<Reason, (language: Message.Language) => Effect.Effect<never, CommonError.CommonError>>
> = {
  "malformed SecretId": /* #__PURE__ */ always(CommonError.AuthFailureInvalidSecretId, Message.invalidSecretId),
  "unknown SecretId": unknownKey,
  "disabled key": unknownKey,
  "missing token": unknownKey,
  "unexpected token": wrongToken,
  "wrong token": wrongToken,
  "expired token": wrongToken,
  "wrong signature": /* #__PURE__ */ always(CommonError.AuthFailureSignatureFailure, Message.signatureFailure),
  "missing MFA": /* #__PURE__ */ always(CommonError.AuthFailureMFAFailure, Message.mfaFailure)
}

const refuseRejected = ({ reason }: Rejected, { language }: RequestContext) => rejections[reason](language)

/**
 * The key exists, is enabled, and has its token where it is a temporary one.
 *
 * @since 0.1.0
 * @category checks
 */
export const key: Check<CredentialValidator> = check("key", ["signature", "common"], (context, asking) => {
  const { authorization, common, named, signature } = context
  if (context.key === nobody) return pass(context)
  const secretId = signature === "v1" ? (named?.get("SecretId") ?? "") : authorization?.secretId
  if (secretId === undefined) return tooEarly(context, "key", "authorization")
  const validator = Context.get(asking.context, CredentialValidator)
  const identified = validator.identify({ secretId, token: common.token })
  return askPort(asking, context, identified, passWithKey, refuseRejected)
})

const passWithKey = (key: Key, context: RequestContext): Effect.Effect<RequestContext> => pass(add(context, "key", key))

const sha256Header = "x-tc-content-sha256"

/** What the signature of a request speaks of, or what is missing to tell it. */
const signedOf = (context: Found<"common">): Either.Either<Signed, keyof RequestContext> => {
  const { authorization, common, flat, named, signature, wire } = context
  const { headers, method, path, query } = wire
  if (signature === "v1") {
    if (flat === undefined || named === undefined) return Either.left("flat")
    return Either.right({
      version: "v1",
      method,
      host: headers.host ?? "",
      path,
      parameters: flat,
      signature: named.get("Signature") ?? "",
      signatureMethod: SignatureV1.methodOf(named.get("SignatureMethod"))
    })
  }
  if (authorization === undefined) return Either.left("authorization")
  const stated = headers[sha256Header]
  const payload = stated === Signature.unsignedPayload ? stated : method === "GET" ? "" : wire.body
  const { timestamp } = common
  return Either.right({
    version: "v3",
    received: { method, path, query, headers, payload, timestamp, authorization }
  })
}

const statesItsHash = ({ signature, wire }: RequestContext): boolean => {
  const stated = signature === "v3" ? wire.headers[sha256Header] : undefined
  return (
    stated === undefined || stated === Signature.unsignedPayload || Signature.hash(wire.body) === stated.toLowerCase()
  )
}

const passWithHash = (_: unknown, context: RequestContext): Effect.Effect<RequestContext, CommonError.CommonError> =>
  statesItsHash(context) ? pass(context) : refuse(context, CommonError.InvalidParameterValue, Message.wrongContentHash)

/**
 * The signature is right, and so is a hash of the body that the request states.
 *
 * @since 0.1.0
 * @category checks
 */
export const signature: Check<CredentialValidator> = check("signature", ["common", "key"], (context, asking) => {
  if (context.key === nobody) return pass(context)
  const signed = signedOf(context)
  if (Either.isLeft(signed)) return tooEarly(context, "signature", signed.left)
  const validator = Context.get(asking.context, CredentialValidator)
  return askPort(asking, context, validator.verify(signed.right, context.key), passWithHash, refuseRejected)
})

/**
 * The same signed request has not been here before, in the time for which its signature holds.
 *
 * @since 0.1.0
 * @category checks
 */
export const replay: Check<never> = {
  ...check("replay", ["common", "key"], (context, asking) => {
    const { authorization, common, key, named } = context
    if (key === nobody) return pass(context)
    const signature = context.signature === "v1" ? named?.get("Signature") : authorization?.signature
    const guard = Context.get(asking.context, ReplayGuard.ReplayGuard)
    return Step.flatMapNow(asking, guard.remember(`${key.secretId} ${common.timestamp} ${signature}`), (isFirst) =>
      isFirst ? pass(context) : refuse(context, CommonError.AuthFailureSignatureExpire, Message.signatureExpire)
    )
  }),
  isOn: Effect.map(ReplayGuard.ReplayGuard, (guard) => guard !== ReplayGuard.noop)
}

/**
 * The caller's address is not on the deny list, and is on the allow list where there is one.
 *
 * @since 0.1.0
 * @category checks
 */
export const addresses: Check<never> = {
  ...check("addresses", [], (context, asking) => {
    const list = Context.get(asking.context, AddressList.AddressList)
    const { address } = context.wire
    if (list.isDenied(address)) return refuse(context, CommonError.IpInBlacklist, Message.ipInBlacklist)
    return list.isAllowed(address)
      ? pass(context)
      : refuse(context, CommonError.IpNotInWhitelist, Message.ipNotInWhitelist)
  }),
  isOn: Effect.map(AddressList.AddressList, (list) => list !== AddressList.noop)
}

/**
 * A key that needs multi-factor authentication has had it.
 *
 * @since 0.1.0
 * @category checks
 */
export const mfa: Check<CredentialValidator> = check("mfa", ["key"], (context, asking) => {
  const validator = Context.get(asking.context, CredentialValidator)
  return askPort(asking, context, validator.checkMfa(context.key), passOn, refuseRejected)
})

/**
 * The region that a host name resolves to. Whoever invents names gets no more calls by it: those that neither the cloud nor the
 * action knows are the nearest region all together, as are the names that are pinned to none.
 */
const accessRegion = ({ wire }: RequestContext, { action }: Route): string => {
  const { region } = Host.parse(wire.headers.host ?? "")
  return region !== undefined && (Region.isKnown(region) || action.regions?.includes(region)) ? region : "nearest"
}

/**
 * The caller has a call left in this second.
 *
 * @since 0.1.0
 * @category checks
 */
export const rateLimit: Check<RateLimiter> = check("rate limit", ["key", "route"], (context, asking) => {
  const limiter = Context.get(asking.context, RateLimiter)
  const { key, route, wire } = context
  const { name, product, rateLimit } = route.action
  const call = {
    product,
    action: name,
    accessRegion: accessRegion(context, route),
    account: key.account,
    identity: key.identity,
    address: wire.address,
    limit: rateLimit
  }
  return askPort(asking, context, limiter.take(call), passOn, refuseExceeded)
})

const exceededErrors = {
  action: CommonError.RequestLimitExceeded,
  account: CommonError.RequestLimitExceededUinLimitExceeded,
  accountGlobal: CommonError.RequestLimitExceededGlobalRegionUinLimitExceeded,
  address: CommonError.RequestLimitExceededIPLimitExceeded
}

const refuseExceeded = ({ calls, kind, limit }: Exceeded, context: RequestContext) =>
  refuse(context, exceededErrors[kind], Message.requestLimitExceeded(calls, limit))

/**
 * The action is offered in the region, and a region is given where it needs one.
 *
 * @since 0.1.0
 * @category checks
 */
export const region: Check<never> = check("region", ["common", "route"], (context) => {
  const { common, route } = context
  const { regions } = route.action
  if (regions === undefined) return pass(context)
  if (common.region === undefined) {
    return refuse(context, CommonError.MissingParameter, Message.missingParameter("Region"))
  }
  return regions.includes(common.region)
    ? pass(context)
    : refuse(context, CommonError.UnsupportedRegion, Message.unsupportedRegion)
})

/**
 * The action takes the content type, and the parameters can be read from it.
 *
 * @since 0.1.0
 * @category checks
 */
export const content: Check<never> = check("content", ["signature", "route"], (context, asking) =>
  Step.flatMapNow(asking, readParameters(context, context.route), ([parameters, mode]) =>
    pass(add(context, "decoded", context.route.action.request.decode(parameters, mode)))
  )
)

/**
 * CAM grants the operation, on each resource that the request is about. Of a request that the next check will refuse, the
 * resources cannot be told, and it is judged as one about `*`. Where the Authorizer is soft, what is missing is noted for the
 * journal, and the call goes on.
 *
 * @since 0.1.0
 * @category checks
 */
export const cam: Check<Authorizer> = check("cam", ["decoded", "key", "route"], (context, asking) => {
  const { decoded, key, requestId, route, wire } = context
  // Of nobody there are no policies: that the action may be called unsigned is what grants it.
  if (key === nobody) return pass(context)
  const { action } = route
  const operation = `${action.product}:${action.name}`
  const attempt = {
    account: key.account,
    identity: key.identity,
    operation,
    // The codec of this action made the value.
    resources: Either.isRight(decoded) ? action.resources(decoded.right as never) : ["*"],
    address: wire.address,
    requestId
  }
  const authorizer = Context.get(asking.context, Authorizer)
  if (authorizer.mode !== "soft") {
    return askPort(asking, context, authorizer.authorize(attempt), passOn, refuseDenied)
  }
  const resources = attempt.resources.length === 0 ? ["*"] : attempt.resources
  const missing = Effect.filter(resources, (resource) =>
    Effect.isFailure(authorizer.authorize({ ...attempt, resources: [resource] }))
  )
  return Effect.map(missing, (missing) =>
    add(
      context,
      "missing",
      missing.map((resource) => ({ action: operation, resource }))
    )
  )
})

const refuseDenied = ({ operation, resource }: Denied, context: RequestContext) => {
  const message = Message.unauthorized({ requestId: context.requestId, operation, resource })
  return refuse(context, CommonError.AuthFailureUnauthorizedOperation, message)
}

const issueOrder: ReadonlyArray<Issue.Issue["kind"]> = ["unknown", "missing", "type", "value"]

const issueRefusal = (context: RequestContext, issue: Issue.Issue) => {
  const name = Issue.formatPath(issue.path)
  if (name === "") {
    const refusal = issue.kind === "value" ? CommonError.InvalidParameterValue : CommonError.InvalidParameter
    return refuse(context, refusal, Message.wrongParameters(issue.expected))
  }
  switch (issue.kind) {
    case "unknown":
      return refuse(context, CommonError.UnknownParameter, Message.unknownParameter(name))
    case "missing":
      return refuse(context, CommonError.MissingParameter, Message.missingParameter(name))
    case "type":
      return refuse(context, CommonError.InvalidParameter, Message.wrongType(name, issue.expected))
    case "value":
      return refuse(context, CommonError.InvalidParameterValue, Message.wrongValue(name, issue.expected))
  }
}

/**
 * The parameters are those of the action: none unknown, none missing, each of its type, with a value that is taken. Of several
 * faults the first of that order is told.
 *
 * @since 0.1.0
 * @category checks
 */
export const parameters: Check<never> = check("parameters", ["decoded"], (context) => {
  const { decoded } = context
  if (Either.isRight(decoded)) return pass(context)
  const [first] = [...decoded.left].sort((one, other) => issueOrder.indexOf(one.kind) - issueOrder.indexOf(other.kind))
  return issueRefusal(context, first ?? decoded.left[0])
})

/**
 * A request that asks for a dry run ends here: it would have succeeded.
 *
 * @since 0.1.0
 * @category checks
 */
export const dryRun: Check<never> = check("dry run", ["decoded"], (context) => {
  const { decoded } = context
  return Either.isRight(decoded) && Json.isObject(decoded.right) && decoded.right.DryRun === true
    ? refuse(context, CommonError.DryRunOperation, Message.dryRun)
    : pass(context)
})

/**
 * All checks, in their order.
 *
 * @since 0.1.0
 * @category tables
 */
export const checks: ReadonlyArray<Check<Services>> = [
  method,
  size,
  signatureVersion,
  repeated,
  commonPresent,
  commonFormat,
  action,
  authorization,
  clock,
  key,
  signature,
  replay,
  addresses,
  mfa,
  rateLimit,
  region,
  content,
  cam,
  parameters,
  dryRun
]
