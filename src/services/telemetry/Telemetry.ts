/**
 * What the client and the gateway tell of themselves: metrics, and spans.
 *
 * A call is a span `cvm/DescribeInstances`, and each of its attempts one below it, `cvm/DescribeInstances attempt`. Both carry
 * `rpc.system`, `rpc.service` (the product), `rpc.method` (the action), `server.address`, `server.port` where there is one,
 * `cloud.region`, and, when they have failed, `error.type`: the code, or the tag of a client error. A call tells its
 * `tencentcloud.attempts`, and both the `tencentcloud.request_id` of the answer. Neither keys and tokens nor bodies are in them,
 * and so not the sentence either that the service says to an error.
 *
 * The spans of a call that streams end when its answer begins.
 *
 * A request is, in the gateway, a span `cvm/DescribeInstances` of the kind `server`, with `rpc.system`, `rpc.service`, `rpc.method`,
 * `tencentcloud.request_id`, `tencentcloud.decided_by` (as the journal names it: the check that refused the request, `fault`,
 * `handler` or `caller`) and, where no result was given out, `error.type`: the code of its answer, or else how it ended. What no
 * check has found a handler for is `_other`, so that a caller's words name neither spans nor labels. The span ends when the
 * answer does, also one that streams. Whatever spans a check or a handler makes are below it.
 *
 * No spans are made where nobody could see them, under Effect's own tracer, nor, by the client, with the option `tracing: false`.
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
export const calls: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.client.calls", {
  description: "calls that have ended",
  incremental: true
})

/**
 * Attempts that have ended. Labels: as of {@link calls}.
 *
 * @since 0.1.0
 * @category metrics
 */
export const attempts: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.client.attempts", {
  description: "attempts that have ended",
  incremental: true
})

/**
 * Attempts that were refused for being too many. Labels: `rpc.service` and `rpc.method`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const throttles: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter(
  "tencentcloud.client.throttles",
  {
    description: "attempts that were refused for being too many",
    incremental: true
  }
)

/**
 * How far the service's clock is ahead of this one, as far as the client knows it, in seconds.
 *
 * @since 0.1.0
 * @category metrics
 */
export const clockOffset: Metric.Metric.Gauge<number> = /* #__PURE__ */ Metric.gauge(
  "tencentcloud.client.clock_offset",
  {
    description: "seconds that the service's clock is ahead"
  }
)

/**
 * Keys that were looked for and found, the first one included.
 *
 * @since 0.1.0
 * @category metrics
 */
export const credentialRefreshes: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter(
  "tencentcloud.client.credential_refreshes",
  { description: "keys that were looked for and found", incremental: true }
)

/**
 * Requests that the gateway is done with. Labels: `rpc.service` and `rpc.method`, both `_other` where no check has found the action,
 * and, where no result was given out, `error.type`: the family of the answer's code, `interrupted` where the caller hung up,
 * or `broken` where an injected fault broke the connection.
 *
 * @since 0.1.0
 * @category metrics
 */
export const requests: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.gateway.requests", {
  description: "requests that have ended",
  incremental: true
})

/**
 * Checks that the gateway has made. Labels: `tencentcloud.check`, its name, and `tencentcloud.verdict`: `passed`, `refused`,
 * `defect` or `interrupted`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const checks: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.gateway.checks", {
  description: "checks that were made",
  incremental: true
})
