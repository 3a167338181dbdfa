/**
 * The waiters of the catalogue: what to ask until something is done. Their form in `catalogue/waiters/<product>.json`, the check that a
 * file belongs to its product, and the waiters of a module.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Catalogue from "./catalogue.js"
import { group, width } from "./layout.js"
import type { Model } from "./model.js"

const State = Schema.Union(Schema.String, Schema.Int)

const Waiter = Schema.Struct({
  action: Schema.String,
  /** The member of the response that says the state, as a path. Lists on the way are lists of states. */
  at: Schema.String,
  /** The states in which it is done. Absent if it is done once nothing is there any more. */
  done: Schema.optionalWith(Schema.NonEmptyArray(State), { exact: true }),
  /** The states from which it will never be done. */
  failed: Schema.optionalWith(Schema.NonEmptyArray(State), { exact: true }),
  /** The member of the request that lists ids: as many states have to be there. */
  ids: Schema.optionalWith(Schema.String, { exact: true }),
  /** Seconds between two calls. */
  interval: Schema.Int.pipe(Schema.positive()),
  /** Seconds until it gives up. */
  deadline: Schema.Int.pipe(Schema.positive())
}).annotations({ identifier: "a waiter" })
export type Waiter = typeof Waiter.Type

const Waiters = Schema.Record({ key: Schema.String, value: Waiter })

/** The waiters of a version, by name. */
export type Waiters = typeof Waiters.Type

const File = Schema.Struct({
  product: Schema.String,
  versions: Schema.Record({ key: Schema.String, value: Waiters })
}).annotations({ identifier: "the waiters of a product" })
type File = typeof File.Type

const folder = "waiters"

/** The type of the member at a path, if there is one. */
const typeAt = (objects: Catalogue.Version["objects"], object: string, path: string): string | undefined =>
  path
    .split(".")
    .reduce<string | undefined>(
      (type, label) => objects[Catalogue.elementOf(type ?? "")]?.find(([name]) => name === label)?.[1],
      object
    )

const isInteger = (type: string): boolean => ["int64", "uint64"].includes(Catalogue.elementOf(type))

const faultsOfWaiter = (
  name: string,
  waiter: Waiter,
  { actions, objects }: Catalogue.Version
): ReadonlyArray<string> => {
  const { action, at, done = [], failed = [], ids } = waiter
  const facts = actions[action]
  if (facts === undefined) return [`there is no action \`${action}\``]
  const type = typeAt(objects, facts.response, at)
  const idsType = ids === undefined ? "list<>" : typeAt(objects, facts.request, ids)
  const wrong =
    type === undefined ? [] : [...done, ...failed].filter((state) => (typeof state === "number") !== isInteger(type))
  return [
    ...(/^[a-z][A-Za-z]*$/.test(name) ? [] : ["a name begins with a small letter"]),
    ...(type === undefined ? [`\`${facts.response}\` has no member \`${at}\``] : []),
    ...(idsType !== undefined && Catalogue.isList(idsType) ? [] : [`\`${facts.request}\` has no list \`${ids}\``]),
    ...wrong.map((state) => `${JSON.stringify(state)} is no state of the type \`${type}\``),
    ...(waiter.interval < waiter.deadline ? [] : ["the deadline comes before the second call"])
  ]
}

const faultsOf = (file: File, { versions }: Catalogue.Product): ReadonlyArray<string> =>
  Object.entries(file.versions).flatMap(([date, waiters]) => {
    const version = versions[date]
    if (version === undefined) return [`versions.${date}: the product has no such version`]
    return Object.entries(waiters).flatMap(([name, waiter]) =>
      faultsOfWaiter(name, waiter, version).map((fault) => `versions.${date}.${name}: ${fault}`)
    )
  })

const decode = Schema.decodeUnknownEither(Schema.parseJson(File), { onExcessProperty: "error", errors: "all" })

