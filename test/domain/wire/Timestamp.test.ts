import { assert, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Timestamp from "../../../src/domain/wire/Timestamp.js"

const now = 1_551_113_065

it.each([
  [now, true],
  [now - 300, true],
  [now + 300, true],
  [now - 301, false],
  [now + 301, false],
  [0, false]
])("%d is close enough to 1551113065: %j", (timestamp, expected) => {
  assert.strictEqual(Timestamp.isWithinSkew(timestamp, now), expected)
  assert.strictEqual(Timestamp.isWithinSkew(now, timestamp), expected)
})

it.each([
  [0, "1970-01-01"],
  [now, "2019-02-25"],
  [1_551_139_199, "2019-02-25"],
  [1_551_139_200, "2019-02-26"],
  [1_582_934_400, "2020-02-29"],
  [253_402_300_799, "9999-12-31"]
])("the UTC day of %d is %s", (timestamp, day) => assert.strictEqual(Timestamp.utcDay(timestamp), day))

it.each([
  [0, 0],
  [999, 0],
  [1000, 1],
  [1_551_113_065_999, now]
])("%d ms lie in the second %d", (millis, timestamp) => assert.strictEqual(Timestamp.fromMillis(millis), timestamp))

it.prop("parses the digits of a timestamp, which has a day", [FC.nat(8_640_000_000_000)], ([timestamp]) => {
  assert.deepStrictEqual(Timestamp.fromString(String(timestamp)), Option.some(timestamp))
  assert.match(Timestamp.utcDay(timestamp), /^(\d{4}|\+\d{6})-\d{2}-\d{2}$/)
})

it.each([
  "",
  " ",
  "-1",
  "+1",
  "1.5",
  "1e9",
  "0x10",
  " 1551113065",
  "1551113065\n",
  "１",
  "8640000000001",
  "99999999999999",
  "now"
])("%j is no timestamp", (digits) => assert.deepStrictEqual(Timestamp.fromString(digits), Option.none()))

it.each([
  ["Mon, 25 Feb 2019 16:44:25 GMT", Option.some(now)],
  ["Thu, 01 Jan 1970 00:00:00 GMT", Option.some(0)],
  ["2019-02-25T16:44:25Z", Option.none()],
  ["Mon, 25 Feb 2019 16:44:25 +0800", Option.none()],
  ["Mon, 99 Feb 2019 16:44:25 GMT", Option.none()],
  ["2019", Option.none()],
  ["", Option.none()]
])("the HTTP date %j", (header, expected) => assert.deepStrictEqual(Timestamp.fromHttpDate(header), expected))

it.each([Number.NaN, Number.POSITIVE_INFINITY, -1e300, 9e15])(
  "a timestamp outside of every calendar still has a day: %s",
  (timestamp) => assert.match(Timestamp.utcDay(timestamp), /^[+-]?\d{4,6}-\d{2}-\d{2}$/)
)
