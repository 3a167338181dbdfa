/** Reads a response without what cannot be read, for every kind of codec. */
import type * as Either from "effect/Either"
import * as Shape from "../Shape.js"
import type { Codec, Issues, Lenient } from "./codec.js"
import { prune } from "./prune.js"
import { readLeniently } from "./readShape.js"

/**
 * Decodes a response that deviates from its contract.
 *
 * - A shape leaves out what cannot be read. All members of a response are optional, so its type stays true.
 * - For any other codec, members and elements are left out until the codec accepts the rest. So the codec itself decides what is true,
 *   and what it requires must be there.
 *
 * Fails with the issues if nothing can be left out.
 */
export const decodeLeniently = (codec: Codec.Any, wire: unknown): Either.Either<Lenient, Issues> => {
  const table = Shape.of(codec)
  return table === undefined ? prune(wire, (pruned) => codec.decode(pruned, "response")) : readLeniently(table, wire)
}
