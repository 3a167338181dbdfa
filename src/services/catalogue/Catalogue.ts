/**
 * The catalogue: which products, versions and actions there are, and which actions declare a code. For programs that learn at run
 * time what they call or serve: the emulator, the command line. A program that knows it imports the product's module.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
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

/**
 * What there is. A look-up loads the modules that it needs, each once, however many ask for it at the same time. A module that
 * cannot be loaded is a defect.
 *
 * @since 0.1.0
 * @category tags
 */
export class Catalogue extends Context.Tag("effect-tencentcloud/Catalogue")<
  Catalogue,
  {
    /** The names of the products, in the order of the modules. */
    readonly products: ReadonlyArray<string>
    /** The versions of a product, oldest first; empty where there is no such product. */
    readonly versions: (product: string) => ReadonlyArray<string>
    /** A product with all its actions, in its newest version, or in another one. */
    readonly product: (name: string, version?: string) => Effect.Effect<Option.Option<ProductAction.Product>>
    /** An action, in the newest version that has it, or in another one. */
    readonly action: (
      product: string,
      version: string | undefined,
      name: string
    ) => Effect.Effect<Option.Option<ProductAction.Member>>
    /** The actions that declare a code, letter for letter. Asked for the first time, it loads every module. */
    readonly declaring: (code: string) => Effect.Effect<ReadonlyArray<ProductAction.Member>>
    /** Every action of every version, product after product. */
    readonly actions: Stream.Stream<ProductAction.Member>
    /** The actions in whose product or name each word of a text stands, whatever its case. */
    readonly search: (text: string) => Stream.Stream<ProductAction.Member>
  }
>() {}

const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/**
 * Makes the service out of the modules: `products` of `effect-tencentcloud/products`, or some of them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (products: Products): Effect.Effect<Catalogue["Type"]> =>
  Effect.sync(() => {
    const modules = Object.entries(products).flatMap(([name, versions]) =>
      Object.keys(versions).map((version) => ({ name, version }))
    )
    const versions = (name: string): ReadonlyArray<string> => Object.keys(own(products, name) ?? {})

    // A promise outlives the fiber that asked first, so that others may wait for it too.
    const loading = new Map<string, Promise<ProductAction.Product>>()
    const loaded = new Map<string, ProductAction.Product>()
    const load = (name: string, version: string): Effect.Effect<Option.Option<ProductAction.Product>> =>
      Effect.suspend(() => {
        const key = `${name} ${version}`
        const known = loaded.get(key)
        if (known !== undefined) return Effect.succeedSome(known)
        const module = own(own(products, name) ?? {}, version)
        if (module === undefined) return Effect.succeedNone
        const begin = () => {
          const begun = module().then(
            ({ product }) => {
              loaded.set(key, product)
              return product
            },
            (cause) => {
              loading.delete(key)
              throw cause
            }
          )
          loading.set(key, begun)
          return begun
        }
        return Effect.asSome(Effect.promise(() => loading.get(key) ?? begin()))
      })

    const all = Stream.mapConcatEffect(Stream.fromIterable(modules), ({ name, version }) =>
      Effect.map(
        load(name, version),
        Option.match({ onNone: () => [], onSome: ({ actions }) => Object.values(actions) })
      )
    )

    let index: ReadonlyMap<string, ReadonlyArray<ProductAction.Member>> | undefined
    const declaring = Effect.suspend(() =>
      index !== undefined
        ? Effect.succeed(index)
        : Effect.map(Stream.runCollect(all), (members) => {
            const made = new Map<string, Array<ProductAction.Member>>()
            for (const member of members) {
              for (const { code } of member.action.errors) {
                const known = made.get(code)
                if (known === undefined) made.set(code, [member])
                else known.push(member)
              }
            }
            index ??= made
            return index
          })
    )

    return {
      products: Object.keys(products),
      versions,
      product: (name, version = versions(name).at(-1) ?? "") => load(name, version),
      action: (product, version, name) =>
        Effect.gen(function* () {
          for (const each of version === undefined ? versions(product).toReversed() : [version]) {
            const found = Option.flatMapNullable(yield* load(product, each), ({ actions }) => own(actions, name))
            if (Option.isSome(found)) return found
          }
          return Option.none()
        }),
      declaring: (code) => Effect.map(declaring, (index) => index.get(code) ?? []),
      actions: all,
      search: (text) => {
        const words = text.toLowerCase().split(/\s+/)
        return Stream.filter(all, ({ action }) => {
          const subject = `${action.product} ${action.name}`.toLowerCase()
          return words.every((word) => subject.includes(word))
        })
      }
    }
  })
