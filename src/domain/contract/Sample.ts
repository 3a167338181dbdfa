/**
 * Makes samples of shapes: requests that pass their own check, and responses as the service might give them. A sample is
 * pure: the same shape, seed and time give the same sample.
 *
 * A member's name and type decide what its value looks like. `InstanceId` is `ins-1a2b3c4d`, `Zone` is one of the request's
 * region, `CreatedTime` is some days ago, and `PrivateIpAddress` is an address of a private network.
 *
 * @since 0.1.0
 */
import { PCGRandom } from "effect/Utils"
import * as Json from "../wire/Json.js"
import { drawObject } from "./internal/sample/object.js"
import { withoutPage } from "./internal/sample/page.js"
import type { Scene } from "./internal/sample/plausible.js"
import { type Event, hash, isScalar, valuesOf, type Wanted } from "./internal/sample/wanted.js"
import type { Table } from "./internal/shapeTable.js"
import type { Paging } from "./Paging.js"

/**
 * The options of a sample.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly seed: string | number
  /** The times of the sample are near this time, in milliseconds since the epoch. */
  readonly now: number
  /** Default: `ap-guangzhou`. */
  readonly region?: string | undefined
  /** The product. Ids begin differently in each: an instance is `ins-…`, `crs-…` or `cmgo-…`. */
  readonly product?: string | undefined
}

/**
 * The options of a request's sample.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestOptions extends Options {
  /** Which optional members the sample has. Default: `some`. */
  readonly optional?: "none" | "some" | "all" | undefined
}

/**
 * The options of a response's sample.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResponseOptions extends Options {
  /** The request. Its ids come back in the response, and the response has the page that it wants. */
  readonly request?: unknown
  readonly paging?: Paging | undefined
}

/** How many objects a sample may have. */
const maxObjects = 200

const sceneOf = (options: Options, region: string | undefined, random: PCGRandom): Scene => ({
  random,
  now: options.now,
  region: region ?? "ap-guangzhou",
  product: options.product ?? ""
})

/**
 * Makes a request that passes its own check.
 *
 * It never asks for a dry run or a stream, because both have another kind of answer. It asks for the first page.
 *
 * @since 0.1.0
 * @category samples
 */
export const request = (table: Table, options: RequestOptions): Readonly<Record<string, unknown>> =>
  drawObject(
    table,
    {
      ...sceneOf(options, options.region, new PCGRandom(hash(options.seed), hash(table[0]))),
      optional: options.optional ?? "some",
      wanted: undefined,
      left: maxObjects
    },
    0
  )

const regionOf = (options: ResponseOptions, values: Wanted["values"]): string | undefined => {
  const [region] = values.get("Region") ?? []
  return options.region ?? (typeof region === "string" ? region : undefined)
}

const answer = (table: Table, options: ResponseOptions, event?: Event): Readonly<Record<string, unknown>> => {
  const { paging, seed } = options
  const request = Json.isObject(options.request) ? options.request : {}
  const values = valuesOf(request)
  const region = regionOf(options, values)
  const hashOfAll = hash([seed, table[0], options.product, region, withoutPage(request, paging)])
  const wanted: Wanted = { seed, hash: hashOfAll, values, request, paging, event }
  return drawObject(
    table,
    {
      ...sceneOf(options, region, new PCGRandom(hashOfAll, event?.index ?? 0)),
      optional: "all",
      wanted,
      left: maxObjects
    },
    0,
    { wanted, path: "" }
  )
}

/**
 * Makes a response with all of its members.
 *
 * - Values of the request come back in members of the same name. So do the objects whose ids a list or a filter names.
 * - A list that comes in pages has an end. The response has the page that the request wants, counts cover the whole list, and
 *   the token of the last page is empty.
 * - An object is the same on every page, and whenever a request names its id.
 *
 * @since 0.1.0
 * @category samples
 */
export const response = (table: Table, options: ResponseOptions): Readonly<Record<string, unknown>> =>
  answer(table, options)

/**
 * Makes the events of a stream that answers a request. There are three, and the last one has a finish reason.
 *
 * @since 0.1.0
 * @category samples
 */
export const events = (table: Table, options: ResponseOptions): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  const [first, ...rest] = [0, 1, 2].map((index) => answer(table, options, { index, last: index === 2 }))
  // Members that identify the answer are the same in all of its events.
  const common = Object.fromEntries(Object.entries(first ?? {}).filter(([, value]) => isScalar(value)))
  return [{ ...first }, ...rest.map((event) => ({ ...event, ...common }))]
}
