/**
 * Every reader of foreign bytes, for a few seconds each: it throws nothing, keeps its laws, and takes time in proportion to its bytes.
 * `npm run fuzz` runs the same for longer.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { findGrowth, fuzz, describe as show } from "./runner.js"
import { holds, type Target } from "./target.js"
import { targets } from "./targets/index.js"

const { FUZZ_MILLIS: millis = "5000", SEED: seed = "1" } = process.env

/** A reader that fails on a word, and that takes the square of the number of letters `a`. */
const planted: Target = {
  name: "planted",
  generate: (random) => random.text("abcdefgh", 0, 40),
  tokens: ["bad"],
  check: (input) => {
    if (input.includes("bad")) throw new Error("planted")
    let sum = 0
    for (const one of input) if (one === "a") for (let at = 0; at < input.length; at++) sum += at
    holds(sum >= 0, "a sum is not negative")
  },
  growth: { letters: (size) => "a".repeat(size / 3), others: (size) => "x".repeat(size) }
}

describe("the fuzzer", () => {
  it("finds a fault, and its smallest input", async () => {
    const { fault } = await fuzz(planted, { millis: 5000, seed: 1 })
    assert.strictEqual(fault?.input, "bad")
  })

  it("finds what takes more time than its size explains", async () => {
    const growth = await findGrowth(planted)
    assert.deepStrictEqual(
      growth.map(({ what }) => what),
      ["letters"]
    )
  })
})

describe.each(targets)("reading $name", (target) => {
  afterAll(() => target.close?.())

  it("throws nothing and breaks no law on any input", async () => {
    const { fault, inputs } = await fuzz(target, { millis: Number(millis), seed: Number(seed) })
    if (fault !== undefined) assert.fail(show(target, Number(seed), fault))
    assert.isAbove(inputs, 0)
  })

  it("takes time in proportion to the bytes", async () => {
    const growth = await findGrowth(target)
    assert.deepStrictEqual(growth, [])
  })
})
