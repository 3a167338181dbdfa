/** Streams by their channels. Effect 4 runs streams differently: an edition for it needs a twin of this file. */
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** `Stream.unwrap`, without the concurrency that it could have: that is a tenth of what a small program loads. */
export const unwrap = <A, E, R, E2, R2>(
  self: Effect.Effect<Stream.Stream<A, E, R>, E2, R2>
): Stream.Stream<A, E | E2, R | R2> => Stream.fromChannel(Channel.unwrap(Effect.map(self, Stream.toChannel)))

/** `Stream.unwrapScopedWith`, without that concurrency too: the scope ends with the stream. */
export const unwrapScopedWith = <A, E, R, E2, R2>(
  make: (scope: Scope.Scope) => Effect.Effect<Stream.Stream<A, E, R>, E2, R2>
): Stream.Stream<A, E | E2, R | R2> =>
  Stream.fromChannel(Channel.unwrapScopedWith((scope) => Effect.map(make(scope), Stream.toChannel)))
