/** The ratio of two builds, with its 95 % confidence interval. */
import { spread } from "../harness.js"

/**
 * What one pair of processes measured, round by round: each build has one process in it. Two processes of one build differ by a
 * percent or two for as long as they live, so rounds of one pair are no independent measurements. Pairs are.
 */
export interface Pair {
  readonly working: ReadonlyArray<number>
  readonly other: ReadonlyArray<number>
}

export interface Comparison {
  /** Medians over all rounds. */
  readonly working: number
  readonly other: number
  /** Working to other: above 1, the working tree is slower. */
  readonly ratio: number
  /** The bounds of the interval. */
  readonly low: number
  readonly high: number
}

/** A row fails if its whole interval is above this ratio. */
export const highestRatio = 1.03

/** The 97.5 % quantile of Student's t distribution, for 1 to 30 degrees of freedom. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042
]

/** Beyond the table, the quantile of the normal distribution with the first term that corrects it: off by less than 0.001. */
const quantile = (degrees: number): number => quantiles[degrees - 1] ?? 1.96 + 2.372 / degrees

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How many of `count` values to cut off at each end. */
const cutOf = (count: number, part: number): number => Math.floor(count * part)

const ascending = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  [...values].sort((one, other) => one - other)

/** The mean without the lowest and the highest part, so that a few outliers do not change it. */
const trimmedMean = (values: ReadonlyArray<number>, part: number): number => {
  const cut = cutOf(values.length, part)
  return mean(ascending(values).slice(cut, values.length - cut))
}

/** Cuts off a fifth of a pair's rounds at each end: those in which something else ran on the machine. */
const trimmedRounds = 0.2

/** Cuts off a tenth of the pairs: sometimes the compiler makes one process permanently slower. */
const trimmedPairs = 0.1

const logRatio = ({ other, working }: Pair): number =>
  trimmedMean(
    working.map((value, round) => Math.log(value / (other[round] ?? Number.NaN))),
    trimmedRounds
  )

/** Half the width of the 95 % interval of a trimmed mean, after Yuen: the values cut off count as the outermost ones kept. */
const halfWidth = (values: ReadonlyArray<number>, part: number): number => {
  const cut = cutOf(values.length, part)
  const kept = ascending(values).slice(cut, values.length - cut)
  const [lowest = 0, highest = 0] = [kept[0], kept.at(-1)]
  const winsorized = values.map((value) => Math.min(Math.max(value, lowest), highest))
  const center = mean(winsorized)
  const squares = winsorized.reduce((sum, value) => sum + (value - center) ** 2, 0)
  return quantile(kept.length - 1) * Math.sqrt(squares / (kept.length * (kept.length - 1)))
}

/**
 * Compares two builds by a t interval over the pairs' log ratios. With one pair, both bounds are its ratio, which
 * is correct for a value that does not vary, such as a size.
 */
export const compare = (pairs: ReadonlyArray<Pair>): Comparison => {
  const ratios = pairs.map(logRatio)
  const center = trimmedMean(ratios, trimmedPairs)
  const half = ratios.length === 1 ? 0 : halfWidth(ratios, trimmedPairs)
  return {
    working: spread(pairs.flatMap(({ working }) => working)).median,
    other: spread(pairs.flatMap(({ other }) => other)).median,
    ratio: Math.exp(center),
    low: Math.exp(center - half),
    high: Math.exp(center + half)
  }
}

export const isSlower = ({ low }: Comparison): boolean => low > highestRatio
