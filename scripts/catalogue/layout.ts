/** How the text of a generated module is laid out: as Biome would do it. */

export const width = 120

/** Items between brackets: on one line if there is room, and each on its own otherwise. */
export const group = (open: string, items: ReadonlyArray<string>, close: string, room: number, indent = ""): string => {
  const flat = `${open}${items.join(", ")}${close}`
  return flat.length <= room
    ? flat
    : `${open.trimEnd()}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close.trimStart()}`
}

/** A type that is a union. */
export const unionOf = (name: string, members: ReadonlyArray<string>): string => {
  const start = `export type ${name} =`
  if (members.length === 0) return `${start} never`
  const flat = `${start} ${members.join(" | ")}`
  return flat.length <= width ? flat : `${start}\n${members.map((member) => `  | ${member}`).join("\n")}`
}

/** The order in which Biome sorts imports: `ResourceInsufficient` before `ResourceInUse`. */
export const byLetters = (one: string, other: string): number => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)
