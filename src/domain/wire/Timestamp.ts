/**
 * A moment as the protocol counts it: whole seconds since the UNIX epoch, UTC.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * Seconds since the UNIX epoch.
 *
 * @since 0.1.0
 * @category models
 */
export type Timestamp = number

/**
 * How far a request's timestamp may be from the server's time, either way, in seconds. The bound itself passes.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxSkewSeconds = 300

/** The last second that JavaScript's `Date` can tell the day of. */
const max = 8_640_000_000_000

/**
 * The timestamp of a moment in milliseconds.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromMillis = (millis: number): Timestamp => Math.floor(millis / 1000)

/**
 * Reads the decimal digits of a timestamp, as they stand in `X-TC-Timestamp`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromString = (digits: string): Option.Option<Timestamp> => {
  const seconds = /^\d{1,13}$/.test(digits) ? Number(digits) : Number.NaN
  return seconds <= max ? Option.some(seconds) : Option.none()
}

/** RFC 9110's own form: of other texts `Date.parse` makes a date all too readily. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Reads an HTTP `Date` header.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromHttpDate = (header: string): Option.Option<Timestamp> => {
  const millis = httpDate.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(millis) ? Option.none() : Option.some(fromMillis(millis))
}

/**
 * The UTC day of a timestamp, `2019-02-25`: the date of a credential scope. Of one that no calendar holds, it is that of the
 * nearest that one does.
 *
 * @since 0.1.0
 * @category getters
 */
export const utcDay = (timestamp: Timestamp): string => {
  const day = Math.floor(timestamp / 86_400)
  if (day !== last.day) {
    const text = new Date(Math.min(max, Math.max(-max, timestamp || 0)) * 1000).toISOString().slice(0, -14)
    last = { day, text }
  }
  return last.text
}

/** Signatures made one after the other are almost always of one day. */
let last = { day: 0, text: "1970-01-01" }

/**
 * Whether two timestamps are near enough for a signature to be taken.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isWithinSkew = (timestamp: Timestamp, now: Timestamp): boolean =>
  Math.abs(timestamp - now) <= maxSkewSeconds
