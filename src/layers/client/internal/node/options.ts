/** The options of the transport for Node. */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"

/**
 * Limits on connections, time and size, and how to reach a host. Timeouts are accurate to about a second; `Infinity` is no limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The most connections to one host. Further calls wait for a free one, until their `deadline`. Default: 64. */
  readonly connections?: number | undefined
  /** The time limit of each step of connecting: to the host or its proxy, the proxy's tunnel, TLS. Default: 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /** The time limit from the request to the headers of its response. Default: 5 minutes. */
  readonly headersTimeout?: Duration.DurationInput | undefined
  /** The longest pause within the body of a response, on either side. Default: 5 minutes. */
  readonly bodyTimeout?: Duration.DurationInput | undefined
  /** How long an idle connection may be used again if the server does not say. Default: 4 seconds. */
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  /** The most bytes that a response may have, before decompression and after. Default: 64 MB. */
  readonly maxBodySize?: number | undefined
  /** Certificates of authorities to trust besides Node's own: one PEM text or several. Default: none. */
  readonly ca?: string | ReadonlyArray<string> | undefined
  /**
   * The URL of an HTTP proxy, with a user and a password if it needs them, or `false` for none. Default: what the environment says,
   * read as curl reads it. For `https` that is `https_proxy`, `HTTPS_PROXY`, `all_proxy` or `ALL_PROXY`. For `http` it is `http_proxy`
   * in lower case alone, `all_proxy` or `ALL_PROXY`. The hosts in `no_proxy` or `NO_PROXY` need no proxy.
   */
  readonly proxy?: string | Redacted.Redacted | false | undefined
}
