/**
 * The table that a person reads: 120 columns, and two to four lines for each row.
 */
import { common } from "./provocations.js"
import { type Row, summarize } from "./tour.js"

/** Marks a text. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
}

const ansi = (start: number, end: number) => (text: string) => `\u001b[${start}m${text}\u001b[${end}m`

/** For a terminal. */
export const colours: Paint = { strong: ansi(1, 22), faint: ansi(2, 22), good: ansi(32, 39), bad: ansi(31, 39) }

const same = (text: string): string => text

/** For everything else. */
export const plain: Paint = { strong: same, faint: same, good: same, bad: same }

const width = { code: 33, story: 47, answer: 36 }

const cut = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, columns - 1)}…`

/** Three lines at most, broken between words. */
const wrap = (text: string, columns: number, lines = 3): ReadonlyArray<string> => {
  const words = text.replaceAll(/\s+/g, " ").trim()
  if (words.length <= columns || lines === 1) return [cut(words, columns)]
  const gap = words.lastIndexOf(" ", columns)
  const end = gap > 0 ? gap : columns
  return [words.slice(0, end), ...wrap(words.slice(end), columns, lines - 1)]
}

type Cell = readonly [text: string, mark: (text: string) => string]

const line = (...cells: readonly [code: Cell, story: Cell, answer: Cell]): string => {
  const widths = [width.code, width.story, width.answer]
  // Marks have no width on the screen, so they come after the text has its width.
  return cells
    .map(([text, mark], column) => `${mark(text)}${" ".repeat(Math.max(0, (widths[column] ?? 0) - text.length))}`)
    .join("  ")
    .trimEnd()
}

const empty: Cell = ["", same]

const header = ({ faint }: Paint): ReadonlyArray<string> => [
  line(["code", faint], ["how it was provoked", faint], ["RequestId", faint]),
  line(empty, ["message received", faint], ["handled by", faint]),
  faint("─".repeat(width.code + width.story + width.answer + 4))
]

const body = ({ bad, faint, good, strong }: Paint, { cause, code, message, requestId, tag }: Row) => {
  const [first = "", ...rest] = wrap(message, width.story)
  const handled: Cell = tag === code ? [`✓ ${tag}`, good] : ["✗ missing", bad]
  return [
    line([code, strong], [cut(cause, width.story), same], [requestId, faint]),
    line(empty, [first, faint], handled),
    ...rest.map((text) => line(empty, [text, faint], empty))
  ]
}

/** Every row, under the headings of the specification, and the summary. */
export const format = (rows: ReadonlyArray<Row>, paint: Paint): string => {
  const section = (title: string, part: ReadonlyArray<Row>) => [
    "",
    paint.strong(title),
    "",
    ...part.flatMap((row) => body(paint, row))
  ]
  const { exitCode, text } = summarize(rows)
  return [
    ...header(paint),
    ...section("Common error codes", rows.slice(0, common.length)),
    ...section("Service error codes", rows.slice(common.length)),
    "",
    (exitCode === 0 ? paint.good : paint.bad)(text)
  ].join("\n")
}
