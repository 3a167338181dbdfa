/** What is new, changed and removed between two catalogues, and what of it may break a program. */
import * as Catalogue from "./catalogue.js"
import * as Facts from "./facts.js"
import * as Module from "./module.js"
import * as Names from "./names.js"

export const kinds = ["product", "version", "action", "object", "member", "code"] as const

/** One difference. It breaks if it can stop a program from compiling, or a call from working. */
export interface Change {
  readonly sign: "+" | "-" | "~"
  readonly what: (typeof kinds)[number]
  readonly name: string
  readonly says?: string
  readonly breaks?: boolean
}

type Objects = Catalogue.Version["objects"]

export const without = <A>(from: Iterable<A>, others: Iterable<A>): ReadonlyArray<A> => {
  const known = new Set(others)
  return [...from].filter((item) => !known.has(item))
}

const both = (before: object, after: object): ReadonlyArray<string> =>
  Object.keys(after).filter((name) => Object.hasOwn(before, name))

const flagWords = { r: "required", n: "nullable", d: "deprecated", o: "always present" } as const

const wordsOf = (member: Catalogue.Member): ReadonlyArray<string> =>
  Object.entries(flagWords).flatMap(([flag, word]) => (Catalogue.flagsOf(member).includes(flag) ? [word] : []))

const isRequired = (member: Catalogue.Member): boolean => wordsOf(member).includes(flagWords.r)

/** The type that a program sees. */
const typeOf = (type: string): string => {
  const element = Catalogue.elementOf(type)
  const seen = Module.types[element] ?? element
  return Catalogue.isList(type) ? `list<${seen}>` : seen
}

const memberChanges = (
  object: string,
  before: ReadonlyArray<Catalogue.Member>,
  after: ReadonlyArray<Catalogue.Member>,
  isSent: boolean
): ReadonlyArray<Change> => {
  const old = new Map(before.map((member) => [member[0], member]))
  const names = new Set(after.map(([name]) => name))
  const change = (sign: Change["sign"], name: string, says: string, breaks: boolean): Change => ({
    sign,
    what: "member",
    name: `${object}.${name}`,
    says,
    breaks
  })
  return [
    ...after.flatMap((member) => {
      const [name, type] = member
      const known = old.get(name)
      const words = wordsOf(member)
      if (known === undefined) return [change("+", name, [type, ...words].join(", "), isSent && isRequired(member))]
      const oldWords = wordsOf(known)
      const says = [
        ...(known[1] === type ? [] : [`${known[1]} → ${type}`]),
        ...without(words, oldWords).map((word) => `now ${word}`),
        ...without(oldWords, words).map((word) => `no longer ${word}`)
      ]
      const demands = isSent && isRequired(member) && !isRequired(known)
      return says.length === 0 ? [] : [change("~", name, says.join(", "), demands || typeOf(known[1]) !== typeOf(type))]
    }),
    ...before.filter(([name]) => !names.has(name)).map(([name, type]) => change("-", name, type, true))
  ]
}

/** How an action pages: what would change for a reader of its items. */
const pagesOf = (
  action: Catalogue.Action,
  objects: Objects
): { readonly items: string | undefined; readonly streams: boolean } => {
  const request = objects[action.request] ?? []
  const streams = Facts.canStream(action, request)
  const pager = Facts.pagerOf(request, objects[action.response] ?? [], objects)
  const isPaged = pager !== undefined && "by" in pager
  return { items: isPaged ? `${pager.items}, by ${pager.asked}` : undefined, streams }
}

const actionChanges = (name: string, before: Catalogue.Version, after: Catalogue.Version): ReadonlyArray<Change> => {
  const [old, action] = [before.actions[name], after.actions[name]]
  if (old === undefined || action === undefined) return []
  const changes: Array<Change> = []
  const note = (says: string, breaks: boolean) => changes.push({ sign: "~", what: "action", name, says, breaks })
  for (const side of ["request", "response"] as const) {
    if (old[side] !== action[side]) note(`its ${side} is ${action[side]}, and was ${old[side]}`, true)
  }
  const [oldStatus, status] = [old.status ?? "online", action.status ?? "online"]
  if (oldStatus !== status) note(`${oldStatus} → ${status}`, status === "offline")
  if ((old.intl === true) !== (action.intl === true)) {
    note(`${action.intl === true ? "now" : "no longer"} on the international site`, action.intl !== true)
  }
  const codesOf = ({ errors }: Catalogue.Action, { codes }: Catalogue.Version) =>
    errors.map((index) => codes[index] ?? "").sort()
  const [oldCodes, codes] = [codesOf(old, before), codesOf(action, after)]
  const [gained, lost] = [without(codes, oldCodes), without(oldCodes, codes)]
  if (gained.length > 0) note(`now declares ${gained.join(", ")}`, false)
  if (lost.length > 0) note(`no longer declares ${lost.join(", ")}`, true)
  const [oldPages, pages] = [pagesOf(old, before.objects), pagesOf(action, after.objects)]
  if (oldPages.items !== pages.items) {
    if (oldPages.items === undefined) note(`now has pages of ${pages.items}`, false)
    else if (pages.items === undefined) note(`no longer has pages of ${oldPages.items}`, true)
    else note(`its pages are of ${pages.items}, and were of ${oldPages.items}`, true)
  }
  if (oldPages.streams !== pages.streams) note(`${pages.streams ? "now" : "no longer"} streams`, !pages.streams)
  return changes
}

