/**
 * HTTP as plain values: what a client sends and a gateway answers, without a library's request or response object. Both
 * ends are written against these, and each adapter turns its own objects into them.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import * as utf8 from "./internal/bytes.js"

/**
 * Headers: lower-case names, and values as they were sent.
 *
 * @since 0.1.0
 * @category models
 */
export type Headers = Readonly<Record<string, string>>

/**
 * A request.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireRequest {
  readonly method: string
  /** `/`, for every request that follows the protocol. */
  readonly path: string
  /** The raw query string, still encoded, without its `?`. */
  readonly query: string
  readonly headers: Headers
  readonly body: string | Uint8Array
  /** The address that it came from, where there is one: `203.0.113.7`. */
  readonly address?: string | undefined
}

/**
 * An answer. The status is 200 for errors too: official clients turn any other into an error of their own.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The body of an answer that streams; `body` is then empty. Whoever is given one has to run it, to its end or not. */
  readonly stream?: Stream.Stream<Uint8Array, TransportFault> | undefined
  /** After how many bytes of `body` the connection breaks: with 0 nothing is sent, not even the head. Undefined: it holds. */
  readonly cut?: number | undefined
}

/**
 * The request or its answer did not get through.
 *
 * @since 0.1.0
 * @category models
 */
export class TransportFault extends Data.TaggedError("TransportFault")<{
  /** What the network said. */
  readonly reason: string
  /** Whether the request may have arrived. */
  readonly sent: boolean
  /** Whether a second try would end in the same way: an unknown authority, a proxy's refusal, an answer that is too large. */
  readonly permanent: boolean
  /** Whether no answer was there when the time that the transport was given had passed. */
  readonly late: boolean
}> {
  /** `permanent` and `late` are false where they are not given. */
  constructor(props: TransportFault.Props) {
    super({ ...props, permanent: props.permanent ?? false, late: props.late ?? false })
  }
}

/**
 * What goes with a {@link TransportFault}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace TransportFault {
  /**
   * What one is made from.
   *
   * @since 0.1.0
   * @category models
   */
  export type Props = Pick<TransportFault, "reason" | "sent"> & {
    readonly permanent?: boolean | undefined
    readonly late?: boolean | undefined
  }
}

/**
 * The body as text. Bytes are read as UTF-8.
 *
 * @since 0.1.0
 * @category getters
 */
export const text = (body: string | Uint8Array): string => (typeof body === "string" ? body : utf8.decode(body))

/**
 * The body as text, where it is UTF-8 throughout.
 *
 * @since 0.1.0
 * @category getters
 */
export const exactText = (body: string | Uint8Array): Option.Option<string> =>
  typeof body === "string" ? Option.some(body) : utf8.decodeExactly(body)

/**
 * The body as bytes. Text is written as UTF-8.
 *
 * @since 0.1.0
 * @category getters
 */
export const bytes = (body: string | Uint8Array): Uint8Array => (typeof body === "string" ? utf8.encode(body) : body)

/**
 * The chunks of a body as one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const join = (chunks: ReadonlyArray<Uint8Array>): Uint8Array =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : utf8.concat(chunks)

/**
 * The size of a body in bytes.
 *
 * @since 0.1.0
 * @category getters
 */
export const byteLength = (body: string | Uint8Array): number => bytes(body).byteLength

/**
 * The content type without its parameters, in lower case: `application/json`. Empty where there is none.
 *
 * @since 0.1.0
 * @category getters
 */
export const mediaType = (headers: Headers): string => {
  const type = headers["content-type"] ?? ""
  const end = type.indexOf(";")
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase()
}
