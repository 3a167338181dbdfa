/**
 * The tour: provokes every code, and hands each failure to the handler.
 */
import * as Effect from "effect/Effect"
import { type Handled, handle } from "./handle.js"
import { all, type Provocation } from "./provocations.js"
import type { World } from "./world.js"

/** A row of the table. One whose `tag` is not its `code` is missing. */
export interface Row {
  readonly code: string
  readonly cause: string
  readonly message: string
  readonly requestId: string
  /** The tag whose case has handled it. Empty if the call ended in another way. */
  readonly tag: string
}

const toRow = ({ cause, error: expected }: Provocation, handled: Handled | undefined): Row => {
  const row = { code: expected.code, cause }
  if (handled === undefined) return { ...row, message: "The call succeeded.", requestId: "", tag: "" }
  const { by, error } = handled
  const requestId = error.requestId ?? ""
  return by === expected && error instanceof expected && error.code === expected.code
    ? { ...row, message: error.reason, requestId, tag: error._tag }
    : { ...row, message: `${error._tag} came instead: ${error.message}`, requestId, tag: "" }
}

/** A row for each provocation. */
export const visit = (provocations: ReadonlyArray<Provocation>): Effect.Effect<ReadonlyArray<Row>, never, World> =>
  Effect.forEach(provocations, (provocation) =>
    provocation.provoke.pipe(
      Effect.as(undefined),
      handle,
      Effect.map((handled) => toRow(provocation, handled))
    )
  )

/** All 28 rows, one after the other: each call has a second of its own, except the 21 calls that must share one. */
export const tour: Effect.Effect<ReadonlyArray<Row>, never, World> = visit(all)

/** The summary of the tour: its last line, and its exit code. */
export const summarize = (rows: ReadonlyArray<Row>): { readonly text: string; readonly exitCode: 0 | 1 } => {
  const missing = rows.filter(({ code, tag }) => tag !== code).map(({ code }) => code)
  const text = `${rows.length - missing.length} of ${rows.length} provoked, decoded and handled`
  return missing.length === 0 ? { text, exitCode: 0 } : { text: `${text}; missing: ${missing.join(", ")}`, exitCode: 1 }
}
