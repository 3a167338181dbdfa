/**
 * The parts of a host name of the public domain.
 *
 * @since 0.1.0
 */
import { lastValue } from "../internal/lastValue.js"

/**
 * The public domain.
 *
 * @since 0.1.0
 * @category constants
 */
export const domain = "tencentcloudapi.com"

/**
 * The parts of a host name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Host {
  /** The first label. In a name of the public domain, it is the product. */
  readonly label: string
  /** The region in the name, if it has one. */
  readonly region: string | undefined
  /** Whether the name is of the public domain. */
  readonly isPublic: boolean
}

const split = (name: string): Host => {
  const labels = name.toLowerCase().replace(/:\d+$/, "").split(".")
  const isPublic = labels.slice(-2).join(".") === domain
  const region = isPublic && labels.length === 4 && labels[1]?.includes("-") ? labels[1] : undefined
  return { label: labels[0] ?? "", region, isPublic }
}

/**
 * Splits a host name, with or without a port.
 *
 * @since 0.1.0
 * @category constructors
 */
// Several checks of one request split the same name, and most requests come to the same host.
export const parse: (host: string) => Host = /* #__PURE__ */ lastValue(split)
