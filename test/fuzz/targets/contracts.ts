import * as LegacySchema from "@effect/schema/Schema"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Codec from "effect-tencentcloud/Codec"
import { codec as legacy } from "effect-tencentcloud/LegacySchema"
import * as cbs from "effect-tencentcloud/products/cbs"
import * as cvm from "effect-tencentcloud/products/cvm"
import * as hunyuan from "effect-tencentcloud/products/hunyuan"
import * as mongodb from "effect-tencentcloud/products/mongodb"
import * as monitor from "effect-tencentcloud/products/monitor"
import * as sts from "effect-tencentcloud/products/sts"
import * as tke from "effect-tencentcloud/products/tke"
import * as valibot from "valibot"
import * as zod from "zod"
import { decodeLeniently } from "../../../src/domain/contract/internal/lenient.js"
import * as Sample from "../../../src/domain/contract/Sample.js"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Issue from "../../../src/domain/errors/Issue.js"
import * as Json from "../../../src/domain/wire/Json.js"
import type { Random } from "../../fixtures/Random.js"
import * as Grammar from "../grammar.js"
import { holds, repeat, repeatWith, type Target } from "../target.js"

const modes: ReadonlyArray<Codec.Mode> = ["request", "form", "parts", "response", "strict"]

/** A text of a value. One that is nested too deeply for `JSON.stringify` has none. */
const show = (value: unknown): string => {
  try {
    return JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `integer ${each}` : each)) ?? "nothing"
  } catch {
    return ""
  }
}

/** A number from a text, so that a mutated choice is a choice too. */
const hash = (text: string): number => [...text].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) >>> 0, 7)

const choose = <A>(list: ReadonlyArray<A>, name: string): A => list[hash(name) % list.length] as A

/** The first line chooses the codec and the mode, and the rest is JSON. */
const split = (input: string) => {
  const [head = "", ...rest] = input.split("\n")
  const json = Json.parse(rest.join("\n"))
  return { head, value: Either.getOrElse(json, () => undefined), mode: choose(modes, head.slice(-3)) }
}

const checkCodec = (codec: Codec.Codec.Any, value: unknown, mode: Codec.Mode): void => {
  const before = mode === "response" ? undefined : show(value).slice(0, 10_000)
  const decoded = codec.decode(value, mode)
  if (before !== undefined) holds(show(value).slice(0, 10_000) === before, "a reader leaves its input as it is")
  const issues = Either.isLeft(decoded) ? decoded.left : []
  for (const issue of issues.slice(0, 5)) holds(Issue.format(issue) !== "", "an issue can be said")
  if (Either.isRight(decoded)) {
    holds(Either.isEither(codec.encode(decoded.right as never, mode)), "what was read is written, or refused")
  }
  const lenient = decodeLeniently(codec, value)
  if (Either.isRight(lenient)) {
    for (const issue of lenient.right.deviations.slice(0, 5)) Issue.format(issue)
  }
  holds(({} as Record<string, unknown>).polluted === undefined, "no member reaches a prototype")
}

const members = [cbs, cvm, hunyuan, mongodb, monitor, sts, tke].flatMap(({ product }) => Object.values(product.actions))

const codecOf = (head: string): Codec.Codec.Any => {
  const { action } = choose(members, head)
  return head.startsWith("?") ? action.request : action.response
}

const sample = (random: Random): string => {
  const isRequest = random.chance(0.5)
  const head = `${isRequest ? "?" : "!"}${random.int(100_000)}`
  const table = Shape.of(codecOf(head))
  const options = { seed: random.int(1000), now: 1_767_225_600_000, optional: "some" as const }
  const value = table === undefined ? {} : isRequest ? Sample.request(table, options) : Sample.response(table, options)
  const text = Either.getOrElse(Json.stringify(value), () => "{}")
  return `${head}\n${text.length > 4000 ? "{}" : text}`
}

const odd = [
  '"__proto__":',
  "null,",
  "[[",
  '{"a":',
  "9223372036854775808",
  "-1",
  '"1"',
  '""',
  "[]",
  "{}",
  "1e300",
  '"True"'
]

export const shapes: Target = {
  name: "shapes of the catalogue",
  tokens: odd,
  generate: sample,
  check: (input) => {
    const { head, mode, value } = split(input)
    checkCodec(codecOf(head), value, mode)
  },
  growth: {
    "unknown members": (size) => `?1\n{${repeatWith((at) => `"a${at}":1`, size, ",")}}`,
    "unknown members of an answer": (size) => `!1\n{${repeatWith((at) => `"a${at}":null`, size, ",")}}`,
    "members that are nearly known": (size) => `?1\n{${repeatWith((at) => `"Limi${at}":1`, size, ",")}}`,
    "a deep value": (size) => `!2\n${repeat('{"a":', size)}1${repeat("}", size / 5)}`,
    "a long digit": (size) => `?3\n{"Limit":"${repeat("1", size)}"}`,
    "a long text": (size) => `!3\n{"TotalCount":"${repeat("1.", size)}"}`,
    "wrong elements": (size) => `!4\n{"InstanceSet":[${repeat('1,"a",', size)}1],"DiskSet":[${repeat("null,", size)}1]}`
  }
}

