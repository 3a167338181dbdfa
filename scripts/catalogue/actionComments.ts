/** Writes the comments of actions: what the catalogue knows of each, and where to read on. */
import { isReadOnlyName } from "../../src/domain/contract/internal/action.js"
import type * as Catalogue from "./catalogue.js"
import type * as Facts from "./facts.js"

/** What a comment says of an action. */
export interface Described {
  readonly product: string
  readonly version: string
  readonly name: string
  readonly action: Catalogue.Action
  readonly request: ReadonlyArray<Catalogue.Member>
  /** The letters of `services/ProductAction`. */
  readonly letters: string
  readonly pager: Facts.Pager | undefined
  /** How many codes it declares. */
  readonly codes: number
}

const explorer = (console: string, { name, product, version }: Described): string =>
  `https://console.${console}/api/explorer?Product=${product}&Version=${version}&Action=${name}`

/** Where to try an action. An action that the international site lacks has no page there. */
const links = (described: Described): string => {
  const chinese = `[API Explorer](${explorer("cloud.tencent.com", described)})`
  return described.letters.includes("i")
    ? `[API Explorer](${explorer("tencentcloud.com", described)}), [in Chinese](${explorer("cloud.tencent.com", described)})`
    : chinese
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

/** Whether an action only reads, as the client and the gateway see it. */
const isReadOnly = ({ letters, name }: Described): boolean => !letters.includes("w") && isReadOnlyName(name)

/** The comment of an action, by line. */
export const actionComment = (described: Described): ReadonlyArray<string> => {
  const { action, codes, letters, pager, product, request, version } = described
  const taken = ["ClientToken", "DryRun"].filter((label) => request.some(([member]) => member === label))
  const facts = [
    `${isReadOnly(described) ? "Only reads" : "Changes something"}.`,
    ...(taken.length === 0 ? [] : [`Takes ${taken.map((label) => `\`${label}\``).join(" and ")}.`]),
    ...(pager === undefined ? [] : [`Pages: \`.items\` returns \`${pager.items}\`.`]),
    ...(letters.includes("s") ? ["Streams: `.stream` returns events."] : []),
    ...(letters.includes("u") ? ["Needs no signature."] : []),
    `${letters.includes("i") ? "On" : "Not on"} the international site.`,
    `Declares ${codes === 0 ? "no code" : plural(codes, "code")}.`
  ]
  return [
    `${product} ${version}. ${facts.join(" ")}`,
    "",
    links(described),
    ...(action.status === undefined ? [] : ["", `@deprecated It is ${action.status}.`])
  ]
}
