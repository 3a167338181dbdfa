import * as Schema from "@effect/schema/Schema"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { codec } from "effect-tencentcloud/LegacySchema"
import { behavesLikeACodec, type Tree } from "./codecBehaviour.js"

class Counter extends Schema.Class<Counter>("Counter")({ Count: Schema.Number }) {
  get doubled(): number {
    return this.Count * 2
  }
}

const tree: Schema.Schema<Tree> = Schema.Struct({
  Name: Schema.String,
  Children: Schema.optionalWith(Schema.Array(Schema.suspend(() => tree)), { exact: true })
})

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

const password = <R>(transform: (text: string) => Effect.Effect<string, never, R>) =>
  Schema.Struct({
    Password: Schema.transformOrFail(Schema.String, Schema.String, { decode: transform, encode: transform })
  })

behavesLikeACodec({
  volume: codec(
    Schema.Struct({
      Name: Schema.String,
      Size: Schema.Int.pipe(Schema.greaterThanOrEqualTo(10)),
      Encrypted: optional(Schema.Boolean),
      Kind: optional(Schema.Literal("ssd", "hdd")),
      Tags: optional(Schema.Array(Schema.Struct({ Key: Schema.String, Weight: optional(Schema.Number) })))
    })
  ),
  number: codec(Schema.Struct({ Inner: Schema.Struct({ Id: Schema.Number }) })),
  bigint: codec(Schema.Struct({ Id: Schema.BigIntFromSelf })),
  nullable: codec(
    Schema.Struct({
      Cap: Schema.NullOr(Schema.Number),
      Inner: optional(Schema.Struct({ Note: optional(Schema.String) }))
    })
  ),
  scalars: codec(
    Schema.Struct({
      Either: Schema.Union(Schema.Number, Schema.Boolean),
      Text: Schema.Union(Schema.String, Schema.Number)
    })
  ),
  disk: codec(
    Schema.Union(
      Schema.Struct({ Type: Schema.Literal("local"), Size: Schema.Number }),
      Schema.Struct({ Type: Schema.Literal("cloud"), Ids: Schema.Array(Schema.Number) })
    )
  ),
  page: codec(Schema.Struct({ Limit: Schema.optionalWith(Schema.Number, { default: () => 20 }) })),
  counter: codec(Counter),
  tree: codec(tree),
  dated: codec(Schema.Struct({ At: Schema.DateFromString })),
  counted: codec(Schema.Struct({ Count: Schema.NumberFromString })),
  throwing: codec(password((text) => assert.fail(text))),
  asynchronous: codec(password((text) => Effect.as(Effect.sleep("1 millis"), text))),
  texts: codec(
    Schema.Struct({
      Number: Schema.Number,
      Bool: Schema.Boolean,
      Choice: Schema.Literal("a", "b"),
      Length: Schema.String.pipe(Schema.maxLength(3)),
      Pattern: Schema.String.pipe(Schema.pattern(/^\d+$/)),
      Object: Schema.Struct({ A: Schema.String }),
      List: Schema.Array(Schema.String),
      Date: Schema.Date,
      Either: Schema.Union(Schema.Number, Schema.Struct({ A: Schema.String })),
      Template: Schema.TemplateLiteral("ins-", Schema.String)
    })
  ),
  types: codec(
    Schema.Struct({
      Whole: Schema.Int,
      Bounded: Schema.Int.pipe(Schema.between(1, 100)),
      Optional: optional(Schema.NonNegative.pipe(Schema.int())),
      Big: Schema.BigIntFromSelf,
      Fraction: Schema.Number.pipe(Schema.positive()),
      Either: Schema.Union(Schema.Int, Schema.Boolean),
      Counted: Schema.NumberFromString.pipe(Schema.int()),
      Content: Schema.Uint8ArrayFromSelf
    })
  )
})
