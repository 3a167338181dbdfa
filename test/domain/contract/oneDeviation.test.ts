/** The law of deviating answers: what is wrong in one member changes no other. */
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Codec from "effect-tencentcloud/Codec"
import * as Cdb from "effect-tencentcloud/products/cdb"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import * as Wav from "effect-tencentcloud/products/wav"
import * as ShapeSchema from "effect-tencentcloud/ShapeSchema"
import { decodeLeniently } from "../../../src/domain/contract/internal/lenient.js"
import * as Sample from "../../../src/domain/contract/Sample.js"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Json from "../../../src/domain/wire/Json.js"
import { growthOf } from "../../fixtures/Growth.js"

const actions = [Cvm, Cdb, Hunyuan, Wav].flatMap((product) =>
  Object.values(product.product.actions).map(({ action }) => action)
)

type Path = ReadonlyArray<string | number>

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

/** The paths of all members, and of all elements of lists. */
const pathsIn = (value: unknown, path: Path = []): ReadonlyArray<Path> =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => {
        const at = [...path, Array.isArray(value) ? Number(key) : key]
        return [at, ...pathsIn(inner, at)]
      })
    : []

/** A copy with another value at a path. */
const withValue = (
  value: unknown,
  [key, ...rest]: Path,
  put: (outer: object, key: string | number) => void
): unknown => {
  const copy: object = Array.isArray(value) ? [...value] : { ...Object(value) }
  if (key === undefined) return copy
  if (rest.length === 0) put(copy, key)
  else Reflect.set(copy, key, withValue(Reflect.get(copy, key), rest, put))
  return copy
}

const without = (outer: object, key: string | number): void => {
  if (Array.isArray(outer)) outer.splice(Number(key), 1)
  else Reflect.deleteProperty(outer, key)
}

/** Everything that a service may write in the place of a value. */
const wrong = FastCheck.oneof(
  FastCheck.constantFrom<unknown>(
    "-",
    "N/A",
    "",
    "null",
    "none",
    [],
    {},
    [[]],
    [{}],
    [null],
    { x: 1 },
    true,
    false,
    0,
    -1,
    1.5
  ),
  FastCheck.constantFrom<unknown>(2n ** 53n, -(2n ** 63n), 2n ** 200n, 1e300, "9007199254740993", null),
  FastCheck.anything({ withBigInt: true }),
  FastCheck.jsonValue()
)

const wireOf = (text: Either.Either<string, unknown>): unknown => Either.getOrThrow(Either.flatMap(text, Json.parse))

const answers = FastCheck.tuple(FastCheck.nat(actions.length - 1), FastCheck.nat(5), FastCheck.nat(), wrong).map(
  ([index, seed, at, value]) => {
    const action = actions[index] ?? Cvm.DescribeInstances.action
    const table = Option.getOrThrow(Option.fromNullable(Shape.of(action.response)))
    const wire = wireOf(Json.stringify(Sample.response(table, { seed, now: 0 })))
    const paths = pathsIn(wire)
    return { action, wire, path: paths[at % Math.max(1, paths.length)], value }
  }
)

const listAt = (decoded: unknown, path: Path): unknown =>
  path.slice(0, -1).reduce<unknown>((outer, key) => Object(outer)[key], decoded)

const lengthAt = (decoded: unknown, path: Path): number => {
  const list = listAt(decoded, path)
  return Array.isArray(list) ? list.length : 0
}

describe("A1: an answer that deviates in one member", () => {
  /** Where the member is in the decoded answer, nothing is compared. Elsewhere nothing may differ. */
  const holds = (codecOf: (action: (typeof actions)[number]) => Codec.Codec.Any | undefined, numRuns: number) =>
    FastCheck.assert(
      FastCheck.property(answers, ({ action, path, value, wire }) => {
        const codec = codecOf(action)
        if (codec === undefined || path === undefined) return
        const right = Either.getOrThrow(decodeLeniently(codec, wire)).value
        const deviating = withValue(wire, path, (outer, key) => Reflect.set(outer, key, value))
        const read = Either.getOrThrow(decodeLeniently(codec, deviating)).value
        const [rest, others] = [read, right].map((decoded) => {
          // An element that cannot be read is gone, and the ones behind it move up.
          const list = listAt(decoded, path)
          const isShort = decoded === read && Array.isArray(list) && lengthAt(right, path) !== list.length
          return isShort ? decoded : withValue(decoded, path, without)
        })
        assert.deepStrictEqual(rest, others)
      }),
      { numRuns }
    )

  it("equals the right answer in every other member, by the shapes of the catalogue", () =>
    holds(({ response }) => response, 3000))

  it("equals the right answer in every other member, by schemas of all members that are optional", () => {
    const codecs = new Map<unknown, Codec.Codec.Any>()
    holds((action) => {
      const known = codecs.get(action)
      if (known !== undefined) return known
      const schema = Option.getOrUndefined(ShapeSchema.response(action))
      if (schema === undefined) return undefined
      const codec: Codec.Codec.Any = Codec.fromSchema(schema as Schema.Schema<object, object>)
      codecs.set(action, codec)
      return codec
    }, 500)
  })

  it("never has a value of a type that its contract does not have", () =>
    FastCheck.assert(
      FastCheck.property(answers, ({ action, path, value, wire }) => {
        if (path === undefined) return
        const deviating = withValue(wire, path, (outer, key) => Reflect.set(outer, key, value))
        const table = Option.getOrThrow(Option.fromNullable(Shape.of(action.response)))
        const read = Either.getOrThrow(decodeLeniently(action.response, deviating)).value
        const faults = Shape.deviations(table, read).filter(({ kind }) => kind === "type" || kind === "value")
        // A response may have a fraction in a whole number, and a negative number in an unsigned one: both are numbers.
        assert.deepStrictEqual(
          faults.filter(
            ({ found }) => !/^(a fraction|a negative number|the integer .*|an integer of .*|number)$/.test(found)
          ),
          []
        )
      }),
      { numRuns: 2000 }
    ))
})

describe("reading an answer that deviates everywhere", () => {
  const table: Shape.Table = ["Answer", "Items:0*", () => [["Item", "Id:i,Names:s*,Tags:0*", () => [["Tag", "Key:s"]]]]]
  const itemOf = (index: number) =>
    [{ Id: "-", Names: "a", Tags: { Key: [] } }, "x", { Id: {}, Names: {}, Tags: [1, { Key: "k" }] }][index % 3]

  it.each([
    ["a shape", Shape.codec<object>(table)],
    [
      "a schema",
      Codec.fromSchema(
        Schema.Struct({
          Items: Schema.Array(Schema.Struct({ Id: Schema.optional(Schema.Number), Names: Schema.Array(Schema.String) }))
        })
      )
    ]
  ] as ReadonlyArray<readonly [string, Codec.Codec.Any]>)("takes time in proportion to its size: %s", (_, codec) => {
    const growth = growthOf((size) => {
      const wire = { Items: Array.from({ length: size }, (_, index) => itemOf(index)) }
      return () => void decodeLeniently(codec, wire)
    }, 2000)
    assert.isBelow(growth, 10)
  })
})
