/** Leaves out of a value what its codec rejects, until the codec accepts the rest. */
import * as Either from "effect/Either"
import type * as Issue from "../../errors/Issue.js"
import type { Issues, Lenient } from "./codec.js"
import * as oneElement from "./oneElement.js"

/** What to do with the value at a place. */
type Edit = "remove" | "empty" | "wrap"

/** The edits in a value, by the names and indexes that lead to them. */
interface Edits {
  edit: Edit | undefined
  readonly inner: Map<string | number, Edits>
}

/** Each round leaves out at least one part, and one for each place with an issue. */
const maxRounds = 40

const maxDeviations = 100

const removed = Symbol()

const noEdits = (): Edits => ({ edit: undefined, inner: new Map() })

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const has = (value: unknown, key: string | number): value is object => isObject(value) && Object.hasOwn(value, key)

/** A value that is being pruned, and what has been done to it. */
class Pruning {
  readonly deviations: Array<Issue.Issue> = []
  /** The lists that were made around one element. */
  private readonly wrapped = new WeakSet<object>()
  /** Where the elements of a list were before others were left out. */
  private readonly origins = new WeakMap<object, ReadonlyArray<number>>()
  /** The places that issues were about. */
  private readonly touched = new Set<string>()
  /** The places where `null` was tried. */
  private readonly emptied = new Set<string>()

  constructor(private value: unknown) {}

  get current(): unknown {
    return this.value
  }

  /** Edits the value at every place with an issue. Returns false if an issue is about the whole. */
  apply(issues: Issues): boolean {
    const edits = noEdits()
    if (!issues.every((issue) => this.plan(issue, edits))) return false
    this.value = this.rebuild(this.value, edits)
    return this.value !== removed
  }

  /** Decides what to do about an issue. */
  private plan(issue: Issue.Issue, edits: Edits): boolean {
    const { path } = issue
    const way = this.wayTo(path)
    const isThere = way.length > path.length
    const origin = this.originOf(path, way)
    const place = origin.join("\0")
    if (!this.touched.has(place)) this.note(issue, origin)
    this.touched.add(place)
    if (isThere && issue.kind === "type" && issue.expected === "list" && oneElement.isPlain(way.at(-1))) {
      return this.add(edits, path, "wrap")
    }
    // The contract may require the member, and accept `null`.
    if (way.length === path.length && !Array.isArray(way.at(-1)) && !this.emptied.has(place)) {
      this.emptied.add(place)
      return this.add(edits, path, "empty")
    }
    // What must not be absent takes all around it along. So does the only element of a list that was made for it.
    const depth = way.length - 1
    const outer = way[depth - 1]
    return this.add(edits, path.slice(0, isObject(outer) && this.wrapped.has(outer) ? depth - 1 : depth), "remove")
  }

  /** The values on the way to a place, from the outermost, as far as they are there. */
  private wayTo(path: Issue.Path): ReadonlyArray<unknown> {
    const way = [this.value]
    for (const key of path) {
      const outer = way.at(-1)
      if (!has(outer, key)) break
      way.push(Reflect.get(outer, key))
    }
    return way
  }

  private add(edits: Edits, path: Issue.Path, edit: Edit): boolean {
    if (path.length === 0) return false
    let at = edits
    for (const key of path) {
      const next = at.inner.get(key) ?? noEdits()
      at.inner.set(key, next)
      at = next
    }
    at.edit ??= edit
    return true
  }

  /** The path of a place in the value as it came. */
  private originOf(path: Issue.Path, way: ReadonlyArray<unknown>): Issue.Path {
    return path.map((key, depth) => {
      const outer = way[depth]
      return typeof key === "number" && isObject(outer) ? (this.origins.get(outer)?.[key] ?? key) : key
    })
  }

  private note(issue: Issue.Issue, path: Issue.Path): void {
    if (this.deviations.length >= maxDeviations) return
    const isLong = issue.found.startsWith("the integer ")
    this.deviations.push({ ...issue, path, found: isLong ? "an integer past 2^53" : issue.found })
  }

  private rebuild(value: unknown, { edit, inner }: Edits): unknown {
    if (edit === "remove") return removed
    if (edit === "empty") return null
    if (edit === "wrap") {
      const list = [value]
      this.wrapped.add(list)
      return list
    }
    if (Array.isArray(value)) return this.rebuildList(value, inner)
    const copy: Record<string, unknown> = { ...Object(value) }
    for (const [key, edits] of inner) {
      const after = this.rebuild(copy[key], edits)
      if (after === removed) delete copy[key]
      else copy[key] = after
    }
    return copy
  }

  private rebuildList(list: ReadonlyArray<unknown>, inner: Edits["inner"]): ReadonlyArray<unknown> {
    const before = this.origins.get(list)
    const elements: Array<unknown> = []
    const origins: Array<number> = []
    for (const [index, element] of list.entries()) {
      const edits = inner.get(index) ?? inner.get(String(index))
      const after = edits === undefined ? element : this.rebuild(element, edits)
      if (after === removed) continue
      elements.push(after)
      origins.push(before?.[index] ?? index)
    }
    this.origins.set(elements, origins)
    if (this.wrapped.has(list)) this.wrapped.add(elements)
    return elements
  }
}

/**
 * Decodes a value without the parts that are rejected. One element where a list is due becomes a list of it, if the codec accepts that.
 * Fails with the first issues if the whole is rejected.
 */
export const prune = (
  wire: unknown,
  decode: (value: unknown) => Either.Either<unknown, Issues>
): Either.Either<Lenient, Issues> => {
  const pruning = new Pruning(wire)
  const first = decode(wire)
  let decoded = first
  for (let round = 0; Either.isLeft(decoded) && round < maxRounds; round++) {
    if (!pruning.apply(decoded.left)) break
    decoded = decode(pruning.current)
  }
  if (Either.isRight(decoded)) return Either.right({ value: decoded.right, deviations: pruning.deviations })
  return first as Either.Either<never, Issues>
}
