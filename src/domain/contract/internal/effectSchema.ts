import { isNonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import type * as Schema from "effect/Schema"
import type { Codec, Issues, TypeId } from "../Codec.js"
import { coercer, members } from "./schemaCoerce.js"
import { flatten } from "./schemaIssues.js"
import type * as Shape from "./schemaShape.js"

/** How strictly a schema library is to read: with every fault, and, where exact, with unknown members among them. */
const exact = { errors: "all", onExcessProperty: "error" } as const
const tolerant = { errors: "all" } as const

type Strictness = typeof exact | typeof tolerant

/** What a schema library gives: decoders and encoders, to a value or to its own issues. */
interface Library<A> {
  readonly ast: Shape.Ast
  readonly decoder: (strictness: Strictness) => (wire: unknown) => Either.Either<A, Shape.ParseIssue>
  readonly encoder: (strictness: Strictness) => (value: A) => Either.Either<unknown, Shape.ParseIssue>
}

const unreadable: Issues = [{ kind: "value", path: [], expected: "a schema that does not throw", found: "" }]

const toIssues = (issue: Shape.ParseIssue): Issues => {
  const issues = flatten(issue)
  return isNonEmptyReadonlyArray(issues) ? issues : unreadable
}

/** A transformation written by a user may throw: that is a fault of the value here, and never a defect. */
const guarded = <A>(parse: () => Either.Either<A, Shape.ParseIssue>): Either.Either<A, Issues> => {
  try {
    return Either.mapLeft(parse(), toIssues)
  } catch {
    return Either.left(unreadable)
  }
}

export const fromLibrary = <A>({ ast, decoder, encoder }: Library<A>): Omit<Codec<A>, TypeId> => {
  const coerce = coercer(ast)
  const [decodeExact, decodeTolerant] = [decoder(exact), decoder(tolerant)]
  const [encodeExact, encodeTolerant] = [encoder(exact), encoder(tolerant)]
  return {
    decode: (wire, mode) =>
      guarded(() =>
        mode === "strict" ? decodeExact(wire) : (mode === "response" ? decodeTolerant : decodeExact)(coerce(wire, mode))
      ),
    encode: (value, mode) => guarded(() => (mode === "response" ? encodeTolerant : encodeExact)(value)),
    members: members(ast)
  }
}

export const codec = <A, I>(schema: Schema.Schema<A, I>): Omit<Codec<A>, TypeId> =>
  fromLibrary({
    ast: schema.ast,
    decoder: (strictness) => ParseResult.decodeUnknownEither(schema, strictness),
    encoder: (strictness) => ParseResult.encodeEither(schema, strictness)
  })