/** Reads a file. Throws {@link Catalogue.Malformed}. */
const parse = (path: string, text: string, product: Catalogue.Product): File => {
  const decoded = decode(text)
  if (Either.isLeft(decoded)) {
    const issues = ParseResult.ArrayFormatter.formatErrorSync(decoded.left)
    throw new Catalogue.Malformed(
      path,
      issues.map(({ message, path }) => [...(path.length === 0 ? [] : [path.join(".")]), message].join(": "))
    )
  }
  const faults = [
    ...(`${decoded.right.product}.json` === basename(path) ? [] : [`product: it says \`${decoded.right.product}\``]),
    ...Catalogue.twice(text),
    ...faultsOf(decoded.right, product)
  ]
  if (faults.length > 0) throw new Catalogue.Malformed(path, faults)
  return decoded.right
}

/** The waiters of each product that has some, by version. Throws with every malformed file. */
export const read = (
  catalogue: string,
  products: ReadonlyMap<string, { readonly product: Catalogue.Product }>
): ReadonlyMap<string, File["versions"]> => {
  const from = join(catalogue, folder)
  const files = existsSync(from) ? Catalogue.files(from) : new Map<string, string>()
  const malformed: Array<string> = []
  const found = new Map<string, File["versions"]>()
  for (const [name, { product }] of products) {
    const file = files.get(name)
    if (file === undefined) continue
    try {
      found.set(name, parse(`${folder}/${name}.json`, readFileSync(file, "utf8"), product).versions)
    } catch (cause) {
      if (!(cause instanceof Catalogue.Malformed)) throw cause
      malformed.push(cause.message)
    }
  }
  if (malformed.length > 0) throw new Error(malformed.join("\n"))
  return found
}

/** A duration as a comment says it. */
const spoken = (seconds: number): string => {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, "minute"] : [seconds, "second"]
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}

const anyOf = (states: ReadonlyArray<string | number>): string => states.map((state) => `\`${state}\``).join(" or ")

const commentOf = ({ action, at, deadline, done, failed, ids, interval }: Waiter): ReadonlyArray<string> => [
  done === undefined
    ? `Waits until no \`${at}\` is left.`
    : `Waits until ${ids === undefined ? "" : "every "}\`${at}\` is ${anyOf(done)}${ids === undefined ? "" : `, for as many as \`${ids}\` names`}.`,
  ...(failed === undefined
    ? []
    : [`Fails with \`WaitFailed\` if ${ids === undefined ? "it" : "one"} is ${anyOf(failed)}.`]),
  `Asks \`${action}\` every ${spoken(interval)}, for at most ${spoken(deadline)}. Then it fails with \`WaitTimeout\`.`
]

/** The waiters of a module. Empty where there are none. */
export const waitersOf = (waiters: Waiters, { facts, outputs }: Model): ReadonlyArray<string> => {
  const all = Catalogue.byName(waiters)
  if (all.length === 0) return []
  const types = all.flatMap(([name, waiter]) => {
    const { request, response } = facts(waiter.action)
    const generics = [request, outputs.get(response) ?? response, `${waiter.action}Error`]
    const comment = commentOf(waiter).map((line) => `   * ${line}`)
    return [
      "  /**",
      ...comment,
      "   */",
      `  readonly ${name}: ${group("$.Waits<", generics, ">", width - name.length - 13, "  ")}`
    ]
  })
  const values = all.map(([name, { action, at, deadline, done = [], failed = [], ids, interval }]) => {
    const rest = [JSON.stringify(at), JSON.stringify(done), JSON.stringify(failed), interval, deadline]
    const given = [action, ...rest.map(String), ...(ids === undefined ? [] : [JSON.stringify(ids)])]
    return `  ${name}: /* #__PURE__ */ $.waiter(${given.join(", ")})`
  })
  return [
    "/** Named waits for what an action has started. They are functions of a request. */",
    ["export const waiters: {", ...types, "} = {", values.join(",\n"), "}"].join("\n"),
    ""
  ]
}
