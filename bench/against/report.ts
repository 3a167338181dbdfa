/** Compares the build of the working tree with that of another commit, and reports each row. */
import * as Effect from "effect/Effect"
import type { Skipped, Wrong } from "../harness.js"
import { running } from "../processes.js"
import type { Ports } from "../programs/service.js"
import { type Cells, number, round, table } from "../table.js"
import { type Build, buildOf, type Unusable, working } from "./builds.js"
import { compareBuilds, defaultRounds } from "./driver.js"
import type { Row } from "./rows.js"
import { type Comparison, highestRatio, isSlower } from "./statistics.js"

export interface Request {
  readonly against: string
  readonly rows: ReadonlyArray<Row>
  readonly rounds?: number
  readonly json: boolean
}

type Outcome = { readonly _tag: "Compared"; readonly comparison: Comparison } | Skipped | Wrong

const interval = ({ high, low, ratio }: Comparison): string =>
  `${ratio.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`

const verdict = (outcome: Outcome): string => {
  switch (outcome._tag) {
    case "Compared":
      return isSlower(outcome.comparison) ? "yes" : "no"
    case "Skipped":
      return `skipped: ${outcome.reason}`
    case "Wrong":
      return `WRONG: ${outcome.contender}: ${outcome.reason}`
  }
}

const toJson = ({ name, unit }: Row, outcome: Outcome): string => {
  if (outcome._tag !== "Compared") return JSON.stringify({ name, _tag: outcome._tag, reason: outcome.reason })
  const { high, low, other, ratio, working } = outcome.comparison
  const [rounded, lowest, highest] = [ratio, low, high].map((value) => Number(value.toFixed(4)))
  return JSON.stringify({
    ...{ name, unit, working: round(working), other: round(other), ratio: rounded, low: lowest, high: highest },
    slower: isSlower(outcome.comparison)
  })
}

const toCells = ({ name, unit }: Row, outcome: Outcome): Cells =>
  outcome._tag === "Compared"
    ? [
        name,
        number(outcome.comparison.working),
        number(outcome.comparison.other),
        unit,
        interval(outcome.comparison),
        verdict(outcome)
      ]
    : [name, "–", "–", unit, "–", outcome._tag.toLowerCase()]

const toLine = (row: Row, other: Build, outcome: Outcome): string => {
  if (outcome._tag !== "Compared") return `${row.name}: ${verdict(outcome)}`
  const { comparison } = outcome
  const medians = `${working.label} ${number(comparison.working)}, ${other.label} ${number(comparison.other)} ${row.unit}`
  return `${row.name}: ${medians}, ratio ${interval(comparison)}${isSlower(comparison) ? ": SLOWER" : ""}`
}

/** Prints a line for each row, and returns whether any is slower or wrong. */
export const reportAgainst = (request: Request): Effect.Effect<boolean, Unusable | Wrong> =>
  Effect.scoped(
    Effect.gen(function* () {
      const other = yield* buildOf(request.against, (progress) => console.error(progress))
      const { said: ports } = yield* running<Ports>("service")
      const cells: Array<Cells> = []
      let isBad = false
      for (const row of request.rows) {
        const outcome = yield* compareBuilds([working, other], row, ports, request.rounds ?? defaultRounds).pipe(
          Effect.map((comparison): Outcome => ({ _tag: "Compared", comparison })),
          Effect.catchAll((problem): Effect.Effect<Outcome> => Effect.succeed(problem))
        )
        isBad ||= outcome._tag === "Wrong" || (outcome._tag === "Compared" && isSlower(outcome.comparison))
        cells.push(toCells(row, outcome))
        console.log(request.json ? toJson(row, outcome) : toLine(row, other, outcome))
      }
      const head = ["row", working.label, other.label, "unit", "ratio, 95 %", `above ${highestRatio}`]
      if (!request.json) console.log(`\n${table(head, cells)}`)
      return isBad
    })
  )
