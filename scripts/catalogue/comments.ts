/** Writes the comments of members and of error classes. Each is one line, so that it costs little and a check can read it. */
import * as ErrorCode from "../../src/domain/errors/ErrorCode.js"
import * as Catalogue from "./catalogue.js"
import type { Hint, Value } from "./hints.js"
import { textOf } from "./texts.js"

const formats: Readonly<Record<string, string>> = {
  datetime: "`2020-09-22 00:00:00`",
  datetime_iso: "`2020-09-22T00:00:00+00:00`",
  date: "`2020-09-22`"
}

/** The units that the end of a name tells. */
const units: ReadonlyArray<readonly [end: RegExp, unit: string]> = [
  [/(MilliSeconds?|Milliseconds?|Millis|Ms|MS)$/, "milliseconds"],
  [/(Seconds?|InSec)$/, "seconds"],
  [/Minutes?$/, "minutes"],
  [/Hours$/, "hours"],
  [/(?<!Week|Work|Month|Workday|Holi)Days$/, "days"],
  [/Months$/, "months"],
  [/Bytes$/, "bytes"],
  [/(KB|InKb)$/, "KB"],
  [/(MB|InMb)$/, "MB"],
  [/(GB|InGb)$/, "GB"],
  [/TB$/, "TB"],
  [/(Mbps|MBps|Kbps|Gbps)$/, ""],
  [/(Percent|Percentage)$/, "percent"]
]

const unitOf = ([name, type]: Catalogue.Member): string | undefined => {
  if (!["int64", "uint64", "big_int64", "big_uint64", "float"].includes(type)) return undefined
  const found = units.find(([end]) => end.test(name))
  return found === undefined ? undefined : found[1] || found[0].exec(name)?.[0]
}

/** A type as the documents name it, without what an editor shows beside it. */
const wireType = (type: string): string => {
  const element = Catalogue.elementOf(type).replace(/^big_/, "")
  return Catalogue.isList(type) ? `list of ${element}` : element
}

/** A value in a comment, which it cannot end. */
export const shown = (value: Value): string =>
  `\`${String(value).replaceAll("*/", "*\\/").replaceAll("`", "'").replaceAll(/\s+/g, " ")}\``

/** What a range says. */
export const rangeOf = ([least, greatest]: readonly [number | null, number | null]): string =>
  least === null ? `at most ${greatest}` : greatest === null ? `at least ${least}` : `${least} to ${greatest}`

/** Whether enumerated values are part of the type: those of a text are. */
export const isTyped = (type: string): boolean => Catalogue.elementOf(type) === "string"

/** The comment of a member, without its marks. */
export const commentOf = (
  member: Catalogue.Member,
  object: string,
  hint: Hint | undefined,
  side: "request" | "response"
): string => {
  const [, type, flags = ""] = member
  const { d, e, f, r, x } = hint ?? {}
  const unit = unitOf(member)
  const text = textOf(member, object, side)
  const need = side === "request" ? [flags.includes("r") ? "Required" : "Optional"] : []
  // An editor shows the name of an object beside it.
  const said =
    side === "request" && !Catalogue.scalars.includes(Catalogue.elementOf(type).replace(/^big_/, ""))
      ? []
      : [wireType(type)]
  const head = [
    [...need, ...said].join(" "),
    ...(unit === undefined ? [] : [`in ${unit}`]),
    ...(r === undefined ? [] : [rangeOf(r)])
  ].join(", ")
  const format = formats[Catalogue.elementOf(type)]
  return [
    ...(text === undefined ? [] : [text]),
    `${head}.`,
    ...(format === undefined ? [] : [`Written as ${format}.`]),
    ...(e === undefined || isTyped(type) ? [] : [`One of ${e.map(shown).join(", ")}.`]),
    ...(d === undefined ? [] : [`Default: ${shown(d)}.`]),
    ...(f === undefined ? [] : [`The first page is ${f}.`]),
    ...(x === undefined ? [] : [`Example: ${shown(x)}.`]),
    ...(flags.includes("d") ? ["@deprecated"] : [])
  ].join(" ")
}

/** The types in a union that offers values: an editor completes them, and every other text is one too. */
export const openUnion = (values: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...values.map((value) => JSON.stringify(value)),
  "(string & {})"
]

const retries: Partial<Record<ErrorCode.Category, string>> = {
  throttling: "Retried.",
  unavailable: "Retried where a second call does no harm."
}

/** The comment of an error class, without its marks. */
export const classComment = (code: string): string => {
  const category = ErrorCode.categoryOf(code)
  return `Category \`${category}\`. ${retries[category] ?? "Not retried."}`
}
