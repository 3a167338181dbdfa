/**
 * The metrics and spans of the client and the gateway.
 *
 * **Calls.** A call makes a span such as `cvm/DescribeInstances`. Each of its attempts makes a span below it,
 * `cvm/DescribeInstances attempt`. The spans of a call that streams end when its answer begins.
 *
 * | attribute | on | value |
 * | --- | --- | --- |
 * | `rpc.system`, `rpc.service`, `rpc.method` | both | `tencentcloud-api`, the product, the action |
 * | `server.address`, `server.port` | both | the host, and its port if it names one |
 * | `cloud.region` | both | the region, if there is one |
 * | `error.type` | both, if they failed | the code, or the tag of a client error |
 * | `tencentcloud.request_id` | both | the RequestId of the answer |
 * | `tencentcloud.attempts` | the call | the number of its attempts |
 *
 * **Requests.** In the gateway, a request makes a span such as `cvm/DescribeInstances` of the kind `server`. The spans of checks and
 * handlers are below it. It ends when the answer ends, also if the answer streams. If no check has found a handler, its name and its
 * action are `_other`: so a caller cannot invent names of spans and labels.
 *
 * | attribute | value |
 * | --- | --- |
 * | `rpc.system`, `rpc.service`, `rpc.method` | `tencentcloud-api`, the product, the action |
 * | `tencentcloud.request_id` | the RequestId of the answer |
 * | `tencentcloud.decided_by` | the check that rejected the request, or `fault`, `handler` or `caller`, as in the journal |
 * | `error.type` | the code of the answer, or how the request ended without a result |
 *
 * No span holds a key, a token, a body, or the service's message for an error.
 *
 * Neither side makes spans under Effect's own tracer, where nobody can see them. The client makes none with `tracing: false`.
 *
 * @since 0.1.0
 */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import type * as MetricKeyType from "effect/MetricKeyType"
import type * as MetricState from "effect/MetricState"

/**
 * Counts calls that have ended. Labels: `rpc.service`, `rpc.method`, `cloud.region` if the call names one and, for a call that failed,
 * `error.type`. That is the family of the error, so that there are few series.
 *
 * @since 0.1.0
 * @category metrics
 */
export const calls: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.client.calls", {
  description: "calls that have ended",
  incremental: true
})

/**
 * Counts attempts that have ended. It has the labels of {@link calls}.
 *
 * @since 0.1.0
 * @category metrics
 */
export const attempts: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.client.attempts", {
  description: "attempts that have ended",
  incremental: true
})

/**
 * Counts attempts that the service throttled. Labels: `rpc.service`, `rpc.method`, and `cloud.region` if the call names one.
 *
 * @since 0.1.0
 * @category metrics
 */
export const throttles: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter(
  "tencentcloud.client.throttles",
  {
    description: "attempts that the service throttled",
    incremental: true
  }
)

/** In seconds, from a call in the same process to the longest that a caller waits for. */
const boundaries = /* #__PURE__ */ MetricBoundaries.fromIterable([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60
])

/**
 * A histogram, in seconds.
 *
 * @since 0.1.0
 * @category models
 */
export type Histogram = Metric.Metric<MetricKeyType.MetricKeyType.Histogram, number, MetricState.MetricState.Histogram>

/**
 * How long calls take, in seconds, waits and retries included. It has the labels of {@link calls}. A call that streams counts until its
 * answer begins.
 *
 * @since 0.1.0
 * @category metrics
 */
export const callDuration: Histogram = /* #__PURE__ */ Metric.histogram(
  "tencentcloud.client.call_duration",
  boundaries,
  "seconds that calls take"
)

/**
 * How long calls wait before an attempt, in seconds: for the client's own rate limit, or for the pause before a retry. An attempt that
 * does not wait is not recorded. Labels: those of {@link throttles}, and `tencentcloud.wait`, which is `throttle` or `retry`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const waitDuration: Histogram = /* #__PURE__ */ Metric.histogram(
  "tencentcloud.client.wait_duration",
  boundaries,
  "seconds that calls wait before an attempt"
)

/**
 * How far the service's clock is ahead of this one, as the client estimates it, in seconds.
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
 * Counts the keys that a provider has found, the first one included.
 *
 * @since 0.1.0
 * @category metrics
 */
export const credentialRefreshes: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter(
  "tencentcloud.client.credential_refreshes",
  { description: "keys that a provider has found", incremental: true }
)

/**
 * Counts requests that have ended. Labels: `rpc.service` and `rpc.method`, both `_other` if no check has found the action. A request
 * without a result also has `error.type`: the family of the answer's code, `interrupted` if the caller hung up, or `broken` if an
 * injected fault broke the connection.
 *
 * @since 0.1.0
 * @category metrics
 */
export const requests: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.gateway.requests", {
  description: "requests that have ended",
  incremental: true
})

/**
 * Counts the checks of the gateway. Labels: `tencentcloud.check`, its name, and `tencentcloud.verdict`, which is `passed`, `refused`,
 * `defect` or `interrupted`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const checks: Metric.Metric.Counter<number> = /* #__PURE__ */ Metric.counter("tencentcloud.gateway.checks", {
  description: "checks of the gateway",
  incremental: true
})
