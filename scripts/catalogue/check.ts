/**
 * `npm run catalogue:check`: counts what the generated modules export, and compares all of it with what the catalogue's files say.
 * It reads the files itself. From the generator it uses only the names of classes, and the facts that a shape shows.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Predicate from "effect/Predicate"
import * as Action from "../../src/domain/contract/Action.js"
import * as Paging from "../../src/domain/contract/Paging.js"
import * as Shape from "../../src/domain/contract/Shape.js"
import type { ApiError } from "../../src/domain/errors/ApiError.js"
import * as CommonError from "../../src/domain/errors/CommonError.js"
import type { Member, Product } from "../../src/services/catalogue/ProductAction.js"
import * as Catalogue from "./catalogue.js"
import { compareText } from "./checkTexts.js"
import * as Command from "./command.js"
import * as Facts from "./facts.js"
import { moduleName } from "./generate.js"
import * as Hints from "./hints.js"
import * as Names from "./names.js"
import * as Waiters from "./waiters.js"

/** The exports of a module. */
type Exports = Readonly<Record<string, unknown>>

const isErrorClass = (value: unknown): value is ApiError.AnyClass =>
  typeof value === "function" && "code" in value && Predicate.isString(value.code)

const isAction = (value: unknown): value is Member =>
  Predicate.hasProperty(value, "action") && Predicate.hasProperty(value.action, Action.TypeId)

const isProduct = (value: unknown): value is Product =>
  Predicate.hasProperty(value, "name") &&
  Predicate.hasProperty(value, "version") &&
  Predicate.hasProperty(value, "actions")

/** The members of one set that the other lacks. */
const compareNames = (what: string, expected: Iterable<string>, found: Iterable<string>): ReadonlyArray<string> => {
  const [wanted, given] = [new Set(expected), new Set(found)]
  return [
    ...[...wanted].filter((name) => !given.has(name)).map((name) => `${what}${name} is missing`),
    ...[...given].filter((name) => !wanted.has(name)).map((name) => `${what}${name} is in no file of the catalogue`)
  ]
}

/** A member in the form of the catalogue: its type and its flags. */
const wordsOf = ({ always, deprecated, list, nullable, required, type }: Shape.Member): string => {
  const element = typeof type === "string" ? type : type[0]
  const flags = [required ? "r" : "", nullable ? "n" : "", deprecated ? "d" : "", always ? "o" : ""].join("")
  return `${list ? `list<${element}>` : element} ${flags}`.trimEnd()
}

const membersOf = (table: Shape.Table): ReadonlyArray<Shape.Member> | string => {
  try {
    return Shape.members(table)
  } catch (cause) {
    return `cannot be read: ${cause instanceof Error ? cause.message : cause}`
  }
}

/** Compares a shape, and the shapes inside, with the objects of the catalogue. Each once, since shapes are recursive. */
const compareShape = (
  table: Shape.Table | undefined,
  name: string,
  objects: Catalogue.Version["objects"],
  isResponse: boolean,
  seen: Set<Shape.Table>
): ReadonlyArray<string> => {
  if (table === undefined) return [`${name}: there is no shape`]
  if (table[0] !== name) return [`${name}: the shape is ${table[0]}`]
  if (seen.has(table)) return []
  seen.add(table)
  const members = membersOf(table)
  if (typeof members === "string") return [`${name}: ${members}`]
  // Every answer has a RequestId: the envelope's own member.
  const expected = (objects[name] ?? []).filter(([member]) => !(isResponse && member === "RequestId"))
  const found = new Map(members.map((member) => [member.name, member]))
  const differences = [
    ...compareNames(
      `${name}.`,
      expected.map(([member]) => member),
      found.keys()
    ),
    ...expected.flatMap((member) => {
      const [label, type] = member
      const given = found.get(label)
      const [wanted, is] = [`${type} ${Catalogue.flagsOf(member)}`.trimEnd(), given && wordsOf(given)]
      return is === undefined || is === wanted
        ? []
        : [`${name}.${label} is \`${is}\`, and the catalogue says \`${wanted}\``]
    })
  ]
  if (differences.length === 0 && members.some((member, index) => member.name !== expected[index]?.[0])) {
    differences.push(`${name}: the members stand in another order`)
  }
  return [
    ...differences,
    ...members.flatMap(({ type }) =>
      typeof type === "string" ? [] : compareShape(type, type[0], objects, false, seen)
    )
  ]
}