/** The objects that no action has for its own request or response. */
const shared = ({ actions, objects }: Catalogue.Version): ReadonlyArray<string> =>
  without(
    Object.keys(objects),
    Object.values(actions).flatMap(({ request, response }) => [request, response])
  )

const codeChanges = (before: Catalogue.Version, after: Catalogue.Version): ReadonlyArray<Change> => {
  const [oldNames, names] = [before, after].map(({ codes }) => Names.ofCodes([...codes].sort()))
  return [
    ...without(after.codes, before.codes).map((name): Change => ({ sign: "+", what: "code", name })),
    ...without(before.codes, after.codes).map((name): Change => ({ sign: "-", what: "code", name, breaks: true })),
    // If a second code has the same name without dots, the class gets another name.
    ...[...(oldNames ?? [])].flatMap(([name, className]): ReadonlyArray<Change> => {
      const now = names?.get(name)
      return now === undefined || now === className
        ? []
        : [{ sign: "~", what: "code", name, says: `its class is ${now}, and was ${className}`, breaks: true }]
    })
  ]
}

/** What is new, changed and removed in one version of a product. */
const versionChanges = (before: Catalogue.Version, after: Catalogue.Version): ReadonlyArray<Change> => {
  const sent = Module.reach(
    after.objects,
    Object.values(after.actions).map(({ request }) => request)
  )
  const actions = [Object.keys(before.actions), Object.keys(after.actions)] as const
  const objects = [shared(before), shared(after)] as const
  return [
    ...without(actions[1], actions[0]).map((name): Change => ({ sign: "+", what: "action", name })),
    ...without(actions[0], actions[1]).map((name): Change => ({ sign: "-", what: "action", name, breaks: true })),
    ...both(before.actions, after.actions).flatMap((name) => actionChanges(name, before, after)),
    ...without(objects[1], Object.keys(before.objects)).map((name): Change => ({ sign: "+", what: "object", name })),
    ...without(objects[0], Object.keys(after.objects)).map(
      (name): Change => ({ sign: "-", what: "object", name, breaks: true })
    ),
    ...both(before.objects, after.objects).flatMap((name) =>
      memberChanges(name, before.objects[name] ?? [], after.objects[name] ?? [], sent.has(name))
    ),
    ...codeChanges(before, after)
  ]
}

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

export const sizeOf = ({ actions, codes }: Catalogue.Version): string =>
  `${plural(Object.keys(actions).length, "action")}, ${plural(codes.length, "code")}`

/** Changes under their heading: a product, or one version of one. */
export interface Section {
  readonly heading: string
  readonly changes: ReadonlyArray<Change>
}

/** What differs between two states of a product. */
export const productSections = (before: Catalogue.Product, after: Catalogue.Product): ReadonlyArray<Section> => {
  const name = after.product
  const [oldNewest, newest] = [Catalogue.newest(before), Catalogue.newest(after)]
  return [
    {
      heading: name,
      changes: [
        ...without(Object.keys(after.versions), Object.keys(before.versions)).map(
          (date): Change => ({
            sign: "+",
            what: "version",
            name: date,
            says: sizeOf(after.versions[date] ?? { actions: {}, codes: [], objects: {} })
          })
        ),
        ...without(Object.keys(before.versions), Object.keys(after.versions)).map(
          (date): Change => ({ sign: "-", what: "version", name: date, breaks: true })
        ),
        ...(newest === oldNewest
          ? []
          : [
              {
                sign: "~",
                what: "product",
                name,
                says: `products/${name} is ${newest}, and was ${oldNewest}`,
                breaks: true
              } as const
            ])
      ]
    },
    ...both(before.versions, after.versions).flatMap((date) => {
      const [old, facts] = [before.versions[date], after.versions[date]]
      return old === undefined || facts === undefined
        ? []
        : [{ heading: `${name} ${date}`, changes: versionChanges(old, facts) }]
    })
  ].filter(({ changes }) => changes.length > 0)
}
