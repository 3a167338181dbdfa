/** Adapts Standard Schemas (Zod, Valibot…) to codecs. */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import { isNonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import * as Issue from "../../../errors/Issue.js"
import type { Codec, Issues, TypeId } from "../codec.js"
import { retryWithoutNulls } from "./nullMembers.js"
import * as sentence from "./sentence.js"

const valueAt = (value: unknown, path: Issue.Path): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value
  )

/** The details that Zod and Valibot add to an issue. The standard has only a message and a path. */
interface Detail {
  readonly code?: unknown
  readonly kind?: unknown
  readonly keys?: unknown
  readonly expected?: unknown
}

/** The service's names for types that Zod and Valibot call otherwise. */
const wireTypes = new Map([
  ["number", "float"],
  ["int", "int64"],
  ["bigint", "int64"],
  ["boolean", "bool"],
  ["array", "list"],
  ["Array", "list"],
  ["Object", "object"]
])

const toIssues =
  (value: unknown) =>
  (issue: StandardSchemaV1.Issue & Detail): ReadonlyArray<Issue.Issue> => {
    const path = (issue.path ?? []).map((segment) => {
      const key = typeof segment === "object" ? segment.key : segment
      return typeof key === "number" ? key : String(key)
    })
    const found = valueAt(value, path)
    if (issue.code === "unrecognized_keys" && Array.isArray(issue.keys)) {
      return issue.keys.map((key) => ({
        kind: "unknown",
        path: [...path, String(key)],
        expected: "no such member",
        found: ""
      }))
    }
    if (issue.kind === "schema" && issue.expected === "never") {
      return [{ kind: "unknown", path, expected: "no such member", found: "" }]
    }
    if (path.length > 0 && found === undefined) return [{ kind: "missing", path, expected: "a value", found: "" }]
    const [expected, actual] = [String(issue.expected), Issue.typeName(found)]
    // One word is the name of a type. Anything longer is a choice of values.
    const isType =
      (issue.code === "invalid_type" || issue.kind === "schema") && /^\w+$/.test(expected) && expected !== actual
    return isType
      ? [{ kind: "type", path, expected: wireTypes.get(expected) ?? expected, found: actual }]
      : [
          {
            kind: "value",
            path,
            expected: sentence.withoutValue(found, issue.message) ?? "another value",
            found: actual
          }
        ]
  }

/** A caller needs no more. */
const maxIssues = 100

const fail = (expected: string): Either.Either<never, Issues> =>
  Either.left([{ kind: "value", path: [], expected, found: "" }])

const validate = <S extends StandardSchemaV1>(
  schema: S,
  value: unknown
): Either.Either<StandardSchemaV1.InferOutput<S>, Issues> => {
  let result: ReturnType<StandardSchemaV1["~standard"]["validate"]>
  try {
    result = schema["~standard"].validate(value)
  } catch {
    return fail("a schema that does not throw")
  }
  if (result instanceof Promise) {
    result.catch(() => {})
    return fail("a schema that is synchronous: asynchronous ones cannot be used here")
  }
  if (result.issues === undefined) {
    // The schema says that this is what it reads.
    return Either.right(result.value as StandardSchemaV1.InferOutput<S>)
  }
  const issues = result.issues.slice(0, maxIssues).flatMap(toIssues(value))
  return isNonEmptyReadonlyArray(issues) ? Either.left(issues) : fail("a schema that says why it rejects a value")
}

/** Makes a codec out of a Standard Schema. */
export const codec = <S extends StandardSchemaV1>(schema: S): Omit<Codec<StandardSchemaV1.InferOutput<S>>, TypeId> => ({
  decode: (wire, mode) =>
    mode === "response" || mode === "strict"
      ? validate(schema, wire)
      : retryWithoutNulls(wire, (wire) => validate(schema, wire)),
  // A Standard Schema cannot write. A request is what it reads, so reading checks it, and it is sent as it is.
  encode: (value, mode) =>
    mode === "response"
      ? Either.right(value)
      : retryWithoutNulls(value, (value) => Either.map(validate(schema, value), () => value)),
  members: []
})