/** The type of the member at a path of a response. */
const typeAt = (objects: Catalogue.Version["objects"], object: string, path: string): string | undefined =>
  path
    .split(".")
    .reduce<string | undefined>(
      (type, label) => (objects[type ?? ""] ?? []).find(([member]) => member === label)?.[1],
      object
    )

/** The paging of a member, as a part of its facts. */
const partOf = (paging: Paging.Paging | undefined): string => {
  switch (paging?.by) {
    case undefined:
      return "none"
    case "token":
      return `token ${paging.token} ${paging.next} ${paging.items}`
    case "offset":
      return `${paging.textual === true ? "text" : "offset"} ${paging.offset} ${paging.total ?? ""} ${paging.items}`
    case "number": {
      const { first, items, number, size = "", textual, total = "" } = paging
      return `${textual === true ? "pagetext" : "page"} ${number} ${total} ${items} ${first} ${size}`.trimEnd()
    }
  }
}

/** The members that a paging needs, each with its object. */
const neededBy = (paging: Paging.Paging, { request, response }: Catalogue.Action) => {
  const inRequest = [
    Paging.placeOf(paging),
    paging.by === "offset" ? "Limit" : paging.by === "number" ? paging.size : undefined
  ]
  const inResponse = [paging.items, paging.by === "token" ? paging.next : paging.total]
  return [...inRequest.map((path) => [request, path] as const), ...inResponse.map((path) => [response, path] as const)]
}

/** Whether an action pages as its shapes and hints say, by members that exist. */
const comparePaging = (
  { paging }: Member,
  action: Catalogue.Action,
  objects: Catalogue.Version["objects"],
  hints: Hints.Objects
): ReadonlyArray<string> => {
  const { request, response } = action
  const told = Facts.pagerOf(objects[request] ?? [], objects[response] ?? [], objects, hints[request])
  const wanted = told !== undefined && "by" in told ? Facts.partOf(told) : "none"
  const found = partOf(paging)
  const missing = (paging === undefined ? [] : neededBy(paging, action)).filter(
    ([object, path]) => path !== undefined && typeAt(objects, object, path) === undefined
  )
  return [
    ...(found === wanted ? [] : [`its pages are \`${found}\`, and the catalogue says \`${wanted}\``]),
    ...new Set(missing.map(([object, path]) => `its pages need ${path} in ${object}`))
  ]
}

