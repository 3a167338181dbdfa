/**
 * The ways to provide the catalogue.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Catalogue from "../../services/catalogue/Catalogue.js"
import type { Product } from "../../services/catalogue/ProductAction.js"

export * from "../../services/catalogue/Catalogue.js"

/**
 * Loads modules on demand: all products, or some.
 *
 * @example
 * ```ts
 * import { products } from "effect-tencentcloud/products"
 * import * as Catalogue from "effect-tencentcloud/Catalogue"
 *
 * export const CatalogueLive = Catalogue.layer(products)
 *
 * export const DatabasesLive = Catalogue.layer({ cdb: products.cdb ?? {}, redis: products.redis ?? {} })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (products: Catalogue.Products): Layer.Layer<Catalogue.Catalogue> =>
  Layer.effect(Catalogue.Catalogue, Catalogue.make(products))

/**
 * Lists products whose modules your program imports.
 *
 * @example
 * ```ts
 * import { product as cvm } from "effect-tencentcloud/products/cvm"
 * import { product as vpc } from "effect-tencentcloud/products/vpc"
 * import * as Catalogue from "effect-tencentcloud/Catalogue"
 *
 * export const CatalogueLive = Catalogue.layerOf([cvm, vpc])
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerOf = (products: Iterable<Product>): Layer.Layer<Catalogue.Catalogue> => {
  const modules: Record<string, Record<string, () => Promise<{ readonly product: Product }>>> = {}
  for (const product of [...products].sort((one, other) => (one.version < other.version ? -1 : 1))) {
    modules[product.name] = { ...modules[product.name], [product.version]: () => Promise.resolve({ product }) }
  }
  return layer(modules)
}
