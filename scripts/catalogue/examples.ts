/**
 * `npm run catalogue:examples -- --tccli <dir>`: holds every published request and answer against the contracts. It prints the shares
 * that pass, and each failure. `catalogue/example-faults.json` lists the failures whose example is wrong. Any other one fails the
 * command. `--write` writes that list.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Action from "../../src/domain/contract/Action.js"
import type * as Codec from "../../src/domain/contract/Codec.js"
import * as Issue from "../../src/domain/errors/Issue.js"
import type * as Json from "../../src/domain/wire/Json.js"
import type { Product } from "../../src/services/catalogue/ProductAction.js"
import * as Catalogue from "./catalogue.js"
import * as Command from "./command.js"
import { moduleName } from "./generate.js"
import * as Published from "./sources/published.js"
import * as Tccli from "./sources/tccli.js"

const Fault = Schema.Struct({
  product: Schema.String,
  version: Schema.String,
  action: Schema.String,
  /** Which of the action's examples, from 0. */
  example: Schema.Int,
  part: Schema.Literal("request", "query", "answer"),
  /** What is wrong with it. */
  fault: Schema.String
})
export type Fault = typeof Fault.Type

/** What was held against the contracts. */
export interface Held {
  /** How many requests have a JSON body. */
  readonly requests: number
  /** How many requests are a query, as the oldest products document them. */
  readonly queries: number
  readonly answers: number
  readonly faults: ReadonlyArray<Fault>
}

const worded = (issues: Codec.Issues): string => issues.slice(0, 3).map(Issue.format).join("; ")

/** Checks a request as the gateway does, and then as the client does before it sends. */
const faultOfRequest = ({ request }: Action.Action.AnyUnary, example: Tccli.Example): string | undefined => {
  const read = Published.requestOf(example)
  if (Either.isLeft(read)) return read.left
  const decoded = request.decode(read.right.parameters, read.right.mode)
  if (Either.isLeft(decoded)) return worded(decoded.left)
  // True: this codec decoded it.
  const encoded = request.encode(decoded.right as never, "request")
  return Either.isLeft(encoded) ? worded(encoded.left) : undefined
}

/** What a service adds to every result. */
const isEnvelope = ({ Error: error }: Json.JsonObject): boolean =>
  Predicate.isRecord(error) && Predicate.isString(error.Code)

/** Decodes each result of an answer. An error of the service is an answer too. */
const faultOfAnswer = ({ response }: Action.Action.AnyUnary, example: Tccli.Example): string | undefined => {
  const read = Published.answerOf(example)
  if (Either.isLeft(read)) return read.left
  for (const result of read.right.results) {
    if (isEnvelope(result)) continue
    const decoded = response.decode(result, "response")
    if (Either.isLeft(decoded)) return worded(decoded.left)
  }
  return undefined
}

/** Loads the module of a product's version. */
export type Load = (product: string, version: string) => Promise<Product | undefined>

const holdVersion = (from: Tccli.Version, product: Product): Held => {
  const faults: Array<Fault> = []
  const counts = { request: 0, query: 0, answer: 0 }
  for (const [name, published] of Object.entries(from.examples)) {
    const member = Object.hasOwn(product.actions, name) ? product.actions[name] : undefined
    for (const [index, example] of published.entries()) {
      for (const part of [Published.isQuery(example) ? "query" : "request", "answer"] as const) {
        counts[part]++
        const check = part === "answer" ? faultOfAnswer : faultOfRequest
        const fault = member === undefined ? "the catalogue has no such action" : check(member.action, example)
        if (fault === undefined) continue
        faults.push({ product: from.product, version: from.version, action: name, example: index, part, fault })
      }
    }
  }
  return { requests: counts.request, queries: counts.query, answers: counts.answer, faults }
}