const compareAction = (
  member: Member,
  label: string,
  product: string,
  version: string,
  { codes, objects, actions }: Catalogue.Version,
  hints: Hints.Objects,
  exported: ReadonlySet<unknown>,
  seen: Set<Shape.Table>
): ReadonlyArray<string> => {
  const { action, streaming } = member
  const facts = actions[label]
  // The comparison of the exports reports a superfluous one.
  if (facts === undefined) return []
  const says = (what: string, found: unknown, expected: unknown) =>
    found === expected ? [] : [`${what} is ${found}, and the catalogue says ${expected}`]
  const shapes = (what: string, contract: Action.Action.Any) => [
    ...compareShape(Shape.of(contract.request), facts.request, objects, false, seen),
    ...compareShape(Shape.of(contract.response), facts.response, objects, true, seen),
    ...compareNames(
      `${what}the code `,
      facts.errors.map((index) => codes[index] ?? ""),
      contract.errors.map(({ code }) => code)
    ),
    ...contract.errors
      .filter((declared) => !exported.has(declared))
      .map(({ code }) => `${what}the class of ${code} is not the one that is exported`)
  ]
  const request = objects[facts.request] ?? []
  const letters = Facts.lettersOf(product, label, facts, request)
  return [
    ...says("name", action.name, label),
    ...says("product", action.product, product),
    ...says("version", action.version, version),
    ...says("intl", action.intl, facts.intl === true),
    ...says("offline", action.offline, facts.status === "offline"),
    ...says("deprecated", action.deprecated !== undefined, facts.status === "deprecated"),
    ...says("host", action.host, facts.host),
    ...says("octetStream", action.octetStream === true, facts.octetStream !== undefined),
    ...says("unsigned", action.unsigned, letters.includes("u")),
    ...(letters.includes("w") ? says("readOnly", action.readOnly, false) : []),
    ...says("stream", streaming !== undefined, letters.includes("s")),
    ...compareNames(
      "the binary member ",
      request.flatMap(([name, type]) => (type === "binary" ? [name] : [])),
      action.binary
    ),
    ...comparePaging(member, facts, objects, hints),
    ...shapes("", action),
    ...(streaming === undefined ? [] : shapes("stream: ", streaming))
  ].map((difference) => `${label}: ${difference}`)
}

/** The differences between the exports of a version's module and the catalogue. */
export const compareVersion = (
  product: string,
  version: string,
  written: Catalogue.Version,
  exports: Exports,
  hints: Hints.Objects = {},
  waiters: Waiters.Waiters = {}
): ReadonlyArray<string> => {
  const facts = { ...written, objects: Catalogue.withKnownFacts(written) }
  const classes = new Map([...Names.ofCodes([...facts.codes].sort())].map(([code, name]) => [name, code]))
  const commons: Exports = { ...CommonError }
  const exported = new Set(Object.values(exports))
  const seen = new Set<Shape.Table>()
  const whole = exports.product
  const hasWaiters = Object.keys(waiters).length > 0
  return [
    ...compareNames(
      "",
      ["product", ...classes.keys(), ...Object.keys(facts.actions), ...(hasWaiters ? ["waiters"] : [])],
      Object.keys(exports)
    ),
    ...compareNames("waiters.", Object.keys(waiters), Object.keys(recordOf(exports.waiters))),
    ...[...classes].flatMap(([name, code]) => {
      const found = exports[name]
      if (found === undefined) return []
      if (!isErrorClass(found)) return [`${name} is no class of an error`]
      if (found.code !== code) return [`${name} is the class of ${found.code}, and the catalogue says ${code}`]
      return !Names.common.has(code) || found === commons[name] ? [] : [`${name} is not the class of CommonError`]
    }),
    ...Object.keys(facts.actions).flatMap((label) => {
      const member = exports[label]
      if (member === undefined) return []
      return isAction(member)
        ? compareAction(member, label, product, version, facts, hints, exported, seen)
        : [`${label} is no action`]
    }),
    ...(isProduct(whole)
      ? [
          ...(whole.name === product && whole.version === version
            ? []
            : [`the product is ${whole.name} ${whole.version}`]),
          ...compareNames("product.actions.", Object.keys(facts.actions), Object.keys(whole.actions)),
          ...Object.entries(whole.actions)
            .filter(([label, member]) => label in exports && exports[label] !== member)
            .map(([label]) => `product.actions.${label} is not the one that is exported`)
        ]
      : [])
  ].map((difference) => `${product} ${version}: ${difference}`)
}

/** The counts of the exports. */
export const total = (modules: ReadonlyArray<Exports>): string => {
  const values = modules.flatMap((exports) => Object.values(exports))
  const products = values.filter(isProduct)
  const actions = values.filter(isAction)
  const counts = {
    products: new Set(products.map(({ name }) => name)).size,
    versions: new Set(products.map(({ name, version }) => `${name} ${version}`)).size,
    actions: actions.length,
    codes: new Set(values.filter(isErrorClass).map(({ code }) => code)).size,
    pairs: actions.reduce((sum, { action }) => sum + new Set(action.errors).size, 0)
  }
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(", ")
}

