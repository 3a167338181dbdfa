/** What marks a codec, apart from what makes one: a program whose contracts are all generated loads no schema library. */
import type { Codec, TypeId as Mark } from "../Codec.js"

export const TypeId: Mark = Symbol.for("effect-tencentcloud/Codec") as Mark

export const make = <A>(codec: Omit<Codec<A>, Mark>): Codec<A> =>
  // A member may be a getter: what stands behind it is made on first use.
  Object.defineProperties({ [TypeId]: TypeId }, Object.getOwnPropertyDescriptors(codec)) as Codec<A>
