/**
 * Compares what editors show, the types and the comments of a generated module, with the catalogue and its hints. A type leaves no trace
 * at run time, so this reads the text of the module.
 */
import * as ErrorCode from "../../src/domain/errors/ErrorCode.js"
import * as Catalogue from "./catalogue.js"
import { rangeOf, shown } from "./comments.js"
import * as Facts from "./facts.js"
import type * as Hints from "./hints.js"
import * as Names from "./names.js"

/** A member as a module declares it. */
interface Declared {
  readonly comment: string
  readonly type: string
}

/** The members of all interfaces of a module, by `Interface.Member`. */
const membersOf = (text: string): ReadonlyMap<string, Declared> => {
  const members = new Map<string, Declared>()
  for (const [, name = "", body = ""] of text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
    for (const [, comment = "", label = "", type = ""] of body.matchAll(
      /^ {2}(?:\/\*\* (.*) \*\/\n {2})?readonly (\w+)\??:((?:.*\n(?! {2}(?:\/|readonly)))*.*)/gm
    )) {
      members.set(`${name}.${label}`, { comment, type })
    }
  }
  return members
}

/** The comment before each exported constant and class of a module, by name. */
const commentsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\nexport (?:const|class) (\w+)/g)].map(
      ([, comment = "", name = ""]) => [name, comment] as const
    )
  )

const quoted = (value: string): string => JSON.stringify(value)

/** The words of a hint that a declaration lacks. */
const missingOf = ({ d, e, f, r, x }: Hints.Hint, type: string, declared: Declared): ReadonlyArray<string> => {
  const isText = Catalogue.elementOf(type) === "string"
  const expected: ReadonlyArray<readonly [where: "comment" | "type", words: string]> = [
    ...(e === undefined || !isText ? [] : [...e.map(quoted), "(string & {})"].map((words) => ["type", words] as const)),
    ...(e === undefined || isText ? [] : [["comment", `One of ${e.map(shown).join(", ")}.`] as const]),
    ...(d === undefined ? [] : [["comment", `Default: ${shown(d)}.`] as const]),
    ...(r === undefined ? [] : [["comment", rangeOf(r)] as const]),
    ...(f === undefined ? [] : [["comment", `The first page is ${f}.`] as const]),
    ...(x === undefined ? [] : [["comment", `Example: ${shown(x)}.`] as const])
  ]
  return expected.flatMap(([where, words]) => (declared[where].includes(words) ? [] : [`its ${where} lacks ${words}`]))
}

/** The members of the interfaces that an object has: one for requests, and another one for responses where they differ. */
const interfacesOf = (
  object: string,
  objects: Catalogue.Version["objects"],
  members: ReadonlyMap<string, Declared>,
  label: string
): ReadonlyArray<Declared> => {
  const output = Object.hasOwn(objects, `${object}Output`) ? `${object}_Output` : `${object}Output`
  return [object, output].flatMap((name) => {
    const found = members.get(`${name}.${label}`)
    return found === undefined ? [] : [found]
  })
}

const compareMembers = (
  { actions, objects }: Catalogue.Version,
  hints: Hints.Objects,
  members: ReadonlyMap<string, Declared>
): ReadonlyArray<string> => {
  const marked = new Set(
    Object.values(actions).flatMap(({ request }) =>
      Facts.asksForStream(objects[request] ?? []) ? [`${request}.Stream`] : []
    )
  )
  const answers = new Set(Object.values(actions).map(({ response }) => response))
  return Object.entries(objects).flatMap(([object, listed]) =>
    listed.flatMap(([label, type]) => {
      const name = `${object}.${label}`
      // The envelope has the one, and `stream` sets the other.
      if ((answers.has(object) && label === "RequestId") || marked.has(name)) return []
      const found = interfacesOf(object, objects, members, label)
      const faults =
        found.length === 0
          ? ["no interface has it"]
          : found.flatMap((declared) => [
              ...(declared.comment === "" ? ["it has no comment"] : []),
              ...missingOf(hints[object]?.[label] ?? {}, type, declared)
            ])
      return faults.map((fault) => `${name}: ${fault}`)
    })
  )
}

const compareActions = (
  product: string,
  version: string,
  { actions, objects }: Catalogue.Version,
  comments: ReadonlyMap<string, string>
): ReadonlyArray<string> =>
  Object.entries(actions).flatMap(([name, action]) => {
    const request = objects[action.request] ?? []
    const has = (label: string) => request.some(([member]) => member === label)
    const pager = Facts.pagerOf(request, objects[action.response] ?? [], objects)
    const query = `api/explorer?Product=${product}&Version=${version}&Action=${name})`
    const expected = [
      `${product} ${version}. `,
      `https://console.cloud.tencent.com/${query}`,
      ...(action.intl === true ? [`https://console.tencentcloud.com/${query}`, " On the international site."] : []),
      ...(action.status === undefined ? [] : [`@deprecated It is ${action.status}.`]),
      ...(pager !== undefined && "by" in pager ? [`\`.items\` returns \`${pager.items}\``] : []),
      ...(Facts.canStream(action, request) ? ["`.stream`"] : []),
      ...["ClientToken", "DryRun"].filter(has).map((label) => `\`${label}\``),
      `Declares ${action.errors.length === 0 ? "no" : action.errors.length} code`
    ]
    const comment = comments.get(name) ?? ""
    return expected.filter((words) => !comment.includes(words)).map((words) => `${name}: its comment lacks ${words}`)
  })

/** The differences between the text of a version's module and the catalogue. */
export const compareText = (
  product: string,
  version: string,
  written: Catalogue.Version,
  hints: Hints.Objects,
  text: string
): ReadonlyArray<string> => {
  const comments = commentsOf(text)
  const classes = [...Names.ofCodes([...written.codes].sort())].filter(([code]) => !Names.common.has(code))
  return [
    ...compareMembers(written, hints, membersOf(text)),
    ...compareActions(product, version, written, comments),
    ...classes
      .filter(([code, name]) => !comments.get(name)?.includes(`\`${ErrorCode.categoryOf(code)}\``))
      .map(([, name]) => `${name}: its comment does not name its category`)
  ].map((difference) => `${product} ${version}: ${difference}`)
}
