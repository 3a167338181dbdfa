/**
 * Draws facts about members from the documents and examples of `tccli`: values, defaults, ranges, numbers of first pages, examples, and
 * integers past 2^53. A fact that the text does not say in a known form is left out. No sentence is taken over.
 */
import * as Catalogue from "../catalogue.js"
import type * as Hints from "../hints.js"
import type * as Published from "./published.js"
import * as Tccli from "./tccli.js"

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: " ", "#39": "'" }

/** A document as plain lines, without markup. */
const linesOf = (document: string): ReadonlyArray<string> =>
  document
    .replace(/<\/?(br|li|p|ul|ol|div|tr|table|h\d|dx-alert)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|amp|quot|nbsp|#39);/g, (_, name: string) => entities[name] ?? " ")
    .replace(/\\n/g, "\n")
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/`|\*\*/g, "")
        .replace(/^\s*[-•·]\s+/, "")
        .trim()
    )
    .filter((line) => line !== "")

const isInteger = (type: string): boolean => ["int64", "uint64"].includes(type)
const isNumber = (type: string): boolean => isInteger(type) || type === "float"

/** A word of an enumeration: an identifier for a text, a number for an integer. */
const wordOf = (type: string): string => (isInteger(type) ? "-?\\d{1,6}" : "[A-Za-z\\d][\\w.\\-]{0,47}")

const intro =
  /(?:取值|枚举值|可选值|可选|有效值|合法值|支持|包括|类型|状态|\b(?:valid )?values?|\boptions?)[^：:。]{0,12}[：:]/i

/** The values of a line such as `PREPAID：…；POSTPAID：…` or `0：off，1：on`. Undefined unless every part has one. */
const valuesInside = (line: string, type: string): ReadonlyArray<string> | undefined => {
  const listed = line.replace(/[。.]\s*(?:默认|缺省|default).*$/i, "").replace(/[。；;，,.]\s*$/, "")
  for (const separator of [/[；;]/, /[，,、]|和|以及/, /\s*[|/]\s*/]) {
    const parts = listed.split(separator).map((part) => part.trim())
    if (parts.length < 2) continue
    const values = parts.map((part) => valueOf(part, type))
    if (values.every((value) => value !== undefined)) return values
  }
  return undefined
}

/** The value that a part or a line begins with, where an explanation or nothing follows. */
const valueOf = (part: string, type: string): string | undefined => {
  const quoted = part.replace(/^["“'‘]([^"”'’]*)["”'’]/, "$1")
  const found = new RegExp(
    `^(${wordOf(type)})\\s*(?:$|[：:（(=—]|-{1,2}\\s|-{1,2}>?[^\\x00-\\x7f]|\\s[^\\x00-\\x7f])`
  ).exec(quoted)
  return found?.[1]
}

/** The enumerated values of a document. */
const enumerated = (lines: ReadonlyArray<string>, type: string): ReadonlyArray<string> | undefined => {
  if (type !== "string" && !isInteger(type)) return undefined
  const lists: Array<ReadonlyArray<string>> = []
  const inside = lines.flatMap((line) => {
    const found = intro.exec(line)
    const rest = found === null ? "" : line.slice(found.index + found[0].length)
    const values = rest === "" ? undefined : valuesInside(rest, type)
    return values === undefined ? [] : [values]
  })
  lists.push(...inside)
  // A run of lines, each with its value in front.
  const begins = lines.map((line) =>
    /^.{1,48}?[：:（(=—-]/.test(line) && !intro.test(line) ? valueOf(line, type) : undefined
  )
  const run = begins.filter((value) => value !== undefined)
  if (run.length > 1) {
    const [first, last] = [
      begins.findIndex((value) => value !== undefined),
      begins.findLastIndex((value) => value !== undefined)
    ]
    if (last - first + 1 === run.length) lists.push(run)
  }
  const [list, ...others] = lists
  if (list === undefined || others.length > 0) return undefined
  const isSure =
    new Set(list).size === list.length && list.length <= 60 && !list.some((value) => /^(true|false)$/i.test(value))
  return isSure ? list : undefined
}

/** The one value that all matches of a pattern agree on. */
const agreed = (text: string, pattern: RegExp): string | undefined => {
  const [value, ...others] = new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))
  return others.length === 0 ? value : undefined
}

const defaultOf = (text: string, type: string): Hints.Value | undefined => {
  const says = "(?:默认(?:值)?(?:为|是)?|缺省(?:值)?(?:为|是)?|[Dd]efault(?: value)?(?: is)?)\\s*[：:=]?\\s*[\"“'‘]?"
  const ends = "[\"”'’]?\\s*(?=$|[。；;，,）)\\n]|\\.\\s|\\.$)"
  const value = isNumber(type)
    ? "-?\\d{1,15}(?:\\.\\d+)?"
    : type === "bool"
      ? "[Tt]rue|[Ff]alse"
      : "[A-Za-z][\\w.\\-]{0,47}|\\d{1,9}"
  if (!isNumber(type) && type !== "bool" && type !== "string") return undefined
  const found = agreed(text, new RegExp(`${says}(${value})${ends}`, "gm"))
  // Another mention of a default may be about another case.
  const mentions = [...text.matchAll(/默认|缺省|\bdefault\b/gi)].length
  if (found === undefined || mentions > 1) return undefined
  if (type === "bool") return found.toLowerCase() === "true"
  return isNumber(type) ? Number(found) : found
}

const rangeOf = (text: string, type: string): readonly [number | null, number | null] | undefined => {
  if (!isNumber(type)) return undefined
  const number = "(-?\\d{1,15})"
  const both = [
    ...text.matchAll(
      new RegExp(
        `(?:范围|区间|[Rr]ange)(?:为|是|在)?\\s*[：:]?\\s*[\\[【]?\\s*${number}\\s*(?:[,，~～—至到-]|--)\\s*${number}\\s*[\\]】]?(?=$|[\\s。；;，,）)])(?!\\s*[,，、]\\s*\\d)`,
        "g"
      )
    )
  ]
  const [first, ...others] = both
  if (first !== undefined) {
    const range = [Number(first[1]), Number(first[2])] as const
    return others.length === 0 && range[0] < range[1] ? range : undefined
  }
  const greatest = agreed(
    text,
    /(?<![A-Za-z]\s?)(?:最大(?:值|取值)?(?:为|是)?|不超过|不能超过|上限(?:为|是)?|[Mm]aximum(?: value)?(?: is)?)\s*[：:]?\s*(\d{1,15})(?=$|[。；;，,）)])/g
  )
  const least = agreed(
    text,
    /(?<![A-Za-z]\s?)(?:最小(?:值|取值)?(?:为|是)?|[Mm]inimum(?: value)?(?: is)?)\s*[：:]?\s*(-?\d{1,15})(?=$|[。；;，,）)])/g
  )
  if (greatest === undefined && least === undefined) return undefined
  return [least === undefined ? null : Number(least), greatest === undefined ? null : Number(greatest)]
}

const firstPage = (name: string, text: string, type: string): number | undefined => {
  if (!isInteger(type) || !/^(Page|PageNumber|PageNo|PageNum|PageIndex|CurrentPage)$/i.test(name)) return undefined
  const found = agreed(text, /(?:从|starts? (?:from|at)|begins? (?:from|at|with))\s*([01])\s*(?:开始|起|\b)/gi)
  return found === undefined ? undefined : Number(found)
}

/** An address, a person's data, a key or a sentence is no example to pass on. */
const isPrivate = /:\/\/|@|\*|\d{9}|^\d+\.\d+\.\d+\.\d+|^[\da-f]{24,}$|\s(?!\d\d:\d\d)|[^\x20-\x7e]|[{}[\]"'<>\\]/i

const exampleOf = (example: unknown, type: string): Hints.Value | undefined => {
  const text = typeof example === "string" ? example.trim() : String(example ?? "")
  if (text === "" || text.length > 48) return undefined
  // The example of a list is often the whole list.
  const [, inner] = /^\[\s*"?([^",[\]{}]+?)"?\s*(?:,.*)?\]$/.exec(text) ?? []
  const single = inner ?? text.replace(/^"([^"]*)"$/, "$1")
  if (isPrivate.test(single)) return undefined
  if (type === "bool") return /^(true|false)$/i.test(single) ? single.toLowerCase() === "true" : undefined
  if (isNumber(type)) return /^-?\d{1,8}(\.\d{1,6})?$/.test(single) ? Number(single) : undefined
  return /^(string|null|none|nil|无|-+|\/|x+)$/i.test(single) || single === "" ? undefined : single
}

const hintOf = (member: Tccli.Member, published: Iterable<string>): Hints.Hint | undefined => {
  const type = Catalogue.elementOf(Tccli.typeOf(member))
  if (!Catalogue.scalars.includes(type) || type === "binary") return undefined
  const lines = linesOf(member.document ?? "")
  const text = lines.join("\n")
  const x = exampleOf(member.example, type)
  const values = enumerated(lines, type)
  // A list that its own example contradicts is not whole, or is no list of values.
  const isContradicted = [...published, ...(x === undefined ? [] : [x])].some(
    (value) => values?.includes(String(value)) === false
  )
  const e = isContradicted ? undefined : values
  const found = defaultOf(text, type)
  const d = found !== undefined && e?.includes(String(found)) === false ? undefined : found
  const r = e === undefined ? rangeOf(text, type) : undefined
  const f = firstPage(member.name, text, type)
  const [first, ...others] = e ?? []
  const hint: Hints.Hint = {
    ...(first === undefined ? {} : { e: [first, ...others] as const }),
    ...(d === undefined ? {} : { d }),
    ...(r === undefined ? {} : { r }),
    ...(f === undefined ? {} : { f }),
    ...(x === undefined ? {} : { x })
  }
  return Object.keys(hint).length === 0 ? undefined : hint
}

/** The hints of a version. */
export const hints = (version: Tccli.Version, published: Published.Values): Hints.Objects => {
  const objects = Object.entries(version.objects).flatMap(([object, members]) => {
    const told = members.flatMap((member) => {
      const hint = hintOf(member, published.get(`${object}.${member.name}`) ?? [])
      return hint === undefined || member.name === "RequestId" ? [] : [[member.name, hint] as const]
    })
    return told.length === 0 ? [] : [[object, Object.fromEntries(told)] as const]
  })
  return Object.fromEntries(objects)
}

/** The integers whose published values pass 2^53, as `Object.Member`. */
export const bigints = (version: Tccli.Version, published: Published.Values): ReadonlyArray<string> =>
  Object.entries(version.objects).flatMap(([object, members]) =>
    members.flatMap((member) => {
      const name = `${object}.${member.name}`
      const texts = [
        ...(published.get(name) ?? []),
        ...(typeof member.example === "string" ? [member.example.trim()] : [])
      ]
      const isPast = texts.some((text) => /^-?\d{16,20}$/.test(text) && !Number.isSafeInteger(Number(text)))
      return isInteger(Catalogue.elementOf(Tccli.typeOf(member))) && isPast ? [name] : []
    })
  )
