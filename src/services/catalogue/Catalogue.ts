/**
 * Lists the products of the cloud, with their versions, actions and error codes.
 *
 * It is for programs that learn at run time what they call or serve, such as the emulator. Any other program imports the module of a
 * product.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as ProductAction from "./ProductAction.js"

/**
 * The modules of the catalogue, by product and version, the oldest version first. Each is loaded on demand.
 *
 * @since 0.1.0
 * @category models
 */
export type Products = Readonly<
  Record<string, Readonly<Record<string, () => Promise<{ readonly product: ProductAction.Product }>>>>
>

/**
 * The products, versions and actions of the cloud. A look-up loads the modules that it needs, each once. If a module cannot be loaded,
 * the look-up dies.
 *
 * @since 0.1.0
 * @category tags
 */
export class Catalogue extends Context.Tag("effect-tencentcloud/Catalogue")<
  Catalogue,
  {
    /** The names of the products, in the order of the modules. */
    readonly products: ReadonlyArray<string>
    /** The versions of a product, the oldest first. Empty if there is no such product. */
    readonly versions: (product: string) => ReadonlyArray<string>
    /** Returns a product with all its actions. Default version: the newest. */
    readonly product: (name: string, version?: string) => Effect.Effect<Option.Option<ProductAction.Product>>
    /** Returns an action. Without a version, it is the newest version that has the action. */
    readonly action: (
      product: string,
      version: string | undefined,
      name: string
    ) => Effect.Effect<Option.Option<ProductAction.Member>>
    /** Returns the actions that declare exactly this code. The first call loads every module. */
    readonly declaring: (code: string) => Effect.Effect<ReadonlyArray<ProductAction.Member>>
    /** Every action of every version, product after product. */
    readonly actions: Stream.Stream<ProductAction.Member>
    /** Returns the actions whose product or name contains each word of a text, in upper or lower case. */
    readonly search: (text: string) => Stream.Stream<ProductAction.Member>
  }
>() {}

const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** Loads modules, each once. */
const makeLoader = (products: Products) => {
  // A promise outlives the fiber that asked first, so that others can wait for it too.
  const loading = new Map<string, Promise<ProductAction.Product>>()
  const loaded = new Map<string, ProductAction.Product>()

  const start = (key: string, load: () => Promise<{ readonly product: ProductAction.Product }>) => {
    const started = load().then(
      ({ product }) => {
        loaded.set(key, product)
        return product
      },
      (cause) => {
        loading.delete(key)
        throw cause
      }
    )
    loading.set(key, started)
    return started
  }

  return (name: string, version: string): Effect.Effect<Option.Option<ProductAction.Product>> =>
    Effect.suspend(() => {
      const key = `${name} ${version}`
      const known = loaded.get(key)
      if (known !== undefined) return Effect.succeedSome(known)
      const load = own(own(products, name) ?? {}, version)
      if (load === undefined) return Effect.succeedNone
      return Effect.asSome(Effect.promise(() => loading.get(key) ?? start(key, load)))
    })
}

type ByCode = ReadonlyMap<string, ReadonlyArray<ProductAction.Member>>

const indexByCode = (members: Iterable<ProductAction.Member>): ByCode => {
  const byCode = new Map<string, Array<ProductAction.Member>>()
  for (const member of members) {
    for (const { code } of member.action.errors) {
      const known = byCode.get(code)
      if (known === undefined) byCode.set(code, [member])
      else known.push(member)
    }
  }
  return byCode
}

const search = (actions: Catalogue["Type"]["actions"], text: string): Catalogue["Type"]["actions"] => {
  const words = text.toLowerCase().split(/\s+/)
  return Stream.filter(actions, ({ action }) => {
    const subject = `${action.product} ${action.name}`.toLowerCase()
    return words.every((word) => subject.includes(word))
  })
}

/**
 * Makes the service from modules: `products` of `effect-tencentcloud/products`, or some of them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (products: Products): Effect.Effect<Catalogue["Type"]> =>
  Effect.sync(() => {
    const load = makeLoader(products)
    const versions = (name: string): ReadonlyArray<string> => Object.keys(own(products, name) ?? {})
    const modules = Object.keys(products).flatMap((name) => versions(name).map((version) => ({ name, version })))

    const actions = Stream.mapConcatEffect(Stream.fromIterable(modules), ({ name, version }) =>
      Effect.map(
        load(name, version),
        Option.match({ onNone: () => [], onSome: ({ actions }) => Object.values(actions) })
      )
    )

    let index: ByCode | undefined
    const indexed = Effect.suspend(() =>
      index !== undefined
        ? Effect.succeed(index)
        : Effect.map(Stream.runCollect(actions), (members) => {
            index ??= indexByCode(members)
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
      declaring: (code) => Effect.map(indexed, (index) => index.get(code) ?? []),
      actions,
      search: (text) => search(actions, text)
    }
  })
