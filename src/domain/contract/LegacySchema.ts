/**
 * Makes codecs out of schemas of `@effect/schema` 0.75, the package that became `effect/Schema`. You need this module only if
 * your contracts use that package, which is an optional peer. No other module loads it.
 *
 * @since 0.1.0
 */
import * as ParseResult from "@effect/schema/ParseResult"
import type * as Schema from "@effect/schema/Schema"
import * as Codec from "./Codec.js"
import { fromLibrary } from "./internal/schema/effectSchema.js"

/**
 * Makes a codec out of a schema of `@effect/schema`. Use it wherever a contract accepts a schema.
 *
 * @example
 * ```ts
 * import * as Schema from "@effect/schema/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 * import { codec } from "effect-tencentcloud/LegacySchema"
 *
 * export const DescribeVolume = Action.make("DescribeVolume", {
 *   product: "ebs",
 *   version: "2026-01-01",
 *   request: codec(Schema.Struct({ VolumeId: Schema.String })),
 *   response: codec(Schema.Struct({ Size: Schema.Number })),
 *   errors: []
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const codec = <A, I>(schema: Schema.Schema<A, I>): Codec.Codec<A> =>
  Codec.make(
    fromLibrary({
      ast: schema.ast,
      decoder: (strictness) => ParseResult.decodeUnknownEither(schema, strictness),
      encoder: (strictness) => ParseResult.encodeEither(schema, strictness)
    })
  )
