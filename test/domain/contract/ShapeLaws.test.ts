import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type * as Codec from "effect-tencentcloud/Codec"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Json from "../../../src/domain/wire/Json.js"
import * as Parameters from "../../../src/domain/wire/Parameters.js"
import { everything, frozen, modes, past, Tree, type Value } from "./shapeFixture.js"

/** Shapes of any kind, some of which contain themselves. */
const tables: FastCheck.Arbitrary<Shape.Table> = FastCheck.letrec<{ readonly table: Shape.Table }>((tie) => ({
  table: FastCheck.tuple(
    FastCheck.array(
      FastCheck.record({
        type: FastCheck.oneof(
          { maxDepth: 3, depthIdentifier: "table" },
          FastCheck.constantFrom(..."siufbdDt"),
          tie("table"),
          FastCheck.constant("itself" as const)
        ),
        marks: FastCheck.subarray([..."*!?+~"])
      }),
      { maxLength: 6 }
    ),
    FastCheck.nat()
  ).map(([members, number]) => {
    const shapes = members.flatMap(({ type }) => (typeof type === "string" && type !== "itself" ? [] : [type]))
    const table: Shape.Table = [
      `Shape${number}`,
      members
        .map(({ marks, type }, index) => {
          const isShape = typeof type !== "string" || type === "itself"
          // A shape that requires itself has no finite value.
          const written = marks.filter((mark) => mark !== "!" || type !== "itself").join("")
          return `M${index}:${isShape ? shapes.indexOf(type) : type}${written}`
        })
        .join(","),
      () => shapes.map((shape) => (shape === "itself" ? table : (shape as Shape.Table)))
    ]
    return table
  })
})).table

const scalars: Record<Shape.Scalar, FastCheck.Arbitrary<unknown>> = {
  string: FastCheck.string({ unit: "binary" }),
  int64: FastCheck.maxSafeInteger(),
  uint64: FastCheck.maxSafeNat(),
  big_int64: FastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  big_uint64: FastCheck.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float: FastCheck.double({ noDefaultInfinity: true, noNaN: true }).map((number) =>
    Object.is(number, -0) ? 0 : number
  ),
  bool: FastCheck.boolean(),
  datetime: FastCheck.string(),
  datetime_iso: FastCheck.string(),
  date: FastCheck.string(),
  binary: FastCheck.uint8Array()
}

interface Options {
  readonly depth: number
  /** Whether every member is present. */
  readonly whole?: boolean
  /** Whether lists and objects are not empty: a flat form cannot have empty ones. */
  readonly filled?: boolean
}

const valuesOf = (table: Shape.Table, { depth, ...options }: Options): FastCheck.Arbitrary<Value> => {
  const members = Shape.members(table).filter(({ required, type }) => depth > 0 || required || typeof type === "string")
  const arbitraries = members.map(({ list, name, type }) => {
    const one = typeof type === "string" ? scalars[type] : valuesOf(type, { ...options, depth: depth - 1 })
    return [
      name,
      list ? FastCheck.array(one, { maxLength: 3, minLength: options.filled === true ? 1 : 0 }) : one
    ] as const
  })
  const requiredKeys = members.flatMap(({ name, required }) => (required || options.whole === true ? [name] : []))
  return FastCheck.record(Object.fromEntries(arbitraries), { requiredKeys, noNullPrototype: true })
}

interface Case {
  readonly table: Shape.Table
  readonly value: Value
}

const cases = (options: Options): FastCheck.Arbitrary<Case> =>
  FastCheck.oneof(tables, FastCheck.constant(Tree)).chain((table) =>
    valuesOf(table, options).map((value) => ({ table, value: frozen(value) }))
  )

const holds = (options: Options, law: (codec: Codec.Codec<Value>, value: Value, table: Shape.Table) => void) =>
  FastCheck.assert(
    FastCheck.property(cases(options), ({ table, value }) => law(Shape.codec<Value>(table), value, table))
  )

const isHollow = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.keys(value).length === 0 || Object.values(value).some(isHollow))

