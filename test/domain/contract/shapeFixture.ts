/** The shapes and values that the tests of Shape share. */
import * as Either from "effect/Either"
import type * as Codec from "effect-tencentcloud/Codec"
import type { Mode } from "effect-tencentcloud/Codec"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Issue from "../../../src/domain/errors/Issue.js"

export type Value = Readonly<Record<string, unknown>>

export const Tag: Shape.Table = ["Tag", "Key:s!,Value:s"]
export const Everything: Shape.Table = [
  "Everything",
  "Name:s!,Count:i,Size:u,Ratio:f,Flag:b,At:d,AtIso:D,Day:t,Content:B,Ids:s*,Counts:i*,Flags:b*,Tag:0,Tags:0*",
  () => [Tag]
]
export const Tree: Shape.Table = ["Tree", "Name:s!,Child:0,Children:0*", () => [Tree]]
export const Answer: Shape.Table = ["Answer", "Id:s+,Count:i?+,Tags:0*+,Note:s?,Old:s~", () => [Tag]]

export const everything = Shape.codec<Value>(Everything)
export const tree = Shape.codec<Value>(Tree)

export type Outcome = Either.Either<unknown, ReadonlyArray<string>>

export const outcome = (result: Either.Either<unknown, Codec.Issues>): Outcome =>
  Either.mapLeft(result, (issues) => issues.map(Issue.format))

export const decode = (wire: unknown, mode: Mode, table = Everything): Outcome =>
  outcome(Shape.codec<Value>(table).decode(wire, mode))

export const encode = (value: unknown, mode: Mode, table = Everything): Outcome =>
  outcome(Shape.codec<Value>(table).encode(value as Value, mode))

/** The same, with everything in it frozen, so that a change throws. */
export const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) frozen(inner)
    Object.freeze(value)
  }
  return value
}

export const whole = frozen({
  Name: "n",
  Count: -1,
  Size: 1,
  Ratio: 0.5,
  Flag: true,
  At: "2020-09-22 00:00:00",
  AtIso: "2020-09-22T00:00:00+00:00",
  Day: "2020-09-22",
  Ids: ["a"],
  Counts: [1, -2],
  Flags: [false],
  Tag: { Key: "k" },
  Tags: [{ Key: "k", Value: "v" }, { Key: "" }]
})

/** Every type's name on the wire, by the member that has it. */
export const wireTypes = {
  Name: "string",
  Count: "int64",
  Size: "uint64",
  Ratio: "float",
  Flag: "bool",
  At: "datetime",
  AtIso: "datetime_iso",
  Day: "date",
  Content: "binary",
  Ids: "list",
  Counts: "list",
  Flags: "list",
  Tag: "object",
  Tags: "list"
}

export const exact = ["request", "form", "parts"] as const
export const modes = [...exact, "response", "strict"] as const

export const past = 2n ** 53n
export const digits = "9223372036854775807"
export const cannotHold = (integer: bigint | string, type: string) =>
  `is the integer ${integer}, which a number cannot hold, where ${type} was expected`
