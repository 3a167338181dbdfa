import { describe, expect, it } from "vitest"
import { planOf } from "../../bench/against/driver.js"
import { compare, highestRatio, isSlower, type Pair } from "../../bench/against/statistics.js"
import { readCommand, select } from "../../bench/command.js"

/** A pair of processes whose every round has this ratio, however long the rounds take. */
const pair = (ratio: number, costs: ReadonlyArray<number> = [10, 20, 40]): Pair => ({
  working: costs.map((cost) => cost * ratio),
  other: costs
})

/** Numbers from 0 to 1 that are the same in every run. */
const numbers = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const normal = (next: () => number) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())

/** So many pairs, which differ by 2 %, of rounds which differ by 5 %. */
const noisyPairs = (next: () => number, ratio: number, count: number): ReadonlyArray<Pair> =>
  Array.from({ length: count }, () => {
    const own = ratio * Math.exp(0.02 * normal(next))
    const other = Array.from({ length: 10 }, () => 30 * Math.exp(0.2 * normal(next)))
    return { other, working: other.map((cost) => cost * own * Math.exp(0.05 * normal(next))) }
  })

describe("the ratio of two builds", () => {
  it("is 1, with no width, if both take the same time in each round", () => {
    expect(compare([pair(1), pair(1), pair(1)])).toEqual({ working: 20, other: 20, ratio: 1, low: 1, high: 1 })
  })

  it("compares round by round, so a round in which both are slow does not change it", () => {
    const { ratio } = compare([pair(1.1, [10, 10, 1000]), pair(1.1, [500, 10, 10])])
    expect(ratio).toBeCloseTo(1.1)
  })

  it("has the t interval of the pairs' log ratios", () => {
    const ratios = [-0.02, 0, 0.02]
    const { high, low, ratio } = compare(ratios.map((log) => pair(Math.exp(log))))
    // The standard deviation is 0.02, and 4.303 is the quantile of two degrees of freedom.
    const half = (4.303 * 0.02) / Math.sqrt(3)
    expect(ratio).toBeCloseTo(1, 10)
    expect(Math.log(low)).toBeCloseTo(-half, 10)
    expect(Math.log(high)).toBeCloseTo(half, 10)
  })

  it("has no width if there is one pair", () => {
    const { high, low, ratio } = compare([pair(1.25, [80])])
    expect([low, ratio, high].map((value) => Number(value.toFixed(10)))).toEqual([1.25, 1.25, 1.25])
  })

  it("does not change because one of ten pairs has a slow process", () => {
    const pairs = [0.99, 1, 1, 1.01, 1, 0.99, 1.01, 1, 1].map((ratio) => pair(ratio))
    const { high, low } = compare([...pairs, pair(1.4)])
    expect(low).toBeGreaterThan(0.97)
    expect(high).toBeLessThan(1.03)
  })

  it("does not change because one of ten rounds was disturbed", () => {
    const costs = new Array<number>(10).fill(10)
    const disturbed = { other: costs, working: costs.map((cost, round) => (round === 3 ? cost * 5 : cost)) }
    expect(compare([disturbed, disturbed, disturbed]).ratio).toBe(1)
  })

  it("covers the true ratio in about 95 of 100 comparisons", () => {
    const next = numbers(1)
    const runs = Array.from({ length: 1000 }, () => compare(noisyPairs(next, 1.05, 10)))
    const covered = runs.filter(({ high, low }) => low <= 1.05 && 1.05 <= high).length
    expect(covered).toBeGreaterThan(920)
    expect(covered).toBeLessThan(975)
  })

  it("seldom reports the same build as slower, and mostly reports a build that is 8 % slower", () => {
    const next = numbers(2)
    const slower = (ratio: number) =>
      Array.from({ length: 500 }, () => compare(noisyPairs(next, ratio, 10))).filter(isSlower).length
    expect(slower(1)).toBeLessThan(5)
    expect(slower(1.08)).toBeGreaterThan(450)
  })

  it("fails a row only if its whole interval is above the limit", () => {
    const comparison = { working: 1, other: 1, ratio: 1.2, high: 1.4 }
    expect(isSlower({ ...comparison, low: highestRatio })).toBe(false)
    expect(isSlower({ ...comparison, low: highestRatio + 0.001 })).toBe(true)
  })
})

describe("the rounds of a comparison", () => {
  it("are divided among at least three pairs of processes", () => {
    expect(planOf(100)).toEqual({ pairs: 10, rounds: 10 })
    expect(planOf(1)).toEqual({ pairs: 3, rounds: 1 })
    expect(planOf(100, true)).toEqual({ pairs: 1, rounds: 1 })
  })
})

describe("the command line", () => {
  it("reads names and options in any order", () => {
    expect(readCommand(["call-32", "--against", "HEAD~3", "--rounds", "20", "--json"])).toEqual({
      ...{ json: true, short: false, names: ["call-32"], against: "HEAD~3", rounds: 20 }
    })
    expect(readCommand(["--short"])).toEqual({ json: false, short: true, names: [] })
  })

  it.each([
    [["--against"], /--against/],
    [["--against", "--json"], /--against/],
    [["--fast"], /--fast/],
    [["--rounds", "20"], /`--rounds` needs `--against`/],
    [["--against", "HEAD", "--rounds", "0"], /`--rounds` is invalid/],
    [["--against", "HEAD", "--rounds", "1.5"], /`--rounds` is invalid/],
    [["--against", "HEAD", "--short"], /`--short` does not go with `--against`/]
  ])("rejects %j", (args, reason) => {
    expect(readCommand(args)).toEqual({ reason: expect.stringMatching(reason) })
  })

  it("selects by name or by prefix, in the order of the whole list", () => {
    const all = ["call-1", "call-32", "gateway", "gateway-reject"].map((name) => ({ name }))
    const names = (...wanted: ReadonlyArray<string>) => {
      const selected = select(all, wanted)
      return "reason" in selected ? selected : selected.map(({ name }) => name)
    }
    expect(names()).toEqual(["call-1", "call-32", "gateway", "gateway-reject"])
    expect(names("gateway", "call")).toEqual(["call-1", "call-32", "gateway"])
    expect(names("call-3")).toEqual({ reason: "unknown: call-3; there are call-1, call-32, gateway, gateway-reject" })
  })
})
