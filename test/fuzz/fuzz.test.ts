/**
 * Every reader of foreign bytes, for a few seconds each: it throws nothing, keeps its laws, and takes time in proportion to its bytes.
 * `npm run fuzz` runs the same for longer.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { findGrowth, fuzz, describe as show } from "./runner.js"
import { targets } from "./targets/index.js"

const { FUZZ_MILLIS: millis = "5000", SEED: seed = "1" } = process.env

describe.each(targets)("reading $name", (target) => {
  afterAll(() => target.close?.())

  it("throws nothing and breaks no law, whatever comes", async () => {
    const { fault, inputs } = await fuzz(target, { millis: Number(millis), seed: Number(seed) })
    if (fault !== undefined) assert.fail(show(target, Number(seed), fault))
    assert.isAbove(inputs, 0)
  })

  it("takes time in proportion to the bytes", async () => {
    const growth = await findGrowth(target)
    assert.deepStrictEqual(growth, [])
  })
})