/** Holds every published request and answer against the contracts. */
export const hold = async (versions: ReadonlyArray<Tccli.Version>, load: Load): Promise<Held> => {
  const all: Array<Held> = []
  for (const version of versions) {
    const product = await load(version.product, version.version)
    all.push(holdVersion(version, product ?? { name: version.product, version: version.version, actions: {} }))
  }
  const sum = (count: (held: Held) => number) => all.reduce((total, held) => total + count(held), 0)
  return {
    requests: sum(({ requests }) => requests),
    queries: sum(({ queries }) => queries),
    answers: sum(({ answers }) => answers),
    faults: all.flatMap(({ faults }) => faults)
  }
}

const placeOf = ({ action, example, part, product, version }: Fault): string =>
  `${product} ${version} ${action} example ${example} ${part}`

const orderOf = (faults: ReadonlyArray<Fault>): ReadonlyArray<Fault> =>
  [...faults].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))

/** The text of the list: one line for each fault, sorted. */
export const format = (faults: ReadonlyArray<Fault>): string =>
  `[\n${orderOf(faults)
    .map((fault) => JSON.stringify(fault))
    .join(",\n")}\n]\n`

/** Reads the list. Throws if it is malformed. */
export const parse = (text: string): ReadonlyArray<Fault> =>
  Schema.decodeUnknownSync(Schema.parseJson(Schema.Array(Fault)))(text)

/** The least shares that pass: fewer mean a fault in the contracts. The queries are old, and many are of another action. */
const least = { request: 0.994, query: 0.97, answer: 0.998 } as const

/** The report, by line, and whether all is well: shares that are high enough, and no failure that the list does not have. */
export const report = (
  { answers, faults, queries, requests }: Held,
  listed: ReadonlyArray<Fault>
): { readonly lines: ReadonlyArray<string>; readonly isWell: boolean } => {
  const known = new Set(listed.map(placeOf))
  const found = new Set(faults.map(placeOf))
  const share = (part: Fault["part"], what: string, all: number) => {
    const passed = all - faults.filter((fault) => fault.part === part).length
    const percent = all === 0 ? 100 : Math.floor((passed / all) * 1e5) / 1e3
    return { isHigh: percent >= least[part] * 100, line: `${what}: ${passed} of ${all} pass, ${percent.toFixed(3)} %` }
  }
  const shares = [
    share("request", "requests", requests),
    share("query", "queries", queries),
    share("answer", "answers", answers)
  ]
  const unlisted = faults.filter((fault) => !known.has(placeOf(fault)))
  const gone = listed.filter((fault) => !found.has(placeOf(fault)))
  return {
    lines: [
      ...orderOf(faults).map((fault) => `${known.has(placeOf(fault)) ? " " : "!"} ${placeOf(fault)}: ${fault.fault}`),
      ...gone.map((fault) => `? ${placeOf(fault)} is listed, and passes or is gone`),
      "",
      ...shares.map(({ line }) => line),
      ...(unlisted.length === 0 ? [] : [`${unlisted.length} marked ! are in no list of wrong examples`])
    ],
    isWell: unlisted.length === 0 && shares.every(({ isHigh }) => isHigh)
  }
}

const loadGenerated: Load = async (product, version) => {
  const path = Command.fromRoot(join("src/products", product, `${moduleName(version)}.ts`))
  if (!existsSync(path)) return undefined
  const exports: { readonly product: Product } = await import(pathToFileURL(path).href)
  return exports.product
}

await Command.main(import.meta.url, async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: { tccli: { type: "string" }, write: { type: "boolean", default: false } }
  })
  if (values.tccli === undefined) {
    throw new Error(`Usage: npm run catalogue:examples -- --tccli <dir> [--write]. ${Tccli.advice}`)
  }
  const list = Command.fromRoot(`catalogue/${Catalogue.exampleFaults}`)
  const held = await hold(Tccli.read(values.tccli), loadGenerated)
  if (values.write) writeFileSync(list, format(held.faults))
  const { isWell, lines } = report(held, existsSync(list) ? parse(readFileSync(list, "utf8")) : [])
  for (const line of lines) console.log(line)
  return isWell ? 0 : 1
})
