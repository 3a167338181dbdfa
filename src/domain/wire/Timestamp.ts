/**
 * Timestamps of the protocol: whole seconds since the UNIX epoch, in UTC.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { lastValue } from "../internal/lastValue.js"

/**
 * Seconds since the UNIX epoch.
 *
 * @since 0.1.0
 * @category models
 */
export type Timestamp = number

/**
 * How far a request's timestamp may be from the server's time in either direction, in seconds. The limit itself is allowed.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxSkewSeconds = 300

/** The last second that a `Date` of JavaScript can hold. */
const max = 8_640_000_000_000

/**
 * Converts milliseconds since the epoch to a timestamp, rounded down.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromMillis = (millis: number): Timestamp => Math.floor(millis / 1000)

/**
 * Parses a timestamp in decimal digits, as `X-TC-Timestamp` writes it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromString = (digits: string): Option.Option<Timestamp> => {
  const seconds = /^\d{1,13}$/.test(digits) ? Number(digits) : Number.NaN
  return seconds <= max ? Option.some(seconds) : Option.none()
}

/** The form of RFC 9110. `Date.parse` alone would also accept many other texts. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Parses an HTTP `Date` header.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromHttpDate = (header: string): Option.Option<Timestamp> => {
  const millis = httpDate.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(millis) ? Option.none() : Option.some(fromMillis(millis))
}

/**
 * Returns the UTC day of a timestamp, `2019-02-25`, as a credential scope writes it. If no calendar has the timestamp, returns
 * the nearest day that a calendar has.
 *
 * @since 0.1.0
 * @category getters
 */
export const utcDay = (timestamp: Timestamp): string => formatDay(Math.floor(timestamp / secondsPerDay))

const secondsPerDay = 86_400

// Consecutive signatures almost always have the same day.
const formatDay = /* #__PURE__ */ lastValue((day: number): string => {
  const seconds = Math.min(max, Math.max(-max, day * secondsPerDay || 0))
  return new Date(seconds * 1000).toISOString().slice(0, -14)
})

/**
 * Returns whether two timestamps are near enough for a signature to be valid.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isWithinSkew = (timestamp: Timestamp, now: Timestamp): boolean =>
  Math.abs(timestamp - now) <= maxSkewSeconds
