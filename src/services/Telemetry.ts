/**
 * What the client tells of itself: metrics, and spans.
 *
 * A call is a span `cvm/DescribeInstances`, and each of its attempts one below it, `cvm/DescribeInstances attempt`. Both carry
 * `rpc.system`, `rpc.service` (the product), `rpc.method` (the action), `server.address`, `server.port` where there is one,
 * `cloud.region`, and, when they have failed, `error.type`: the code, or the tag of a client error. A call tells its
 * `tencentcloud.attempts`, and both the `tencentcloud.request_id` of the answer. Neither keys and tokens nor bodies are in them,
 * and so not the sentence either that the service says to an error.
 *
 * The spans of a call that streams end when its answer begins.
 *
 * No spans are made where nobody could see them, under Effect's own tracer, nor with the option `tracing: false`.
 *
 * @since 0.1.0
 */
import * as Metric from "effect/Metric"

/**
 * Calls that have ended. Labels: `rpc.service`, `rpc.method` and, of those that failed, `error.type`: the family of the error,
 * so that there are few.
 *
 * @since 0.1.0
 * @category metrics
 */
export const calls: Metric.Metric.Counter<number> = Metric.counter("tencentcloud.client.calls", {
  description: "calls that have ended",
  incremental: true
})

/**
 * Attempts that have ended. Labels: as of {@link calls}.
 *
 * @since 0.1.0
 * @category metrics
 */
export const attempts: Metric.Metric.Counter<number> = Metric.counter("tencentcloud.client.attempts", {
  description: "attempts that have ended",
  incremental: true
})

/**
 * Attempts that were refused for being too many. Labels: `rpc.service` and `rpc.method`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const throttles: Metric.Metric.Counter<number> = Metric.counter("tencentcloud.client.throttles", {
  description: "attempts that were refused for being too many",
  incremental: true
})

/**
 * How far the service's clock is ahead of this one, as far as the client knows it, in seconds.
 *
 * @since 0.1.0
 * @category metrics
 */
export const clockOffset: Metric.Metric.Gauge<number> = Metric.gauge("tencentcloud.client.clock_offset", {
  description: "seconds that the service's clock is ahead"
})

/**
 * Keys that were looked for and found, the first one included.
 *
 * @since 0.1.0
 * @category metrics
 */
export const credentialRefreshes: Metric.Metric.Counter<number> = Metric.counter(
  "tencentcloud.client.credential_refreshes",
  { description: "keys that were looked for and found", incremental: true }
)
