import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import { lastValue, lastValueBy } from "../../../src/domain/internal/lastValue.js"

/** A function that records its arguments. */
const noting = <A>() => {
  const calls: Array<A> = []
  const compute = (argument: A) => {
    calls.push(argument)
    return { argument }
  }
  return { calls, compute }
}

describe("lastValue", () => {
  it.prop(
    "returns what the function returns, and computes it when the argument changes",
    [FC.array(FC.constantFrom(undefined, 0, 1, 2, Number.NaN))],
    ([given]) => {
      const { calls, compute } = noting<number | undefined>()
      const cached = lastValue(compute)
      for (const argument of given) assert.deepStrictEqual(cached(argument), { argument })
      assert.deepStrictEqual(
        calls,
        given.filter((argument, index) => index === 0 || argument !== given[index - 1])
      )
    }
  )

  it("computes again after a function that has thrown", () => {
    let attempts = 0
    const cached = lastValue((argument: string) => {
      attempts += 1
      if (attempts === 1) throw new Error("planted")
      return argument
    })
    assert.throws(() => cached("a"), "planted")
    assert.strictEqual(cached("a"), "a")
    assert.strictEqual(cached("a"), "a")
    assert.strictEqual(attempts, 2)
  })
})

describe("lastValueBy", () => {
  it("compares arguments by their content", () => {
    const { calls, compute } = noting<{ readonly date: string }>()
    const cached = lastValueBy<{ readonly date: string }, unknown>((one, other) => one.date === other.date, compute)
    const first = cached({ date: "2026-01-01" })
    assert.strictEqual(cached({ date: "2026-01-01" }), first)
    assert.notStrictEqual(cached({ date: "2026-01-02" }), first)
    assert.strictEqual(calls.length, 2)
  })
})
