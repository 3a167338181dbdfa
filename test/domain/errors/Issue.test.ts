import { assert, it } from "@effect/vitest"
import * as Issue from "../../../src/domain/errors/Issue.js"

const path = ["Filters", 0, "Values"]

it.each([
  [{ kind: "missing", path, expected: "list", found: "" }, "`Filters.0.Values` is missing"],
  [{ kind: "unknown", path, expected: "no such member", found: "" }, "`Filters.0.Values` is not known"],
  [{ kind: "type", path, expected: "list", found: "string" }, "`Filters.0.Values` is string where list was expected"],
  [
    { kind: "value", path, expected: "at most 10 values", found: "list" },
    "`Filters.0.Values` is invalid: expected at most 10 values"
  ],
  [{ kind: "type", path: [], expected: "object", found: "list" }, "it is list where object was expected"]
] satisfies ReadonlyArray<readonly [Issue.Issue, string]>)("formats %o as a clause", (issue, clause) =>
  assert.strictEqual(Issue.format(issue), clause)
)

it.each([
  ["hunter2", "string"],
  [1, "number"],
  [true, "bool"],
  [null, "null"],
  [undefined, "nothing"],
  [[], "list"],
  [{}, "object"],
  [2n ** 63n - 1n, "the integer 9223372036854775807, which a number cannot hold,"]
])("the type of %o is called %s", (value, name) => assert.strictEqual(Issue.typeName(value), name))
