/**
 * Contracts written with `@effect/schema` 0.75, the package that became `effect/Schema`. It is still widely installed, and
 * such a contract works as it is. The package is an optional peer: only this module loads it.
 *
 * @since 0.1.0
 */
import * as ParseResult from "@effect/schema/ParseResult"
import type * as Schema from "@effect/schema/Schema"
import * as Codec from "./Codec.js"
import { fromLibrary } from "./internal/schema/effectSchema.js"

/**
 * The codec of a schema of `@effect/schema`, to be given wherever a contract takes a schema.
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
