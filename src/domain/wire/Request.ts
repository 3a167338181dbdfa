/**
 * A call of an action before its signature, and the encodings of its parameters.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { formatMultipart, type Part } from "./internal/formatMultipart.js"
import * as Json from "./Json.js"
import type { Language } from "./Language.js"
import * as Parameters from "./Parameters.js"
import type { Parameter } from "./SignatureV1.js"
import type { Headers } from "./Wire.js"

/**
 * A call: its action and its common parameters.
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
  /** The answer repeats it in its headers. */
  readonly traceId?: string | undefined
  /** The name of the client. The server logs it. */
  readonly client?: string | undefined
}

/**
 * How a request encodes its parameters.
 *
 * - `json`: a POST with a JSON body, as most calls have
 * - `query`: a GET with at most 32 KB
 * - `form`: a POST of a form, as flat as a query
 * - `multipart`: a POST of parts, for actions with a binary member
 * - `octet-stream`: a POST whose body is the binary member, with all other members in headers
 *
 * @since 0.1.0
 * @category models
 */
export type Encoding = "json" | "query" | "form" | "multipart" | "octet-stream"

/**
 * Parameters in one of these encodings.
 *
 * @since 0.1.0
 * @category models
 */
export interface Payload {
  readonly method: "GET" | "POST"
  readonly contentType: string
  /** Encoded, and without a `?`. Empty for POST. */
  readonly query: string
  readonly body: string | Uint8Array
  /** The headers that hold parameters. */
  readonly headers: Headers
  /** The flat parameters of a query or a form, which signature version 1 signs. */
  readonly parameters: ReadonlyArray<Parameter>
}

/**
 * Encodes flat parameters as a query or a form.
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

/** A class, because V8 puts literals that live as long as a call into old space: docs/performance.md, P4. */
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

const parts = (members: Readonly<Record<string, unknown>>): Either.Either<ReadonlyArray<Part>, string> =>
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
 * Encodes parameters that an action's codec has written. Fails with a clause about the request if they have no such encoding.
 * `boundary` separates the parts of a multipart body.
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
    case "form": {
      const hollow = Parameters.findHollow(parameters)
      return hollow === undefined
        ? Either.map(Parameters.flatten(parameters), (flat) => flatPayload(encoding, flat))
        : Either.left(`${hollow}, and a ${encoding} cannot carry it: use JSON`)
    }
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
 * The names of the common parameters in signature version 1.
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
 * Writes the common parameters as headers, for signature version 3, without those of the signature itself. Adds them to
 * `headers`, which is a new object by default.
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
 * Writes the common parameters as parameters, for signature version 1, without those of the signature itself.
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
