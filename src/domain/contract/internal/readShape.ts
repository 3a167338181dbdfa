/** Reads and checks a value by the table of its shape. This is the hot path of every generated action. */
import { isNonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import type * as Issue from "../../errors/Issue.js"
import { nearest } from "../../internal/nearest.js"
import * as Json from "../../wire/Json.js"
import type { Issues, Lenient, Mode } from "./codec.js"
import * as oneElement from "./oneElement.js"
import * as scalar from "./scalar.js"
import { BrokenTable, type CompiledShape, compile, type Field, type Member, type Table } from "./shapeTable.js"

/** The state of one reading: how exactly it reads, where it is, and the issues so far. */
interface Reading {
  readonly mode: Mode
  /** Whether the value comes from the program, where numbers are numbers, and not from the wire. */
  readonly isOutbound: boolean
  /** Whether what cannot be read counts as absent. The issues then say what it was. */
  readonly isLenient: boolean
  readonly path: Array<string | number>
  readonly issues: Array<Issue.Issue>
}

/** Nobody reads more issues than this, and each of them takes memory. */
const maxIssues = 100

/** How deep a lenient reading goes. What is deeper counts as absent, before the stack ends. */
const maxDepth = 400

/** Stands in for a value that could not be read. The reading has an issue about it. */
const invalid = Symbol()

const addIssue = (reading: Reading, kind: Issue.Issue["kind"], expected: string, found: string): typeof invalid => {
  if (reading.issues.length < maxIssues) reading.issues.push({ kind, path: [...reading.path], expected, found })
  return invalid
}

const addIssueAt = (reading: Reading, name: string, kind: Issue.Issue["kind"], expected: string): void => {
  if (reading.issues.length < maxIssues) {
    reading.issues.push({ kind, path: [...reading.path, name], expected, found: "" })
  }
}

/** A member that the program has misspelt. A request from the network gets no such help: a client finds its own names faster. */
const addUnknown = (reading: Reading, name: string, shape: CompiledShape): void => {
  if (reading.issues.length >= maxIssues) return
  const meant = reading.isOutbound && reading.issues.length < maxHelp ? nearest(name, shape.byName.keys()) : undefined
  const issue = { kind: "unknown", path: [...reading.path, name], expected: "no such member", found: "" } as const
  reading.issues.push(meant === undefined ? issue : { ...issue, meant })
}

/** The most issues that get such help. */
const maxHelp = 20

const wireTypeOf = ({ list, type }: Field): string =>
  list ? "list" : typeof type === "string" ? scalar.wireNameOf(type) : "object"

/** Parses a list or an object, which is JSON text in a multipart part. */
const toStructure = (value: unknown, { isOutbound, mode }: Reading): unknown =>
  mode === "parts" && !isOutbound && typeof value === "string" && /^\s*[[{]/.test(value)
    ? Either.getOrElse(Json.parse(value), () => value)
    : value

/** The type of an integer in a list of a request, where programs accept a `bigint`. */
const bigTypeOf = (type: scalar.Scalar, { mode, path }: Reading): scalar.Scalar | undefined => {
  if (mode === "response" || mode === "strict" || typeof path.at(-1) !== "number") return undefined
  return type === "int64" ? "big_int64" : type === "uint64" ? "big_uint64" : undefined
}

const readScalar = (type: scalar.Scalar, value: unknown, reading: Reading): unknown => {
  const { isOutbound, mode } = reading
  const result = scalar.read(type, value, mode, isOutbound)
  if (result !== scalar.invalid) return result
  const big = bigTypeOf(type, reading)
  const integer = big === undefined ? scalar.invalid : scalar.read(big, value, mode, isOutbound)
  if (integer !== scalar.invalid) return integer
  const found = scalar.describeMismatch(type, value)
  const isLong = reading.isLenient && found.startsWith("the integer ")
  return addIssue(reading, "type", scalar.wireNameOf(type), isLong ? "an integer past 2^53" : found)
}

const isExact = (type: Member["type"], value: unknown): boolean =>
  typeof type === "string" && scalar.isExact(type, value)

/** Reads the value of a member, or of an element of a list. */
const readAt = (name: string | number, field: Field, list: boolean, value: unknown, reading: Reading): unknown => {
  const { type } = field
  reading.path.push(name)
  const result = list
    ? readList(field, value, reading)
    : typeof type === "string"
      ? readScalar(type, value, reading)
      : readObject(field.shape(type), value, reading)
  reading.path.pop()
  return result
}

/** Whether a value is plainly one element of a list, where the shape has a list. */
const isPlainlyOne = (field: Field, value: unknown): boolean => {
  const { type } = field
  if (typeof type === "string") return oneElement.isScalar(value)
  const { byName } = field.shape(type)
  return scalar.isRecord(value) && Object.keys(value).some((name) => byName.has(name))
}

/** Reads one element where a list is due, as a list of it. Reads anything else as absent. */
const readOneElement = (field: Field, value: unknown, reading: Reading): unknown => {
  addIssue(reading, "type", "list", scalar.typeNameOf(value))
  if (!reading.isLenient || !isPlainlyOne(field, value)) return invalid
  const element = readAt(0, field, false, value, reading)
  return element === invalid ? invalid : [element]
}

/** Whether a value is an empty list or object where the contract expects another type. */
const isEmptyStructure = (value: unknown, type: Member["type"], list: boolean): boolean =>
  Array.isArray(value)
    ? !list && value.length === 0
    : (list || typeof type === "string") && scalar.isRecord(value) && Object.keys(value).length === 0

/** Whether the value of a member, or of an element of a response's list, means that there is no value. */
const meansAbsent = (value: unknown, type: Member["type"], list: boolean, { isOutbound, mode }: Reading): boolean => {
  // Clients write `null` for an optional member that they leave out. A required member is then missing.
  if (mode !== "response" || value === null || isOutbound) return value === null && mode !== "strict"
  // Services in untyped languages write an empty text, list or object for a value that they do not have.
  return value === "" ? list || !scalar.isText(type) : isEmptyStructure(value, type, list)
}

const readList = (field: Field, given: unknown, reading: Reading): unknown => {
  const { type } = field
  const value = toStructure(given, reading)
  if (!Array.isArray(value)) return readOneElement(field, value, reading)
  let copy: Array<unknown> | undefined
  for (let index = 0; index < value.length; index++) {
    const before: unknown = value[index]
    // In a request, each element has a meaning: a list without one of them would ask for something else.
    if (reading.mode === "response" && meansAbsent(before, type, false, reading)) {
      copy ??= value.slice(0, index)
      continue
    }
    const after = isExact(type, before) ? before : readAt(index, field, false, before, reading)
    if (after === invalid && reading.isLenient) copy ??= value.slice(0, index)
    else if (copy !== undefined) copy.push(after)
    else if (after !== before) {
      copy = value.slice(0, index)
      copy.push(after)
    }
  }
  return copy ?? value
}

const isAbsent = (value: unknown, { list, nullable, type }: Field, reading: Reading): boolean =>
  value === undefined ||
  meansAbsent(value, type, list, reading) ||
  (value === null && reading.mode === "strict" && nullable)

/** Returns `undefined` if the member is absent. */
const readMember = (field: Field, value: unknown, reading: Reading): unknown => {
  const { list, name, type } = field
  if (!list && isExact(type, value)) return value
  if (isAbsent(value, field, reading)) return undefined
  const result = readAt(name, field, list, value, reading)
  return result === invalid && reading.isLenient ? undefined : result
}

/** Whether the envelope adds a member to those of a response. */
const isOfEnvelope = (name: string): boolean => name === "RequestId" || name === "DeprecatedWarning"

/**
 * Reads a member that the shape does not have.
 *
 * - In a request it is a fault.
 * - In an answer it stays, because services know members before their documents do. `DeprecatedWarning` is left out.
 * - In a response that a handler returned it is left out.
 */
const readUnknown = (name: string, value: unknown, shape: CompiledShape, reading: Reading): unknown => {
  const { isOutbound, mode, path } = reading
  if (mode === "response") {
    // A member of this name would become the prototype of a copy.
    if (isOutbound || value === null || name === "__proto__") return undefined
    return path.length === 0 && name === "DeprecatedWarning" ? undefined : value
  }
  if (mode === "strict" && path.length === 0 && isOfEnvelope(name)) return undefined
  if (value !== undefined) addUnknown(reading, name, shape)
  return undefined
}

/** How many members {@link copyWithout} leaves out by destructuring. With more, a loop is faster. */
const maxDestructured = 8

/**
 * Copies an object without some of its members. Destructuring takes a quarter of the memory of a copy that is built member by
 * member, which V8 makes a dictionary: docs/performance.md, P12.
 */
const copyWithout = (
  value: Readonly<Record<string, unknown>>,
  absent: ReadonlyArray<string>
): Record<string, unknown> => {
  const [name] = absent
  if (name === undefined) return { ...value }
  if (absent.length <= maxDestructured) {
    const [, a = name, b = name, c = name, d = name, e = name, f = name, g = name] = absent
    const { [name]: _, [a]: _a, [b]: _b, [c]: _c, [d]: _d, [e]: _e, [f]: _f, [g]: _g, ...rest } = value
    return rest
  }
  const names = new Set(absent)
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) if (!names.has(name)) copy[name] = member
  return copy
}

const addMissing = (
  { fields, required }: CompiledShape,
  value: Readonly<Record<string, unknown>>,
  result: Readonly<Record<string, unknown>>,
  reading: Reading
): void => {
  if (reading.mode === "strict") {
    for (const field of fields) {
      if (field.always && !Object.hasOwn(value, field.name))
        addIssueAt(reading, field.name, "missing", wireTypeOf(field))
    }
  } else if (reading.mode !== "response") {
    for (const field of required) {
      if (!Object.hasOwn(result, field.name)) addIssueAt(reading, field.name, "missing", wireTypeOf(field))
    }
  }
}

const { hasOwnProperty } = Object.prototype

const readObject = (shape: CompiledShape, given: unknown, reading: Reading): unknown => {
  const { byName, fields } = shape
  const value = toStructure(given, reading)
  if (!scalar.isRecord(value)) return addIssue(reading, "type", "object", scalar.typeNameOf(value))
  if (reading.isLenient && reading.path.length > maxDepth) return addIssue(reading, "value", tooDeep, "object")
  let next = 0
  let absent: Array<string> | undefined
  let changes: Array<readonly [name: string, value: unknown]> | undefined
  // `for…in` takes a seventh of the time of `Object.keys`: docs/performance.md, P12.
  for (const name in value) {
    // V8 leaves this call out in such a loop, but it does call `Object.hasOwn`: docs/performance.md, P6.
    if (!hasOwnProperty.call(value, name)) continue
    const before: unknown = value[name]
    // Members mostly come in the order of the document.
    const guess = fields[next]
    const field = guess?.name === name ? guess : byName.get(name)
    let after: unknown
    if (field === undefined) after = readUnknown(name, before, shape, reading)
    else {
      next = field.index + 1
      after = readMember(field, before, reading)
    }
    if (after === undefined) {
      absent ??= []
      absent.push(name)
    } else if (after !== before) {
      changes ??= []
      changes.push([name, after])
    }
  }
  let result = value
  // An instance of a class is copied too: its members are the value, and not what its `toJSON` would return.
  if (absent !== undefined || changes !== undefined || !scalar.isPlain(value)) {
    const copy = copyWithout(value, absent ?? [])
    for (const [name, after] of changes ?? []) copy[name] = after
    result = copy
  }
  addMissing(shape, value, result, reading)
  return result
}

const tooDeep = "a value that is not nested without end"

/** The issue of a value that cannot be searched: one that is nested without end, or has a getter that throws. */
const unreadable = (cause: unknown): Issue.Issue => ({
  kind: "value",
  path: [],
  expected: cause instanceof RangeError ? tooDeep : "a value that can be read",
  found: ""
})

/** Reads a value by its shape. Fails with every issue, and throws only if the table itself is broken. */
export const read = <A>(table: Table, value: unknown, mode: Mode, isOutbound: boolean): Either.Either<A, Issues> => {
  const reading: Reading = { mode, isOutbound, isLenient: false, path: [], issues: [] }
  let result: unknown
  try {
    result = readObject(compile(table), value, reading)
  } catch (cause) {
    if (cause instanceof BrokenTable) throw cause
    reading.issues.push(unreadable(cause))
  }
  // True: without an issue the value is what the generator wrote as the type of the shape.
  return isNonEmptyReadonlyArray(reading.issues) ? Either.left(reading.issues) : Either.right(result as A)
}

/**
 * Reads a response, and leaves out what cannot be read. One element where a list is due reads as a list of it. Fails if the response
 * itself is no object.
 */
export const readLeniently = (table: Table, value: unknown): Either.Either<Lenient, Issues> => {
  const reading: Reading = { mode: "response", isOutbound: false, isLenient: true, path: [], issues: [] }
  let result: unknown = invalid
  try {
    result = readObject(compile(table), value, reading)
  } catch (cause) {
    if (cause instanceof BrokenTable) throw cause
    reading.issues.push(unreadable(cause))
  }
  const { issues } = reading
  return result === invalid && isNonEmptyReadonlyArray(issues)
    ? Either.left(issues)
    : Either.right({ value: result, deviations: issues })
}
