/** Adapts schemas of `effect/Schema`, and of the older `@effect/schema`, to codecs. */
import { isNonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type { Codec, Issues, TypeId } from "../codec.js"
import type { Ast, ParseIssue } from "./ast.js"
import { coercer, membersOf } from "./coerce.js"
import { flatten } from "./issues.js"
import { retryWithoutNulls } from "./nullMembers.js"

/** Whether a value is a schema of `effect/Schema`. Its own guard would load the whole module. */
export const isSchema = (input: unknown): boolean => Predicate.hasProperty(input, Symbol.for("effect/Schema"))

/** Options of the schema libraries: report the first fault or every one, and, where exact, unknown members too. */
interface Strictness {
  readonly errors: "first" | "all"
  readonly onExcessProperty?: "error"
}

const exact = { onExcessProperty: "error" } as const
const tolerant = {}

/** For a value of more parts, it names the first fault only: a library keeps an object for each fault, and cannot stop in between. */
const maxParts = 1000

/** Whether a value has few parts: members, items, and those within. */
const isSmall = (value: unknown): boolean => {
  const left = [value]
  for (let parts = 0; left.length > 0; parts++) {
    if (parts > maxParts || left.length > maxParts) return false
    const next = left.pop()
    if (typeof next !== "object" || next === null || next instanceof Uint8Array) continue
    if (Array.isArray(next)) {
      if (next.length > maxParts) return false
      left.push(...next)
    } else for (const name in next) left.push((next as Readonly<Record<string, unknown>>)[name])
  }
  return true
}

/** A schema as its library provides it: a syntax tree, decoders and encoders. */
interface Library<A> {
  readonly ast: Ast
  readonly decoder: (strictness: Strictness) => (wire: unknown) => Either.Either<A, ParseIssue>
  readonly encoder: (strictness: Strictness) => (value: A) => Either.Either<unknown, ParseIssue>
}

const throws: Issues = /* #__PURE__ */ Object.freeze([
  /* #__PURE__ */ Object.freeze({
    kind: "value",
    path: [],
    expected: "a schema that does not throw",
    found: ""
  } as const)
] as const)

const toIssues = (issue: ParseIssue): Issues => {
  const issues = flatten(issue)
  return isNonEmptyReadonlyArray(issues) ? issues : throws
}

/** Runs a schema. A user's transformation may throw, which is an issue and not a defect. */
const run = <A>(parse: () => Either.Either<A, ParseIssue>): Either.Either<A, Issues> => {
  try {
    return Either.mapLeft(parse(), toIssues)
  } catch {
    return Either.left(throws)
  }
}

/** Makes a codec out of a schema of either library. */
export const fromLibrary = <A>({ ast, decoder, encoder }: Library<A>): Omit<Codec<A>, TypeId> => {
  const coerce = coercer(ast)
  const decode = (strictness: Omit<Strictness, "errors">): ReturnType<typeof decoder> => {
    const first = decoder({ ...strictness, errors: "first" })
    const all = decoder({ ...strictness, errors: "all" })
    return (wire) => {
      const read = first(wire)
      return Either.isLeft(read) && isSmall(wire) ? all(wire) : read
    }
  }
  const [decodeExact, decodeTolerant] = [decode(exact), decode(tolerant)]
  const [encodeExact, encodeTolerant] = [encoder({ ...exact, errors: "all" }), encoder({ ...tolerant, errors: "all" })]
  return {
    decode: (wire, mode) => {
      if (mode === "strict") return run(() => decodeExact(wire))
      if (mode === "response") return run(() => decodeTolerant(coerce(wire, mode)))
      // `coerce` has left out the members that are `null`, but those whose type is of the schema's own making.
      return retryWithoutNulls(wire, (wire) => run(() => decodeExact(coerce(wire, mode))))
    },
    encode: (value, mode) =>
      mode === "response"
        ? run(() => encodeTolerant(value))
        : // What it reads again is the value without members that are `null`, and the schema checks it.
          retryWithoutNulls(value, (value) => run(() => encodeExact(value as A))),
    members: membersOf(ast)
  }
}

/** Makes a codec out of a schema of `effect/Schema`. */
export const codec = <A, I>(schema: Schema.Schema<A, I>): Omit<Codec<A>, TypeId> =>
  fromLibrary({
    ast: schema.ast,
    decoder: (strictness) => ParseResult.decodeUnknownEither(schema, strictness),
    encoder: (strictness) => ParseResult.encodeEither(schema, strictness)
  })
