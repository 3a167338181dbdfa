import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as ShapeSchema from "effect-tencentcloud/ShapeSchema"
import * as Shape from "../../../src/domain/contract/Shape.js"
import { Volumes } from "../../fixtures/Volumes.js"

interface Node {
  readonly Name: string
  readonly Size?: number | undefined
  readonly Children?: ReadonlyArray<Node> | undefined
}

const Node: Shape.Table = ["Node", "Name:s!,Size:u,Children:0*", () => [Node]]
const Leaf: Shape.Table = ["Leaf", "Key:s!,Up:0", () => [Branch]]
const Branch: Shape.Table = ["Branch", "Leaf:0,Leaves:0*!", () => [Leaf]]
const Every: Shape.Table = [
  "Every",
  "String:s!,Int:i!,Uint:u!,Float:f!,Bool:b!,Time:d!,Iso:D!,Day:t!,Binary:B!,List:s*!,Node:0!",
  () => [Node]
]
const Answer: Shape.Table = ["Answer", "Name:s?+,Node:0!,Nodes:0*?", () => [Node]]

const action = <Request, Response>(request: Shape.Table, response: Shape.Table) =>
  Shape.action<"X", Request, Response, readonly [], false>(
    "X",
    { product: "ebs", version: "2026-01-01", request, response, errors: [] },
    false
  )

const nodes = action<Node, Node>(Node, Node)
const every = action<object, object>(Every, Answer)
/** A definition, by its name. */
type Definitions = Readonly<Record<string, object | undefined>>

const jsonSchema = <A, I>(schema: Option.Option<Schema.Schema<A, I>>) => {
  const made: object = JSONSchema.make(Option.getOrThrow(schema))
  return made as { readonly $ref: string; readonly $defs: Definitions }
}

const views = { request: ShapeSchema.request, response: ShapeSchema.response }

const cvm = Object.values(Cvm.product.actions).map(({ action }) => action)

describe("the schema of a request", () => {
  const schema = Option.getOrThrow(ShapeSchema.request(nodes))

  it("reads valid values only", () => {
    const value: Node = { Name: "a", Size: 1, Children: [{ Name: "b", Children: [] }] }
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)(value), value)
    assert.deepStrictEqual<unknown>(Schema.encodeSync(schema)(value), value)
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)({ Name: "a", Size: undefined }), {
      Name: "a",
      Size: undefined
    })
    for (const wrong of [
      {},
      { Name: null },
      { Name: "a", Size: -1 },
      { Name: "a", Size: 1.5 },
      { Name: "a", Size: 2 ** 53 },
      { Name: "a", Size: "1" },
      { Name: "a", Children: [{}] },
      { Name: "a", Children: {} }
    ])
      assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(schema)(wrong)), JSON.stringify(wrong))
  })

  it("is the same value each time", () => assert.strictEqual(Option.getOrThrow(ShapeSchema.request(nodes)), schema))

  it("is a JSON Schema whose definitions are the shapes, also if they contain themselves", () => {
    assert.deepStrictEqual<unknown>(jsonSchema(ShapeSchema.request(every)), {
      $schema: "http://json-schema.org/draft-07/schema#",
      $ref: "#/$defs/Every",
      $defs: {
        Every: {
          type: "object",
          additionalProperties: false,
          required: ["String", "Int", "Uint", "Float", "Bool", "Time", "Iso", "Day", "Binary", "List", "Node"],
          properties: {
            String: { type: "string" },
            Int: { type: "integer", format: "int64", description: "int64", title: "int" },
            Uint: { type: "integer", minimum: 0, format: "uint64", description: "uint64", title: "nonNegative" },
            Float: { type: "number" },
            Bool: { type: "boolean" },
            Time: { type: "string", format: "datetime" },
            Iso: { type: "string", format: "date-time" },
            Day: { type: "string", format: "date" },
            Binary: { type: "string", format: "binary", title: "Uint8Array" },
            List: { type: "array", items: { type: "string" } },
            Node: { $ref: "#/$defs/Node" }
          }
        },
        Node: {
          type: "object",
          additionalProperties: false,
          required: ["Name"],
          properties: {
            Name: { type: "string" },
            Size: { type: "integer", minimum: 0, format: "uint64", description: "uint64", title: "nonNegative" },
            Children: { type: "array", items: { $ref: "#/$defs/Node" } }
          }
        }
      }
    })
  })

  it("of a shape without members accepts objects only", () => {
    const empty = Option.getOrThrow(ShapeSchema.request(action<object, object>(["Empty", ""], Node)))
    const decode = Schema.decodeUnknownEither(empty)
    assert.deepStrictEqual<unknown>(decode({}), Either.right({}))
    assert.deepStrictEqual(
      [[], "a", 1, null].filter((value) => Either.isRight(decode(value))),
      []
    )
    assert.deepStrictEqual(jsonSchema(Option.some(empty)).$defs.Empty, {
      type: "object",
      properties: {},
      required: [],
      additionalProperties: false
    })
    assert.deepStrictEqual(FastCheck.sample(Arbitrary.make(empty), 3), [{}, {}, {}])
  })

  it("of shapes that contain each other refers to each by its name", () => {
    const { $defs, $ref } = jsonSchema(ShapeSchema.request(action<object, object>(Branch, Leaf)))
    assert.deepStrictEqual([$ref, Object.keys($defs).sort()], ["#/$defs/Branch", ["Branch", "Leaf"]])
    assert.deepInclude($defs.Leaf, { properties: { Key: { type: "string" }, Up: { $ref: "#/$defs/Branch" } } })
  })
})

