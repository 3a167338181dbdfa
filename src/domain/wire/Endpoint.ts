/**
 * Where a product is called: a host, and whether over TLS.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Region from "./Region.js"

/**
 * A host, and the protocol that it is called by.
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint {
  readonly protocol: "https" | "http"
  /** The name, with a port where it is not the protocol's own: `cvm.tencentcloudapi.com`, `127.0.0.1:9140`. */
  readonly host: string
}

const domain = "tencentcloudapi.com"

/**
 * The public endpoint of a product: the nearest, or the one of a region.
 *
 * @example
 * ```ts
 * import * as Endpoint from "effect-tencentcloud/Endpoint"
 *
 * Endpoint.ofProduct("cvm").host // "cvm.tencentcloudapi.com"
 * Endpoint.ofProduct("cvm", "ap-guangzhou").host // "cvm.ap-guangzhou.tencentcloudapi.com"
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofProduct = (product: string, region?: string): Endpoint => ({
  protocol: "https",
  host: region === undefined ? `${product}.${domain}` : `${product}.${region}.${domain}`
})

const form = /^(?:(https?):\/\/)?((?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?)\/?$/

const expectedHost =
  "a host name such as `cvm.tencentcloudapi.com`, with `http://` or `https://` and a port where needed"

/**
 * Reads an endpoint: a host name, with or without a port, with or without `https://` or `http://` before it. The host comes out as
 * it is sent in `Host`, and so has to be signed: in lower case, without the protocol's own port, an address in its short form.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromString = (text: string): Either.Either<Endpoint, string> => {
  const [, protocol, host, port] = form.exec(text) ?? []
  if (host === undefined || Number(port ?? 1) === 0) return Either.left(expectedHost)
  const url = `${protocol ?? "https"}://${host}`
  return URL.canParse(url)
    ? Either.right({ protocol: protocol === "http" ? "http" : "https", host: new URL(url).host })
    : Either.left(expectedHost)
}

/**
 * What a host name says.
 *
 * @since 0.1.0
 * @category models
 */
export interface Host {
  /** The first label, which is the product where the name is one of the public domain. */
  readonly label: string
  /** The region that it is pinned to. */
  readonly region: string | undefined
  /** Whether it is under the public domain. */
  readonly isPublic: boolean
}

/**
 * What a host name under the public domain says: its product, and the region that it is pinned to.
 *
 * @since 0.1.0
 * @category getters
 */
export const parseHost = (host: string): Host => {
  if (host !== last.name) last = { name: host, host: readHost(host) }
  return last.host
}

const readHost = (name: string): Host => {
  const labels = name.toLowerCase().replace(/:\d+$/, "").split(".")
  const isPublic = labels.slice(-2).join(".") === domain
  const region = isPublic && labels.length === 4 && labels[1]?.includes("-") ? labels[1] : undefined
  return { label: labels[0] ?? "", region, isPublic }
}

/** Several checks ask the same of one request, and most requests come to one host. */
let last: { readonly name: string; readonly host: Host } = { name: "", host: readHost("") }

/**
 * Where a product is called, as an option says it:
 *
 * - `{ site: "product" }`: `cvm.tencentcloudapi.com`, the nearest region
 * - `{ site: "intl" }`: `cvm.intl.tencentcloudapi.com`, the international site
 * - `{ site: "internal" }`: `cvm.internal.tencentcloudapi.com`, from inside the cloud
 * - `{ region: "ap-guangzhou" }`: `cvm.ap-guangzhou.tencentcloudapi.com`, pinned to a region
 * - a text: any host, with `http://` and a port where needed
 *
 * @since 0.1.0
 * @category models
 */
export type Choice = string | { readonly site: "product" | "intl" | "internal" } | { readonly region: string }

const expectedChoice =
  'a host name such as `cvm.tencentcloudapi.com`, with `http://` or `https://` and a port where needed, or `{ site: "product" }`, `{ site: "intl" }`, `{ site: "internal" }` or `{ region: "ap-guangzhou" }`'

/**
 * The endpoint of a product by a choice. Fails with what was expected where the choice is none.
 *
 * @example
 * ```ts
 * import * as Endpoint from "effect-tencentcloud/Endpoint"
 *
 * Endpoint.ofChoice("cvm", { site: "intl" }) // right({ protocol: "https", host: "cvm.intl.tencentcloudapi.com" })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofChoice = (product: string, choice: Choice): Either.Either<Endpoint, string> => {
  if (typeof choice === "string") return fromString(choice)
  // Programs that are not type-checked give anything.
  if (typeof choice !== "object" || choice === null) return Either.left(expectedChoice)
  if ("region" in choice) {
    return typeof choice.region === "string" && Region.isRegion(choice.region)
      ? Either.right(ofProduct(product, choice.region))
      : Either.left("`{ region }` with the name of a region, such as `ap-guangzhou`")
  }
  switch (choice.site) {
    case "product":
      return Either.right(ofProduct(product))
    case "intl":
    case "internal":
      return Either.right(ofProduct(product, choice.site))
    default:
      return Either.left(expectedChoice)
  }
}
