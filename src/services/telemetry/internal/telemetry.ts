/** The names that the client and the gateway both use for what they measure. */
import * as Data from "effect/Data"
import type { Action } from "../../../domain/contract/Action.js"
import * as Metrics from "../../internal/runtime/metric.js"

/** What identifies an action in a metric and in a span. */
export type Named = Pick<Action.Any, "product" | "name">

export type Labels = Metrics.Labels

/** Adds one to a counter: `increment` of the runtime. */
export const unsafeCount = Metrics.increment

const known = new WeakMap<Named, Map<string, Labels>>()

/** The labels of an action, and of its error if there is one. */
export const labelsOf = (action: Named, error = ""): Labels => {
  let labels = known.get(action)
  if (labels === undefined) {
    labels = new Map()
    known.set(action, labels)
  }
  let found = labels.get(error)
  if (found === undefined) {
    found = Metrics.labels({
      "rpc.service": action.product,
      "rpc.method": action.name,
      ...(error === "" ? {} : { "error.type": error })
    })
    labels.set(error, found)
  }
  return found
}

/** A failure as a span shows it. */
export class SpanError extends Data.Error<{ readonly type: string; readonly message: string }> {
  override get name() {
    return this.type
  }
}

/** The attributes that every span of an action has. */
export const actionAttributes = ({ name, product }: Named): Record<string, unknown> => ({
  "rpc.system": "tencentcloud-api",
  "rpc.service": product,
  "rpc.method": name
})