describe("the schema of a response", () => {
  const schema = Option.getOrThrow(ShapeSchema.response(every))

  it("requires nothing, and reads a documented `null` as absent", () => {
    const decode = Schema.decodeUnknownEither(schema)
    assert.deepStrictEqual<unknown>(decode({}), Either.right({}))
    assert.deepStrictEqual<unknown>(decode({ Name: null, Nodes: null, Node: {} }), Either.right({ Node: {} }))
    assert.isTrue(Either.isLeft(decode({ Node: null })))
    assert.isTrue(Either.isLeft(decode({ Node: undefined })))
  })

  it("is the same as a JSON Schema", () => {
    const { $defs } = jsonSchema(ShapeSchema.response(every))
    assert.deepStrictEqual<unknown>($defs.Answer, {
      type: "object",
      additionalProperties: false,
      required: [],
      properties: {
        Name: { anyOf: [{ type: "string" }, { type: "null" }] },
        Node: { $ref: "#/$defs/Node" },
        Nodes: { anyOf: [{ type: "array", items: { $ref: "#/$defs/Node" } }, { type: "null" }] }
      }
    })
    assert.deepInclude($defs.Node, { required: [] })
  })

  it("is the schema of each event if the action streams", () => {
    const streaming = Shape.action<"X", object, object, readonly [], true>(
      "X",
      { product: "ebs", version: "2026-01-01", request: Every, response: Answer, errors: [] },
      true
    )
    assert.strictEqual(Option.getOrThrow(ShapeSchema.response(streaming)), schema)
  })
})

it("an action that is not of the catalogue has no schema", () => {
  const { CreateVolume } = Volumes.actions
  assert.isTrue(Option.isNone(ShapeSchema.request(CreateVolume)))
  assert.isTrue(Option.isNone(ShapeSchema.response(CreateVolume)))
  const retyped = Action.withResponse(nodes, Schema.Struct({ Size: Schema.BigIntFromSelf }))
  assert.isTrue(Option.isSome(ShapeSchema.request(retyped)))
  assert.isTrue(Option.isNone(ShapeSchema.response(retyped)))
})

/** The codec accepts every value that a schema generates: both read the same table. */
const agree = (action: Action.Action.Any, numRuns: number): void => {
  for (const direction of ["request", "response"] as const) {
    const codec = action[direction]
    const schema = Option.getOrThrow<Schema.Schema<unknown, object>>(views[direction](action))
    FastCheck.assert(
      FastCheck.property(Arbitrary.make(schema), (value) => {
        const wire = Schema.encodeSync(schema)(value)
        assert.isTrue(Either.isRight(codec.decode(wire, direction)))
        assert.isTrue(Either.isRight(Schema.decodeUnknownEither(schema)(wire)))
      }),
      { numRuns }
    )
  }
}

it("an arbitrary makes values that the codec accepts, for every type and for recursive shapes", () => {
  agree(nodes, 25)
  agree(every, 25)
  agree(action<object, object>(Branch, Leaf), 20)
})

it("times have the form of times", () =>
  FastCheck.assert(
    FastCheck.property(Arbitrary.make(Option.getOrThrow(ShapeSchema.request(every))), (value) => {
      const { Day, Iso, Time } = value as Record<string, unknown>
      assert.match(String(Day), /^20\d\d-\d\d-\d\d$/)
      assert.match(String(Time), /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/)
      assert.match(String(Iso), /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    })
  ))

describe("of every action of cvm", () => {
  it("the JSON Schema names the shape and its required members", () => {
    assert.isAbove(cvm.length, 100)
    for (const action of cvm)
      for (const direction of ["request", "response"] as const) {
        const table = Shape.of(action[direction])
        const { $defs, $ref } = jsonSchema<unknown, object>(views[direction](action))
        assert.strictEqual($ref, `#/$defs/${table?.[0]}`)
        const required = Shape.members(table ?? ["", ""]).filter(({ required }) => required && direction === "request")
        assert.deepInclude($defs[table?.[0] ?? ""], { required: required.map(({ name }) => name) })
      }
  })

  it("the arbitraries make values that the codec accepts", () => {
    for (const action of cvm) agree(action, 2)
  })
})
