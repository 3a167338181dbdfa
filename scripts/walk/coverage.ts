/** Which functions of src run in one call: V8 counts them in this process, while a warm subject runs once more. */
import type { Profiler } from "node:inspector"
import { Session } from "node:inspector/promises"
import { relative } from "node:path"
import { setImmediate } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import ts from "typescript-5.9"
import { everyNode } from "../sources.js"

/** A program whose way through the sources is measured. */
export type Subject = () => Promise<{ readonly once: () => Promise<void>; readonly stop: () => Promise<void> }>

/** A function that ran. */
export interface RanFunction {
  /** The names of what it is declared in, and its own: `Call`, `run`. */
  readonly within: ReadonlyArray<string>
  /** Whether its body is one short statement: an accessor, a delegate. */
  readonly isTrivial: boolean
}

/** The functions that ran, by the path of their file from the root. */
export type Ran = ReadonlyMap<string, ReadonlyArray<RanFunction>>

const shortest = 120

const isTrivial = (node: ts.FunctionLikeDeclaration): boolean => {
  const { body } = node
  const isOneStatement = body === undefined || !ts.isBlock(body) || body.statements.length <= 1
  return isOneStatement && node.getText().replace(/\s+/g, " ").length <= shortest
}

const nameOf = (node: ts.Node): string | undefined => {
  const { name } = node as { readonly name?: ts.Node }
  return name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined
}

const namesAround = (node: ts.Node): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (let each: ts.Node | undefined = node; each !== undefined; each = each.parent) {
    const name = nameOf(each)
    if (name !== undefined && name !== names[0]) names.unshift(name)
  }
  return names
}

/** The functions of a script by where they end, in which V8 and TypeScript agree; where they start, they do not always. */
const functionsByEnd = (file: ts.SourceFile): ReadonlyMap<number, ReadonlyArray<ts.FunctionLikeDeclaration>> => {
  const found = new Map<number, Array<ts.FunctionLikeDeclaration>>()
  everyNode(file, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node)) return
    found.set(node.end, [...(found.get(node.end) ?? []), node])
  })
  return found
}

/** What esbuild adds to the sources that tsx runs. */
const added = "__name"

const distance = (node: ts.Node, start: number): number => Math.abs(node.getStart() - start)

/** How often a call is measured. The functions that run each time are its way; a new second or a timer can add others. */
const looks = 5

type Functions = ReadonlyMap<string, Profiler.FunctionCoverage>

interface Script {
  readonly scriptId: string
  readonly url: string
  readonly ran: Functions
}

/** The functions that ran since the last measurement. */
const look = async (inspector: Session): Promise<ReadonlyArray<Script>> => {
  const { result } = await inspector.post("Profiler.takePreciseCoverage")
  return result.map(({ functions, scriptId, url }) => {
    const ran = functions.flatMap((each): ReadonlyArray<[string, Profiler.FunctionCoverage]> => {
      const [range] = each.ranges
      return range === undefined || range.count === 0 ? [] : [[`${range.startOffset}-${range.endOffset}`, each]]
    })
    return { scriptId, url, ran: new Map(ran) }
  })
}

/** The functions that a warm subject runs, one measurement for each time. */
const watch = async (inspector: Session, { once, stop }: Awaited<ReturnType<Subject>>) => {
  // The first call opens the connection and derives the key.
  for (let warm = 0; warm < 3; warm++) await once()
  await turns()
  await look(inspector)
  const found: Array<ReadonlyArray<Script>> = []
  for (let index = 0; index < looks; index++) {
    await once()
    await turns()
    found.push(await look(inspector))
  }
  await stop()
  return found
}

/** The path from the root of a hand-written file of src. */
const pathOf = (root: string, url: string): string | undefined => {
  const path = url.startsWith("file:") ? relative(root, fileURLToPath(url)).replaceAll("\\", "/") : ""
  return path.startsWith("src/") && !path.startsWith("src/products/") ? path : undefined
}

const ranIn = (text: string, functions: Iterable<Profiler.FunctionCoverage>): ReadonlyArray<RanFunction> => {
  const byEnd = functionsByEnd(ts.createSourceFile("ran.js", text, ts.ScriptTarget.ES2023, true))
  return [...functions].flatMap(({ functionName, ranges: [range] }) => {
    if (range === undefined || functionName === added) return []
    const [node] = (byEnd.get(range.endOffset) ?? []).toSorted(
      (one, other) => distance(one, range.startOffset) - distance(other, range.startOffset)
    )
    return node === undefined ? [] : { within: namesAround(node), isTrivial: isTrivial(node) }
  })
}

/** Waits until everything that a call starts has ended. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}

/** Runs a warm subject, and returns the hand-written functions of src that run in each call. */
export const measure = async (root: string, load: () => Promise<Subject>): Promise<Ran> => {
  const inspector = new Session()
  inspector.connect()
  await inspector.post("Profiler.enable")
  await inspector.post("Debugger.enable")
  await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false })
  const [first = [], ...others] = await watch(inspector, await (await load())())
  const ran = new Map<string, ReadonlyArray<RanFunction>>()
  for (const { ran: functions, scriptId, url } of first) {
    const path = pathOf(root, url)
    if (path === undefined) continue
    const again = others.map((scripts) => scripts.find((each) => each.scriptId === scriptId)?.ran)
    const always = [...functions].flatMap(([range, each]) => (again.every((other) => other?.has(range)) ? each : []))
    const { scriptSource } = await inspector.post("Debugger.getScriptSource", { scriptId })
    const found = ranIn(scriptSource, always)
    if (found.length > 0) ran.set(path, found)
  }
  inspector.disconnect()
  return ran
}