/** The forms in which real services send the same answer. */
const tattered = (table: Shape.Table, value: Value, depth: number): Value => {
  const members = Shape.members(table)
  const written = members.map(({ list, name, type }) => {
    const given = value[name]
    if (given === undefined) return [name, null]
    const one = (element: unknown): unknown => {
      if (typeof type !== "string") return depth === 0 ? element : tattered(type, element as Value, depth - 1)
      return typeof element === "string" ? element : String(element)
    }
    return [name, list ? [null, ...(given as ReadonlyArray<unknown>).map(one), null] : one(given)]
  })
  return frozen(Object.fromEntries([...written, ["NotDocumented", null], ["constructor", null]]))
}

describe("encode and decode", () => {
  it.each(["request", "response"] as const)("return the same object as a %s", (mode) =>
    holds({ depth: 3 }, (codec, value) => {
      const written = Either.getOrThrow(codec.encode(value, mode))
      assert.strictEqual<unknown>(written, value)
      assert.deepStrictEqual(Either.getOrThrow(codec.decode(written, mode)), value)
    })
  )

  it.each(["request", "response"] as const)("return an equal value as a %s through JSON", (mode) =>
    holds({ depth: 3 }, (codec, value) => {
      const text = Either.flatMap(codec.encode(value, mode), Json.stringify)
      const read = Either.flatMap(Either.flatMap(text, Json.parse), (wire) => codec.decode(wire, mode))
      assert.deepStrictEqual<unknown>(read, Either.right(value))
    })
  )

  it("return an equal value strictly if nothing is left out", () =>
    holds({ depth: 2, whole: true }, (codec, value, table) => {
      // Below the greatest depth of generated values, members are absent.
      const others = Shape.deviations(table, value).filter(({ kind }) => kind !== "missing")
      assert.deepStrictEqual(others, [])
      if (Shape.members(table).every(({ type }) => typeof type === "string"))
        assert.deepStrictEqual<unknown>(codec.decode(value, "strict"), Either.right(value))
    }))

  it("return an equal value as a form if nothing is empty", () =>
    holds({ depth: 2, filled: true }, (codec, value) => {
      FastCheck.pre(!Object.values(value).some(isHollow))
      const flat = Either.flatMap(codec.encode(value, "form"), (written) => Parameters.flatten(Object(written)))
      const wire = Either.flatMap(flat, Parameters.unflatten)
      assert.deepStrictEqual<unknown>(
        Either.flatMap(wire, (read) => codec.decode(read, "form")),
        Either.right(value)
      )
    }))

  it("return an equal value as multipart parts, with lists and objects in JSON", () =>
    holds({ depth: 2 }, (codec, value) => {
      const parts = Object.entries(Object(Either.getOrThrow(codec.encode(value, "parts")))).map(([name, member]) => [
        name,
        typeof member === "object" ? JSON.stringify(member) : String(member)
      ])
      assert.deepStrictEqual<unknown>(codec.decode(Object.fromEntries(parts), "parts"), Either.right(value))
    }))

  it("return an equal value as a response of a service without types", () =>
    holds({ depth: 3 }, (codec, value, table) =>
      assert.deepStrictEqual<unknown>(codec.decode(tattered(table, value, 3), "response"), Either.right(value))
    ))

  it("report the digits of an integer past 2^53", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.bigInt({ min: past, max: 2n ** 63n - 1n }),
        FastCheck.boolean(),
        (integer, isText) => {
          const text = Either.getOrThrow(
            Either.flatMap(
              everything.encode({ Name: "", Count: isText ? String(integer) : integer }, "request"),
              Json.stringify
            )
          )
          assert.strictEqual(text, `{"Name":"","Count":${integer}}`)
          const [issue] = Either.getOrThrow(
            Either.flip(everything.decode(Either.getOrThrow(Json.parse(text)), "response"))
          )
          assert.deepStrictEqual(issue.path, ["Count"])
          assert.include(issue.found, String(integer))
        }
      )
    ))

  it("never throw", () =>
    FastCheck.assert(
      FastCheck.property(
        tables,
        FastCheck.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
          key: FastCheck.constantFrom("M0", "M1", "M2", "__proto__", "constructor")
        }),
        FastCheck.constantFrom(...modes),
        (table, value, mode) => {
          const codec = Shape.codec<Value>(table)
          for (const result of [codec.decode(value, mode), codec.encode(value as Value, mode)])
            if (Either.isRight(result)) assert.isTrue(Json.isObject(result.right))
        }
      )
    ))
})
