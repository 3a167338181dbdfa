/**
 * HTTP as plain values: the request that a client sends, and the answer that a gateway returns. The client and the gateway
 * use only these. Each adapter converts the objects of its own HTTP library to them.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Stream from "effect/Stream"

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
  /** `/` for every request that follows the protocol. */
  readonly path: string
  /** The raw query string: still encoded, and without its `?`. */
  readonly query: string
  readonly headers: Headers
  readonly body: string | Uint8Array
  /** The address of the sender, if it is known: `203.0.113.7`. */
  readonly address?: string | undefined
}

/**
 * An answer. Its status is 200 for errors too, because official clients turn any other status into an error of their own.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The body of an answer that streams. `body` is then empty. The receiver must run the stream, to its end or not. */
  readonly stream?: Stream.Stream<Uint8Array, TransportFault> | undefined
  /**
   * The number of bytes of `body` after which the connection breaks. With 0 nothing is sent, not even the headers. Default:
   * the connection does not break.
   */
  readonly cut?: number | undefined
}

/**
 * The failure of a transport: the request or its answer did not get through.
 *
 * @since 0.1.0
 * @category models
 */
export class TransportFault extends Data.TaggedError("TransportFault")<{
  /** The network's own message. */
  readonly reason: string
  /** Whether the request may have arrived. */
  readonly sent: boolean
  /** Whether another try would fail in the same way, as with an unknown authority or an answer that is too large. */
  readonly permanent: boolean
  /** Whether the transport's time was over before the answer arrived. */
  readonly late: boolean
}> {
  /** `permanent` and `late` are false by default. */
  constructor(props: TransportFault.Props) {
    super({ ...props, permanent: props.permanent ?? false, late: props.late ?? false })
  }
}

/**
 * The fields of a {@link TransportFault}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace TransportFault {
  /**
   * The fields of a new fault.
   *
   * @since 0.1.0
   * @category models
   */
  export type Props = Pick<TransportFault, "reason" | "sent"> & {
    readonly permanent?: boolean | undefined
    readonly late?: boolean | undefined
  }
}
