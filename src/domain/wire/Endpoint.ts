/**
 * The address of a product: a host, and whether to use TLS.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Host from "./Host.js"
import * as Region from "./Region.js"

/**
 * A host, and the protocol to call it with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint {
  readonly protocol: "https" | "http"
  /** The host name, with a port if it is not the protocol's own: `cvm.tencentcloudapi.com`, `127.0.0.1:9140`. */
  readonly host: string
}

/**
 * Returns the public endpoint of a product: the nearest one, or the one of a region.
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
  host: region === undefined ? `${product}.${Host.domain}` : `${product}.${region}.${Host.domain}`
})

const form = /^(?:(https?):\/\/)?((?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?)\/?$/

const expectedHost =
  "a host name such as `cvm.tencentcloudapi.com`, with `http://` or `https://` and a port where needed"

/**
 * Parses an endpoint: a host name, with or without a port, and with or without `https://` or `http://` before it. Fails with
 * a description of what it expects.
 *
 * The host is written as `Host` sends it, and as a signature covers it: in lower case, without the protocol's own port, and
 * with an address in its short form.
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
 * An endpoint of a product, as an option of a client chooses it:
 *
 * - `{ site: "product" }`: `cvm.tencentcloudapi.com`, the nearest region
 * - `{ site: "intl" }`: `cvm.intl.tencentcloudapi.com`, the international site
 * - `{ site: "internal" }`: `cvm.internal.tencentcloudapi.com`, from inside the cloud
 * - `{ region: "ap-guangzhou" }`: `cvm.ap-guangzhou.tencentcloudapi.com`, one region
 * - a text: any host, with `http://` and a port where needed
 *
 * @since 0.1.0
 * @category models
 */
export type Choice = string | { readonly site: "product" | "intl" | "internal" } | { readonly region: string }

const expectedChoice =
  'a host name such as `cvm.tencentcloudapi.com`, with `http://` or `https://` and a port where needed, or `{ site: "product" }`, `{ site: "intl" }`, `{ site: "internal" }` or `{ region: "ap-guangzhou" }`'

/**
 * Returns the endpoint of a product that a choice names. Fails with a description of what it expects.
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
  // A program that is not type-checked can pass anything.
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
