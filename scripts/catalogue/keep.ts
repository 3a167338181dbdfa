/** What an update keeps of the current catalogue, where the newer one does not know it. */
import * as Catalogue from "./catalogue.js"
import * as Facts from "./facts.js"
import * as Hints from "./hints.js"

type Action = Catalogue.Action

/** The codes of a newer version, and those of the current one if the newer sources do not tell all. */
const codesOf = (before: Catalogue.Version, after: Catalogue.Version, isUntold: boolean): ReadonlyArray<string> =>
  isUntold ? [...new Set([...after.codes, ...before.codes])].sort() : after.codes

/** A newer version, with what its sources do not tell. A new action whose codes are not told declares all of its version. */
const keepUntold = (before: Catalogue.Version, after: Catalogue.Version): Catalogue.Version => {
  const untold = new Set(after.untold)
  const codes = codesOf(before, after, untold.has("codes"))
  const places = new Map(codes.map((code, index) => [code, index]))
  const placesOf = ({ errors }: Action, version: Catalogue.Version) =>
    errors.flatMap((index) => places.get(version.codes[index] ?? "") ?? [])
  const errorsOf = (name: string, old: Action | undefined, action: Action): ReadonlyArray<number> => {
    if (!untold.has(`errors.${name}`)) return placesOf(action, after)
    return old === undefined ? [...places.values()] : placesOf(old, before)
  }
  const actions = Object.entries(after.actions).map(([name, action]): [string, Action] => {
    const old = Object.hasOwn(before.actions, name) ? before.actions[name] : undefined
    const intl = action.intl ?? (untold.has("intl") ? old?.intl : undefined)
    const stream = action.stream ?? (old?.stream === true ? true : undefined)
    return [
      name,
      {
        ...Facts.keepTravel(old, action),
        ...(intl === undefined ? {} : { intl }),
        ...(stream === undefined ? {} : { stream }),
        errors: errorsOf(name, old, action)
      }
    ]
  })
  const bigints = [...new Set([...(before.bigints ?? []), ...(after.bigints ?? [])])].filter((name) =>
    Catalogue.isIntegerOf(after, name)
  )
  const { bigints: _, ...rest } = after
  return { ...rest, codes, actions: Object.fromEntries(actions), ...(bigints.length === 0 ? {} : { bigints }) }
}

const told = ({ untold: _, ...version }: Catalogue.Version): Catalogue.Version => version

/** A newer product, with the facts that only the current one knows: of streams, of large integers, and what is untold. */
export const facts = (before: Catalogue.Product | undefined, after: Catalogue.Product): Catalogue.Product => ({
  ...after,
  versions: Object.fromEntries(
    Object.entries(after.versions).map(([date, version]) => {
      const old = before?.versions[date]
      return [date, told(old === undefined ? version : keepUntold(old, version))]
    })
  )
})

/** The current hints and the newer ones over them, as far as they fit the product. */
export const hints = (
  before: Hints.Hints | undefined,
  after: Hints.Hints | undefined,
  product: Catalogue.Product
): Hints.Hints => {
  const none = { product: product.product, versions: {} }
  return Hints.fitting(Hints.merge(before ?? none, after ?? none), product)
}

/** How many members have gained, lost and changed a hint. */
export const countHints = (before: Hints.Hints | undefined, after: Hints.Hints): readonly [number, number, number] => {
  const flat = (hints: Hints.Hints | undefined) =>
    new Map(
      Object.entries(hints?.versions ?? {}).flatMap(([date, objects]) =>
        Object.entries(objects).flatMap(([object, members]) =>
          Object.entries(members).map(([name, hint]) => [`${date} ${object}.${name}`, Hints.formatHint(hint)] as const)
        )
      )
    )
  const [old, now] = [flat(before), flat(after)]
  const gained = [...now.keys()].filter((name) => !old.has(name)).length
  const lost = [...old.keys()].filter((name) => !now.has(name)).length
  const changed = [...now].filter(([name, text]) => old.has(name) && old.get(name) !== text).length
  return [gained, lost, changed]
}
