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
  // A few actions have a host of their own below the product: `es.ai.ap-guangzhou.tencentcloudapi.com`.
  const place = labels.length === 4 || labels.length === 5 ? labels.at(-3) : undefined
  const region = isPublic && place?.includes("-") ? place : undefined
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

/** Domains of the real cloud: its API, its console, its storage, and what answers on its machines only. */
const cloudDomains = [
  domain,
  "tencentcloud.com",
  "tencent.com",
  "tencentyun.com",
  "tencentcs.com",
  "tencentcos.cn",
  "myqcloud.com",
  "qcloud.com"
]

const isBelowCloud = (host: string): boolean => {
  const name = host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "")
  // Machines of the cloud reach their metadata service under an address of their own link.
  return name.startsWith("169.254.") || cloudDomains.some((domain) => name === domain || name.endsWith(`.${domain}`))
}

/**
 * Whether a host belongs to the real cloud: a name below one of its domains, or the address of the metadata service. The host may have
 * a port.
 *
 * @since 0.1.0
 * @category predicates
 */
// Most calls of a client go to one host.
export const isCloud: (host: string) => boolean = /* #__PURE__ */ lastValue(isBelowCloud)
