/** The names that the client and the gateway both use for what they measure. */
import * as Data from "effect/Data"
import type { Action } from "../../../domain/contract/Action.js"
import * as Metrics from "../../internal/runtime/metric.js"

/** What identifies an action in a metric and in a span. */
export type Named = Pick<Action.Any, "product" | "name">

export type Labels = Metrics.Labels

/** Adds one to a counter: `increment` of the runtime. */
export const unsafeCount = Metrics.increment

/** Records a value in a histogram: `record` of the runtime. */
export const unsafeRecord = Metrics.record

const known = new WeakMap<Named, Map<string, Map<string, Labels>>>()

/** A program that makes up regions must not make series without end. */
const maxRegions = 100

const labelsIn = (action: Named, region: string): Map<string, Labels> => {
  let regions = known.get(action)
  if (regions === undefined) {
    regions = new Map()
    known.set(action, regions)
  }
  const found = regions.get(region)
  if (found !== undefined) return found
  if (regions.size > maxRegions && region !== other) return labelsIn(action, other)
  const made = new Map<string, Labels>()
  regions.set(region, made)
  return made
}

const other = "_other"

/** The labels of an action, of its error if there is one, and of the region if the call names one. */
export const labelsOf = (action: Named, error = "", region = ""): Labels => {
  const labels = labelsIn(action, region)
  let found = labels.get(error)
  if (found === undefined) {
    found = Metrics.labels({
      "rpc.service": action.product,
      "rpc.method": action.name,
      ...(region === "" ? {} : { "cloud.region": labels === known.get(action)?.get(other) ? other : region }),
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
