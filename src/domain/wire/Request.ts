/**
 * A call of an action, before it is signed, and the forms in which its parameters travel.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { formatMultipart } from "./internal/formatMultipart.js"
import * as Json from "./Json.js"
import type { Language } from "./Language.js"
import type * as Multipart from "./Multipart.js"
import * as Parameters from "./Parameters.js"
import type { Parameter } from "./SignatureV1.js"
import type { Headers } from "./Wire.js"

/**
 * A call: which action, and its common parameters.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly product: string
  readonly version: string
  readonly action: string
  readonly region?: string | undefined
  readonly language?: Language | undefined
  /** Echoed in the answer's headers. */
  readonly traceId?: string | undefined
  /** The name of the client, for the server's log. */
  readonly client?: string | undefined
}

/**
 * How parameters travel.
 *
 * - `json`: a POST with a JSON body, what most calls are
 * - `query`: a GET; 32 KB at most
 * - `form`: a POST of a form, flat like a query
 * - `multipart`: a POST of parts, for actions with a binary member
 * - `octet-stream`: a POST whose body is the binary member; the others travel in headers
 *
 * @since 0.1.0
 * @category models
 */
export type Encoding = "json" | "query" | "form" | "multipart" | "octet-stream"

/**
 * Parameters in one of these forms.
 *
 * @since 0.1.0
 * @category models
 */
export interface Payload {
  readonly method: "GET" | "POST"
  readonly contentType: string
  /** Encoded, without a `?`; empty for POST. */
  readonly query: string
  readonly body: string | Uint8Array
  /** Headers that carry parameters. */
  readonly headers: Headers
  /** The flat parameters of a query or a form: what signature version 1 signs. */
  readonly parameters: ReadonlyArray<Parameter>
}

/**
 * The flat form of a query or a form.
 *
 * @since 0.1.0
 * @category encoding
 */
export const flatPayload = (encoding: "query" | "form", parameters: ReadonlyArray<Parameter>): Payload => {
  const text = Parameters.format(parameters)
  return {
    method: encoding === "query" ? "GET" : "POST",
    contentType: "application/x-www-form-urlencoded",
    query: encoding === "query" ? text : "",
    body: encoding === "query" ? "" : text,
    headers: {},
    parameters
  }
}

const noHeaders: Headers = {}

const noParameters: ReadonlyArray<Parameter> = []

/** A class, since V8 takes literals that live as long as a call for long-lived. */
class Post implements Payload {
  readonly method = "POST"
  readonly query = ""
  readonly parameters = noParameters

  constructor(
    readonly contentType: string,
    readonly body: string | Uint8Array,
    readonly headers = noHeaders
  ) {}
}

const isBinary = (value: unknown): value is Uint8Array => value instanceof Uint8Array

const asText = (value: unknown): Either.Either<string, string> =>
  typeof value === "object" && value !== null
    ? Either.mapLeft(Json.stringify(value), ({ reason }) => reason)
    : Either.right(String(value))

const parts = (members: Readonly<Record<string, unknown>>): Either.Either<ReadonlyArray<Multipart.Part>, string> =>
  Either.all(
    Object.entries(members)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) =>
        isBinary(value)
          ? Either.right([name, value] as const)
          : Either.map(asText(value), (text) => [name, text] as const)
      )
  )

const octetStream = (product: string, members: Readonly<Record<string, unknown>>): Either.Either<Payload, string> =>
  Either.flatMap(parts(members), (all) => {
    const binary = all.filter(([, value]) => typeof value !== "string")
    const body = binary[0]?.[1]
    if (binary.length !== 1 || body === undefined)
      return Either.left("needs exactly one binary member to travel as octet-stream")
    const headers = all.flatMap(([name, value]) =>
      typeof value === "string" ? [[`x-${product}-${name}`.toLowerCase(), value] as const] : []
    )
    return headers.every(([, value]) => /^[\x20-\x7e]*$/.test(value))
      ? Either.right(new Post("application/octet-stream", body, Object.fromEntries(headers)))
      : Either.left("has a text that no header can carry")
  })

const json = (parameters: unknown): Either.Either<Payload, string> => {
  const text = Json.stringify(parameters)
  return Either.isRight(text) ? Either.right(new Post("application/json", text.right)) : Either.left(text.left.reason)
}

/**
 * Puts parameters, as an action's codec has encoded them, into one of the forms. Fails with a reason, as a clause about the
 * request, where they have no such form. `boundary` separates the parts of a multipart body.
 *
 * @since 0.1.0
 * @category encoding
 */
export const payload = (options: {
  readonly product: string
  readonly encoding: Encoding
  readonly parameters: unknown
  readonly boundary: string
}): Either.Either<Payload, string> => {
  const { encoding, parameters } = options
  if (!Json.isObject(parameters)) return Either.left("is not an object")
  switch (encoding) {
    case "json":
      return json(parameters)
    case "query":
    case "form":
      return Either.map(Parameters.flatten(parameters), (flat) => flatPayload(encoding, flat))
    case "multipart":
      return Either.map(
        parts(parameters),
        (all) => new Post(`multipart/form-data; boundary=${options.boundary}`, formatMultipart(all, options.boundary))
      )
    case "octet-stream":
      return octetStream(options.product, parameters)
  }
}

const present = (entries: ReadonlyArray<readonly [string, string | undefined]>): ReadonlyArray<Parameter> =>
  entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))

/**
 * The names that parameters of signature version 1 have beside those of the action.
 *
 * @since 0.1.0
 * @category constants
 */
export const commonNames: ReadonlySet<string> = new Set([
  "Action",
  "Version",
  "Region",
  "Timestamp",
  "Nonce",
  "SecretId",
  "Signature",
  "SignatureMethod",
  "Token",
  "Language",
  "RequestClient"
])

/**
 * The common parameters as headers, for signature version 3; those of the signature are not among them. They are added to `headers`,
 * where there are some.
 *
 * @since 0.1.0
 * @category encoding
 */
export const commonHeaders = (
  { action, client, language, region, traceId, version }: Request,
  headers: Record<string, string> = {}
): Headers => {
  headers["x-tc-action"] = action
  headers["x-tc-version"] = version
  if (region !== undefined) headers["x-tc-region"] = region
  if (language !== undefined) headers["x-tc-language"] = language
  if (client !== undefined) headers["x-tc-requestclient"] = client
  if (traceId !== undefined) headers["x-tc-traceid"] = traceId
  return headers
}

/**
 * The common parameters as parameters, for signature version 1; those of the signature are not among them.
 *
 * @since 0.1.0
 * @category encoding
 */
export const commonParameters = (request: Request): ReadonlyArray<Parameter> =>
  present([
    ["Action", request.action],
    ["Version", request.version],
    ["Region", request.region],
    ["Language", request.language],
    ["RequestClient", request.client]
  ])
