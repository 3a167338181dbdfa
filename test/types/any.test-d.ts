/** `any` switches the compiler off, wherever it spreads to: nothing that the library exports gives or takes it. */
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Action from "effect-tencentcloud/Action"
import type * as Codec from "effect-tencentcloud/Codec"
import type { ApiError } from "effect-tencentcloud/ApiError"
import type * as Library from "effect-tencentcloud"
import { describe, expectTypeOf, it } from "vitest"

type IsAny<T> = 0 extends 1 & T ? true : false

/** What a value is made of, as far as its types tell: results and arguments, channels, the service behind a tag, instances. */
type Parts<T> = T extends Effect.Effect<infer A, infer E, infer R> ? [A, E, R]
  : T extends Layer.Layer<infer A, infer E, infer R> ? [A, E, R]
  : T extends { readonly Service: infer S } ? [S, ...Members<S>]
  : T extends (...args: infer P) => infer R ? [R, ...P]
  : T extends abstract new (...args: infer P) => infer I ? [...Members<I>, ...P]
  : []

type Members<T> = [T[keyof T], { [K in keyof T]-?: IsAny<T[K]> extends true ? T[K] : never }[keyof T]]

type HoldsAny<T, Depth extends ReadonlyArray<0> = [0, 0, 0, 0]> =
  IsAny<T> extends true ? true
  : Depth extends readonly [0, ...infer Rest extends ReadonlyArray<0>] ? PartHoldsAny<Parts<T>, Rest>
  : never
type PartHoldsAny<P extends ReadonlyArray<unknown>, Depth extends ReadonlyArray<0>> = P extends P ? { [I in keyof P]: HoldsAny<P[I], Depth> }[number] : never

/** The names of what holds `any` in a module. */
type Found<Module> = { [Name in keyof Module]-?: true extends HoldsAny<Module[Name]> ? Name : never }[keyof Module]

describe("the search for any", () => {
  it("finds it in every place", () => {
    expectTypeOf<
      Found<{
        value: any
        result: () => any
        argument: (_: any) => void
        channel: Effect.Effect<string, any>
        later: () => () => Effect.Effect<any>
        layer: Layer.Layer<never, never, any>
        instance: new () => { a: string; b: any }
        constructor: new (_: any) => {}
        service: { readonly Service: { readonly get: (_: string) => Effect.Effect<any> } }
        clean: (_: unknown) => Effect.Effect<string, never>
      }>
    >().toEqualTypeOf<"value" | "result" | "argument" | "channel" | "later" | "layer" | "instance" | "constructor" | "service">()
  })
})

describe("the library", () => {
  it("has no any in its exports", () => {
    expectTypeOf<{ [Module in keyof typeof Library]: Found<(typeof Library)[Module]> }[keyof typeof Library]>().toBeNever()
  })

  it("has no any in the types of any action, any error and any codec", () => {
    expectTypeOf<Found<Action.Action.Any>>().toBeNever()
    expectTypeOf<Found<ApiError.Any>>().toBeNever()
    expectTypeOf<Found<ApiError.AnyClass>>().toBeNever()
    expectTypeOf<Found<Codec.Codec.Any>>().toBeNever()
  })
})
