/**
 * The catalogue: which products, versions and actions there are, and which actions declare a code. For programs that learn at run
 * time what they call or serve: the emulator, the command line. A program that knows it imports the product's module.
 *
 * @since 0.1.0
 */
import type * as ProductAction from "./ProductAction.js"

/**
 * The modules of the catalogue, by product and version, oldest first, each loaded when it is asked for.
 *
 * @since 0.1.0
 * @category models
 */
export type Products = Readonly<
  Record<string, Readonly<Record<string, () => Promise<{ readonly product: ProductAction.Product }>>>>
>
