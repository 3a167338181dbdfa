/**
 * Signs requests with the key of the CredentialProvider and the time of the ClockSync.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import type { CredentialsUnavailable } from "../../domain/errors/ClientError.js"
import type * as Credential from "../../domain/rules/Credential.js"
import * as Request from "../../domain/wire/Request.js"
import * as Signature from "../../domain/wire/Signature.js"
import * as SignatureV1 from "../../domain/wire/SignatureV1.js"
import * as Timestamp from "../../domain/wire/Timestamp.js"
import type { WireRequest } from "../../domain/wire/Wire.js"
import * as Step from "../internal/runtime/step.js"
import { ClockSync } from "./ClockSync.js"
import { CredentialProvider } from "./CredentialProvider.js"
import * as signingKeys from "./internal/signingKeys.js"

/**
 * How a request is signed: with version 3, or with a method of version 1. Only a query or a form can carry version 1.
 *
 * @since 0.1.0
 * @category models
 */
export type SignatureMethod = "TC3-HMAC-SHA256" | SignatureV1.Method

/**
 * A request that only lacks its signature.
 *
 * @since 0.1.0
 * @category models
 */
export interface Draft {
  readonly request: Request.Request
  readonly payload: Request.Payload
  /** The value of the `Host` header. */
  readonly host: string
  /** `SKIP` signs nothing, and needs no credential. */
  readonly method: SignatureMethod | "SKIP"
  /** Whether version 3 signs `UNSIGNED-PAYLOAD` in place of the body. Default: false. */
  readonly unsignedPayload?: boolean | undefined
}

/**
 * Signs requests.
 *
 * @since 0.1.0
 * @category tags
 */
export class Signer extends Context.Tag("effect-tencentcloud/Signer")<
  Signer,
  {
    /** Signs a draft with the current time. The client does so for each attempt. Fails if there is no credential. */
    readonly sign: (draft: Draft) => Effect.Effect<WireRequest, CredentialsUnavailable>
    /** The SecretId that it signs with now, if it has one at hand. With it, the client refuses the emulator's key before it connects. */
    readonly secretId?: Effect.Effect<string, CredentialsUnavailable> | undefined
  }
>() {}

/** The headers of a payload and its host. The caller adds the others. */
const headersOf = ({ host }: Draft, payload: Request.Payload): Record<string, string> => {
  // In the order in which version 3 signs them, so that there is little to sort.
  const headers: Record<string, string> = { "content-type": payload.contentType, host }
  for (const name in payload.headers) headers[name] = payload.headers[name] ?? ""
  return headers
}

const wire = (payload: Request.Payload, headers: Record<string, string>): WireRequest => ({
  method: payload.method,
  path: "/",
  query: payload.query,
  headers,
  body: payload.body
})

const skip = (draft: Draft, timestamp: Timestamp.Timestamp): WireRequest => {
  const headers = headersOf(draft, draft.payload)
  Request.commonHeaders(draft.request, headers)
  headers["x-tc-timestamp"] = String(timestamp)
  headers.authorization = "SKIP"
  return wire(draft.payload, headers)
}

/** A draft that version 3 is about to sign. */
interface UnsignedV3 extends Signature.Scope {
  readonly draft: Draft
  readonly credential: Credential.Credential
  readonly timestamp: Timestamp.Timestamp
}

const signV3 = ({ credential, draft, timestamp }: UnsignedV3, key: Signature.SigningKey): WireRequest => {
  const { secretId, token } = credential
  const { payload, request, unsignedPayload = false } = draft
  const headers = headersOf(draft, payload)
  headers["x-tc-action"] = request.action
  // Signs the headers that are here by now.
  const authorization = Signature.authorization({
    signable: {
      method: payload.method,
      query: payload.query,
      headers,
      payload: unsignedPayload ? Signature.unsignedPayload : payload.body
    },
    timestamp,
    service: request.product,
    secretId,
    key
  })
  Request.commonHeaders(request, headers)
  headers["x-tc-timestamp"] = String(timestamp)
  if (unsignedPayload) headers["x-tc-content-sha256"] = Signature.unsignedPayload
  if (token !== undefined) headers["x-tc-token"] = Redacted.value(token)
  headers.authorization = authorization
  return wire(payload, headers)
}

const signV1 = (
  draft: Draft,
  method: SignatureV1.Method,
  credential: Credential.Credential,
  timestamp: Timestamp.Timestamp,
  nonce: number
): WireRequest => {
  const { payload, request } = draft
  const parameters: ReadonlyArray<SignatureV1.Parameter> = [
    ...payload.parameters,
    ...Request.commonParameters(request),
    ["SecretId", credential.secretId],
    ["Timestamp", String(timestamp)],
    ["Nonce", String(nonce)],
    ["SignatureMethod", method],
    ...(credential.token === undefined ? [] : [["Token", Redacted.value(credential.token)] as const])
  ]
  const source = SignatureV1.source({ method: payload.method, host: draft.host, parameters })
  const signature = SignatureV1.sign(source, method, credential.secretKey)
  const signed = Request.flatPayload(payload.method === "GET" ? "query" : "form", [
    ...parameters,
    ["Signature", signature]
  ])
  const headers = headersOf(draft, signed)
  if (request.traceId !== undefined) headers["x-tc-traceid"] = request.traceId
  return wire(signed, headers)
}

/** A program calls few products with few keys. */
const capacity = 1000

/**
 * Makes a signer. It keeps the keys that it derives for version 3 for their day, and drops them when the credential changes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Signer["Type"], never, CredentialProvider | ClockSync> = Effect.gen(function* () {
  const credentials = yield* CredentialProvider
  const clock = yield* ClockSync
  const signWithKey = signingKeys.make({ capacity, use: signV3 })

  const signed = (
    draft: Draft,
    method: SignatureMethod,
    credential: Credential.Credential,
    timestamp: Timestamp.Timestamp
  ): Effect.Effect<WireRequest> => {
    if (method === "TC3-HMAC-SHA256") {
      const date = Timestamp.utcDay(timestamp)
      const unsigned: UnsignedV3 = { date, service: draft.request.product, draft, credential, timestamp }
      return Effect.succeed(signWithKey(credential, unsigned, unsigned))
    }
    return Effect.map(Random.nextIntBetween(1, 0x7fffffff), (nonce) =>
      signV1(draft, method, credential, timestamp, nonce)
    )
  }

  return {
    secretId: Effect.map(credentials.get, ({ secretId }) => secretId),
    sign: (draft) => {
      const { method } = draft
      return method === "SKIP"
        ? Step.flatMap(clock.now, (timestamp) => Effect.succeed(skip(draft, timestamp)))
        : Step.flatMap2(credentials.get, clock.now, (credential, timestamp) =>
            signed(draft, method, credential, timestamp)
          )
    }
  }
})
