/** What the reports of the benchmarks share: numbers and tables. */

export const round = (value: number): number => Number(value.toPrecision(3))

export const number = (value: number | undefined): string =>
  value === undefined ? "–" : value >= 1000 ? Math.round(value).toLocaleString("en-US") : String(round(value))

export type Cells = ReadonlyArray<string>

export const table = (head: Cells, rows: ReadonlyArray<Cells>): string => {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: Cells): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n")
}