interface Tree {
  readonly Name?: string | undefined
  readonly Left?: Tree | string | undefined
  readonly Children?: ReadonlyArray<Tree> | undefined
}

const Tree: Schema.Schema<Tree> = Schema.Struct({
  Name: Schema.optional(Schema.String),
  Left: Schema.optional(
    Schema.Union(
      Schema.suspend(() => Tree),
      Schema.String
    )
  ),
  Children: Schema.optional(Schema.Array(Schema.suspend(() => Tree)))
})

const LegacyTree: LegacySchema.Schema<Tree> = LegacySchema.Struct({
  Name: LegacySchema.optional(LegacySchema.String),
  Left: LegacySchema.optional(
    LegacySchema.Union(
      LegacySchema.suspend(() => LegacyTree),
      LegacySchema.String
    )
  ),
  Children: LegacySchema.optional(LegacySchema.Array(LegacySchema.suspend(() => LegacyTree)))
}) as LegacySchema.Schema<Tree>

class Counter extends Schema.Class<Counter>("Counter")({ Count: Schema.Int, At: Schema.optional(Schema.Date) }) {}

const Everything = Schema.Struct({
  Size: Schema.optional(Schema.Int.pipe(Schema.between(1, 100))),
  Ratio: Schema.optional(Schema.Number),
  Big: Schema.optional(Schema.BigIntFromSelf),
  Flag: Schema.optional(Schema.Boolean),
  Kind: Schema.optional(Schema.Literal("ssd", "hdd", 1, true)),
  Map: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Union(Schema.Number, Schema.String) })),
  Pair: Schema.optional(Schema.Tuple(Schema.String, Schema.Number)),
  Any: Schema.optional(Schema.Unknown),
  Count: Schema.optional(Schema.NumberFromString),
  Inner: Schema.optional(Counter),
  Tagged: Schema.optional(
    Schema.Union(
      Schema.Struct({ Type: Schema.Literal("a"), A: Schema.Number }),
      Schema.Struct({ Type: Schema.Literal("b"), B: Schema.Array(Schema.Number) })
    )
  )
})

const Text = Schema.Struct({ Name: Schema.optional(Schema.String), Left: Schema.optional(Schema.Unknown) })

const codecs: ReadonlyArray<Codec.Codec.Any> = [
  Codec.fromSchema(Tree),
  Codec.fromSchema(Everything),
  Codec.fromSchema(Text),
  legacy(LegacyTree),
  legacy(
    LegacySchema.Struct({
      Size: LegacySchema.optional(LegacySchema.Int),
      Name: LegacySchema.optional(LegacySchema.String)
    })
  ),
  Codec.fromStandardSchema(
    zod.object({
      Size: zod.number().optional(),
      Name: zod.string().optional(),
      Map: zod.record(zod.string(), zod.unknown()).optional()
    })
  ),
  Codec.fromStandardSchema(
    valibot.object({ Size: valibot.optional(valibot.number()), Name: valibot.optional(valibot.string()) })
  )
]

const names = [
  "Size",
  "Ratio",
  "Big",
  "Flag",
  "Kind",
  "Map",
  "Pair",
  "Any",
  "Count",
  "Inner",
  "Tagged",
  "Name",
  "Left",
  "Children",
  "Type",
  "A",
  "B"
]

const ofTree = (size: number, open: string, close: string, core: string): string =>
  `${treeHead}\n${repeat(open, size)}${core}${close.repeat(Math.ceil(size / open.length))}`

/** A first line that chooses the tree of `effect/Schema`. */
const treeHead =
  Array.from({ length: 100 }, (_, at) => `t${at}`).find((head) => choose(codecs, head) === codecs[0]) ?? ""

export const schemas: Target = {
  name: "schemas",
  tokens: odd,
  generate: (random) => `${random.int(100_000)}\n${Grammar.json(random, names, 5)}`,
  check: (input) => {
    const { head, mode, value } = split(input)
    checkCodec(choose(codecs, head), value, mode)
  },
  growth: {
    "a deep union": (size) => ofTree(Math.min(size, 400), '{"Left":', "}", "1"),
    "a deep list": (size) => ofTree(size, '{"Children":[', "]}", "1"),
    "a wide list of wrong elements": (size) => `${treeHead}\n{"Children":[${repeat("1,", size)}1]}`,
    "a wide list of right elements": (size) => `${treeHead}\n{"Children":[${repeat('{"Name":"a"},', size)}{}]}`,
    "unknown members": (size) => `${treeHead}\n{${repeatWith((at) => `"a${at}":1`, size, ",")}}`
  }
}
