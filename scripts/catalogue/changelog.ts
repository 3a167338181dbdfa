/** How changes of the catalogue are printed: line by line, in numbers, and as the entry for the changelog. */
import { type Change, kinds, plural, type Section } from "./changes.js"

/** The line of a change. What may break a program is marked by `!`. */
export const lineOf = ({ breaks, name, says, sign, what }: Change): string =>
  `${breaks === true ? "!" : " "} ${sign} ${what} ${name}${says === undefined ? "" : `: ${says}`}`

/** `+2 -1 ~3`. Empty if all are zero. */
export const signed = (gained: number, lost: number, changed: number): string =>
  [gained > 0 ? `+${gained}` : "", lost > 0 ? `-${lost}` : "", changed > 0 ? `~${changed}` : ""]
    .filter((count) => count !== "")
    .join(" ")

/** The names of what changed in one way, each once with its product and version. */
const namesOf = (
  sections: ReadonlyArray<Section>,
  what: Change["what"],
  sign: Change["sign"]
): ReadonlyArray<string> => [
  ...new Set(
    sections.flatMap(({ changes, heading }) =>
      changes.filter((change) => change.what === what && change.sign === sign).map(({ name }) => `${heading} ${name}`)
    )
  )
]

/** `actions +2 -1 ~3`: the counts of each kind. What changed in several ways counts once. */
export const counts = (sections: ReadonlyArray<Section>): ReadonlyArray<string> =>
  kinds.flatMap((what) => {
    const [gained, lost, changed] = (["+", "-", "~"] as const).map((sign) => namesOf(sections, what, sign).length)
    const count = signed(gained ?? 0, lost ?? 0, changed ?? 0)
    return count === "" ? [] : [`${what}s ${count}`]
  })

/** How many of the names each product has, the most first: `csip 140, rum 87`. */
const perProduct = (names: ReadonlyArray<string>): string => {
  const found = new Map<string, number>()
  for (const name of names) {
    const product = name.split(" ")[0] ?? ""
    found.set(product, (found.get(product) ?? 0) + 1)
  }
  return [...found]
    .sort(([, one], [, other]) => other - one)
    .map(([product, count]) => `${product} ${count}`)
    .join(", ")
}

const breakingOf = (sections: ReadonlyArray<Section>, what: Change["what"]): ReadonlyArray<string> =>
  sections.flatMap(({ changes, heading }) =>
    changes
      .filter((change) => change.breaks === true && change.what === what)
      .map(({ name, says, sign }) => {
        const place = heading === name ? name : `${heading} ${name}`
        return sign === "-" ? `${place} is gone` : `${place}: ${says ?? ""}`
      })
  )

/** More single lines than this are only counted. */
const maxLines = 40

const breakingLines = (sections: ReadonlyArray<Section>): ReadonlyArray<string> =>
  kinds.flatMap((what) => {
    const all = breakingOf(sections, what)
    if (all.length > maxLines) return [`  - ${plural(all.length, what)}: ${perProduct(all)}`]
    return all.map((line) => `  - ${what} ${line}`)
  })

/** The entry for the changelog, in Markdown. */
export const entry = (sections: ReadonlyArray<Section>, hints: string): ReadonlyArray<string> => {
  const said = (what: Change["what"], sign: Change["sign"], how: string): ReadonlyArray<string> => {
    const names = namesOf(sections, what, sign)
    return names.length === 0 ? [] : [`- ${plural(names.length, what)} ${how}: ${perProduct(names)}.`]
  }
  const breaking = breakingLines(sections)
  const products = namesOf(sections, "product", "+").map((name) => `\`${name.split(" ")[0]}\``)
  return [
    ...(products.length === 0 ? [] : [`- New products: ${products.join(", ")}.`]),
    ...namesOf(sections, "version", "+").map((name) => `- New version: ${name}.`),
    ...said("action", "+", "more"),
    ...said("code", "+", "more"),
    ...said("member", "+", "more"),
    ...said("action", "~", "changed"),
    ...(hints === "" ? [] : [`- Hints of members: ${hints}.`]),
    ...(breaking.length === 0 ? [] : ["- These may break a program:", ...breaking])
  ]
}
