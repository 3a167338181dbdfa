/** What to tell a person whose signature has expired. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Timestamp from "../../../domain/wire/Timestamp.js"

/** How far the service lets a signature's time be from its own. */
export const toleranceMillis = 5 * 60 * 1000

/** A difference that a `Date` header, which counts seconds, can show. */
const visible = 2000

const format = (millis: number): string => {
  const date = new Date(millis)
  return Number.isNaN(date.getTime()) ? `${millis} ms since the epoch` : `${date.toISOString().slice(0, 19)}Z`
}

/** What the clocks say, in milliseconds since the epoch. */
export interface Clocks {
  /** This machine's. */
  readonly machine: number
  /** The one that the client signs by. */
  readonly signing: number
  /** The `Date` header of the answer. */
  readonly date: string | undefined
}

/** Says how wrong the clock is, as far as that is known, and what to do. Nothing where both clocks agree with the service's. */
export const adviseOnClock = ({ date, machine, signing }: Clocks): string | undefined => {
  const action = "To go on, set this machine's clock, best by NTP"
  const limit = `the service accepts a difference of ${Duration.format(Duration.millis(toleranceMillis))}`
  const service = Option.getOrUndefined(Option.flatMap(Option.fromNullable(date), Timestamp.fromHttpDate))
  if (service === undefined) {
    return `${action}: the signature is from ${format(signing)}, and ${limit}. The answer has no \`Date\` to correct the clock by.`
  }
  const differences = [machine - service * 1000, signing - service * 1000]
  const worst = differences.reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one))
  if (Math.abs(worst) <= visible) return undefined
  const direction = worst > 0 ? "ahead of" : "behind"
  const difference = Duration.format(Duration.millis(Math.floor(Math.abs(worst) / 1000) * 1000))
  return `${action}: it is ${difference} ${direction} the service's, which says ${format(service * 1000)}, and ${limit}.`
}
