import * as Either from "effect/Either"
import * as Envelope from "effect-tencentcloud/Envelope"
import * as Secrets from "../../../src/domain/rules/internal/secrets.js"
import * as Json from "../../../src/domain/wire/Json.js"
import * as Grammar from "../grammar.js"
import { holds, repeat, repeatWith, type Target } from "../target.js"

const names = ["Response", "Error", "Code", "Message", "RequestId", "Password", "Name", "Value", "__proto__"]

const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each)))

/** A value that `JSON.stringify` can write: its way down is recursive. */
const canBeWritten = (value: unknown): boolean => {
  try {
    JSON.stringify(value)
    return true
  } catch (cause) {
    return !(cause instanceof RangeError)
  }
}

const check = (input: string): void => {
  const read = Json.parse(input)
  const expected = Either.try(() => JSON.parse(input) as unknown)
  if (Either.isRight(read)) {
    holds(Either.isRight(expected), "what is no JSON is not read")
    if (!canBeWritten(expected.right)) return
    const written = Json.stringify(read.right)
    if (Either.isRight(written)) {
      const again = Either.getOrThrow(Json.parse(written.right))
      holds(JSON.stringify(rounded(again)) === JSON.stringify(rounded(read.right)), "what is written reads the same")
      // An infinite number has no JSON form.
      holds(JSON.stringify(rounded(read.right)) === JSON.stringify(expected.right), "only integers differ")
    }
  } else {
    holds(Either.isLeft(expected) || read.left.reason === "is nested too deeply", "what is JSON is read")
    holds(!read.left.reason.includes(input) || input.length < 20, "a reason quotes nothing")
  }
  const envelope = Envelope.decode(input)
  if (Either.isRight(envelope) && envelope.right._tag === "Failure") {
    holds(envelope.right.code.length <= 256, "a code is short")
  }
  const clean = Secrets.fromJson(input, Secrets.byName)
  holds(clean === undefined || Either.isRight(Json.parse(clean)), "a text without its secrets is JSON")
}

export const json: Target = {
  name: "JSON and envelopes",
  tokens: [
    '{"Response":{',
    '"RequestId":',
    '"Error":{"Code":',
    "9223372036854775807",
    '\\"',
    "[[[",
    "1e999",
    '"__proto__":'
  ],
  generate: (random) =>
    random.chance(0.5)
      ? Grammar.json(random, names)
      : `{"Response":{"RequestId":${Grammar.json(random, [], 0)},"Error":${Grammar.json(random, names, 2)},"Id":${Grammar.json(random, names, 3)}}}`,
  check,
  read: (input) => {
    Envelope.decode(input)
    Secrets.fromJson(input, Secrets.byName)
  },
  growth: {
    "brackets without end": (size) => repeat("[", size),
    "nested objects": (size) => `${repeat('{"a":', size)}9007199254740993${repeat("}", size / 5)}`,
    "quotes behind backslashes": (size) => `{"Id":9007199254740993,"a":"${repeat('\\"', size)}`,
    "long integers": (size) => `[${repeat("9007199254740993,", size)}9007199254740993]`,
    "one long integer": (size) => `[${repeat("9", size)}]`,
    "many errors": (size) => `{"Response":{"Error":{"Code":"${repeat("A.", size)}"}}}`,
    "many secrets": (size) => `{${repeatWith((at) => `"Password${at}":"${at}"`, size, ",")}}`,
    "many pairs": (size) => `[${repeat('{"Name":"Password","Value":"x"},', size)}1]`,
    "names without end": (size) => `{"${repeat("access_", size)}":1}`,
    escapes: (size) => `["${repeat("\\ud800", size)}",9007199254740993]`
  }
}