/** The imported module, or why the import fails. */
const attempt = async (load: () => Promise<Exports>): Promise<Exports | string> => {
  try {
    return await load()
  } catch (cause) {
    return `the module cannot be imported: ${cause instanceof Error ? cause.message : cause}`
  }
}

const load = async (file: string): Promise<Exports | string> =>
  existsSync(file) ? attempt(() => import(pathToFileURL(file).href)) : "there is no module"

const recordOf = (value: unknown): Exports => (Predicate.isRecord(value) ? value : {})

/** Whether the module without a version has the same exports as that of the newest version. */
const compareNewest = (version: string, newest: Exports, plain: Exports | string): ReadonlyArray<string> =>
  typeof plain === "string"
    ? [plain]
    : [
        ...compareNames("", Object.keys(newest), Object.keys(plain)),
        ...Object.keys(plain)
          .filter((label) => label in newest && plain[label] !== newest[label])
          .map((label) => `${label} is not that of ${version}, the newest version`)
      ]

/** Compares the modules of a folder with the files of another. Returns the counts and every difference. */
export const check = async (
  catalogue: string,
  folder: string
): Promise<{ readonly totals: string; readonly differences: ReadonlyArray<string> }> => {
  const files = Catalogue.read(catalogue)
  const hints = Hints.read(catalogue, files)
  const waiters = Waiters.read(catalogue, files)
  const index = await load(join(folder, "index.ts"))
  if (typeof index === "string") throw new Error(`${folder}: ${index}. \`npm run generate\` writes them.`)
  const listed = recordOf(index.products)

  const modules: Array<Exports> = []
  const differences: Array<string> = [...compareNames("products.", files.keys(), Object.keys(listed))]
  for (const { hints: found, path, text } of hints.values()) {
    if (Hints.format(found) !== text) differences.push(`${path} is not laid out as \`npm run catalogue:update\` does`)
  }
  const paths = new Set(["index.ts"])
  for (const [name, { path, product, text }] of files) {
    if (Catalogue.format(product) !== text) {
      differences.push(`${path} is not laid out as \`npm run catalogue:update\` does`)
    }
    const versions = recordOf(listed[name])
    differences.push(...compareNames(`products.${name}.`, Object.keys(product.versions), Object.keys(versions)))
    paths.add(`${name}.ts`)
    for (const [version, facts] of Object.entries(product.versions)) {
      const module = `${name}/${moduleName(version)}.ts`
      paths.add(module)
      const exports = await load(join(folder, module))
      if (typeof exports === "string") {
        differences.push(`${name} ${version}: ${exports}`)
        continue
      }
      modules.push(exports)
      const told = hints.get(name)?.hints.versions[version] ?? {}
      differences.push(...compareVersion(name, version, facts, exports, told, waiters.get(name)?.[version]))
      const text = readFileSync(join(folder, module), "utf8")
      differences.push(...compareText(name, version, facts, told, text))
      const listedModule = versions[version]
      if (Predicate.isFunction(listedModule) && (await attempt(async () => listedModule())) !== exports) {
        differences.push(`products.${name}.${version} loads another module`)
      }
      if (version === Catalogue.newest(product)) {
        const plain = await load(join(folder, `${name}.ts`))
        differences.push(...compareNewest(version, exports, plain).map((difference) => `${name}: ${difference}`))
      }
    }
  }
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
  differences.push(...compareNames(`${folder}/`, paths, found))
  return { totals: total(modules), differences }
}

await Command.main(import.meta.url, async () => {
  const { differences, totals } = await check(Command.fromRoot("catalogue"), Command.fromRoot("src/products"))
  console.log(totals)
  for (const difference of differences) console.error(difference)
  if (differences.length > 0) console.error(`The modules differ from the catalogue in ${differences.length} places.`)
  return differences.length === 0 ? 0 : 1
})
