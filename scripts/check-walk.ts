/**
 * Counts the files that a reader has to open to follow one call from README's example to the socket, and one request from the
 * socket to its handler and back. Fails if they are too many, or if ARCHITECTURE.md does not tell the way as it is.
 * Usage: tsx scripts/check-walk.ts [--list] [root]. `--list` prints what runs, and checks nothing.
 *
 * ARCHITECTURE.md has a section for each, with the steps as a numbered list and the leaves as a plain one:
 *
 *     ## The walk of one call
 *
 *     1. `src/services/client/ApiClient.ts` → `callable` → `make`: makes the action a function.
 *     2. `src/services/client/internal/call.ts` → `Call.run`
 *     3. through `Transport` to `src/layers/client/NodeTransport.ts` → `send`
 *     4. back to `src/services/client/ApiClient.ts` → `read`
 *
 *     Leaves:
 *
 *     - `src/domain/wire/Signature.ts`: a pure function of what is signed.
 *
 * The list is held against the source: each function is there; its name stands in the function before it, or the file before it
 * imports its file, or an open step hands it down, or the function before it asks a service that its file provides; no file is entered again but by going back to it. And it is held against the truth: `scripts/walk/call.ts`
 * and `scripts/walk/request.ts` do the real thing, warm, under V8's coverage. Every step ran. Every file in which more than a
 * one-liner ran is a step or a leaf. A leaf is what a reader can take at its word: it leads, by its imports, to no step.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import ts from "typescript-5.9"
import { everyNode, resolveImport, type Source, sourcesIn } from "./sources.js"
import { measure, type Ran } from "./walk/coverage.js"

/** The most files that a walk may lead through. */
export const mostFiles = 20

export const walks = [
  { heading: "The walk of one call", program: "scripts/walk/call.ts" },
  { heading: "The walk of one request", program: "scripts/walk/request.ts" }
] as const

export interface Step {
  readonly line: number
  readonly path: string
  /** `run`, or `Call.run` where the file has several. */
  readonly name: string
  readonly isBack: boolean
  /** The service that leads here, if it is one: the step before asks it, and this file provides it. */
  readonly service: string | undefined
}

export interface Walk {
  readonly steps: ReadonlyArray<Step>
  readonly leaves: ReadonlyArray<{ readonly line: number; readonly path: string }>
  readonly problems: ReadonlyArray<string>
}

const document = "ARCHITECTURE.md"
const stepPattern = /^\d+\. (back to |through `(\w+)` to )?`([^`]+)`((?: → `[^`]+`)+)/
const leafPattern = /^- `([^`]+)`: \S/

/** The walk under a heading of a document. */
export const walkOf = (markdown: string, heading: string): Walk => {
  const lines = markdown.split("\n").map((text, index) => ({ text, line: index + 1 }))
  const first = lines.findIndex(({ text }) => text === `## ${heading}`)
  const problems: Array<string> = []
  if (first === -1) {
    problems.push(
      `${document}: has no "## ${heading}". Write it as the header of scripts/check-walk.ts says; --list tells what runs.`
    )
  }
  const rest = first === -1 ? [] : lines.slice(first + 1)
  const next = rest.findIndex(({ text }) => text.startsWith("## "))
  const section = next === -1 ? rest : rest.slice(0, next)
  const steps = section.flatMap(({ line, text }): ReadonlyArray<Step> => {
    if (!/^\d+\. /.test(text)) return []
    const [, way, service, path = "", names = ""] = stepPattern.exec(text) ?? []
    if (path === "") problems.push(`${document}:${line}: is no step. Write: 1. \`src/file.ts\` → \`function\``)
    return [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""], index) => ({
      line,
      path,
      name,
      isBack: way === "back to " && index === 0,
      service: index === 0 ? service : undefined
    }))
  })
  const leaves = section.flatMap(({ line, text }) => {
    if (!text.startsWith("- ")) return []
    const [, path] = leafPattern.exec(text) ?? []
    if (path === undefined)
      problems.push(`${document}:${line}: is no leaf. Write: - \`src/file.ts\`: why it need not be opened`)
    return path === undefined ? [] : { line, path }
  })
  return { steps, leaves, problems }
}

/** The last part of a step's name, and the class or function that it is in. */
const partsOf = (name: string) => {
  const parts = name.split(".")
  return { own: parts.at(-1) ?? name, owners: parts.slice(0, -1) }
}

const nameOf = (node: ts.Node): string | undefined => {
  const { name } = node as { readonly name?: ts.Node }
  return name !== undefined && ts.isIdentifier(name) ? name.text : undefined
}

const isDeclaration = (node: ts.Node): boolean =>
  (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) ||
  ((ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) && node.initializer !== undefined) ||
  ts.isPropertyAssignment(node) ||
  ts.isClassDeclaration(node)

/** Where a file declares what a step names. */
const declarationsOf = ({ file }: Source, name: string): ReadonlyArray<ts.Node> => {
  const { own, owners } = partsOf(name)
  const found: Array<ts.Node> = []
  everyNode(file, (node) => {
    if (!isDeclaration(node) || nameOf(node) !== own) return
    const around = new Set<string | undefined>()
    for (let each = node.parent; each !== undefined; each = each.parent) around.add(nameOf(each))
    if (owners.every((owner) => around.has(owner))) found.push(node)
  })
  return found
}

const mentions = (source: Source, from: string, name: string): boolean =>
  declarationsOf(source, from).some((declaration) => {
    let isFound = false
    everyNode(declaration, (node) => {
      if ((ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && node.text === name) isFound = true
    })
    return isFound
  })

/** The files of src, and which of them each needs at run time. */
interface Sources {
  readonly all: ReadonlyMap<string, Source>
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>
}

const sourcesOf = (root: string): Sources => {
  const all = new Map(sourcesIn(root, "src").map((source) => [source.path, source]))
  const needs = new Map(
    [...all.values()].map(({ imports, path }) => {
      const targets = imports.flatMap(({ isTypeOnly, specifier }) => {
        const target = isTypeOnly ? undefined : resolveImport(path, specifier, (each) => all.has(each))
        return target ?? []
      })
      return [path, new Set(targets)]
    })
  )
  return { all, needs }
}

/** The steps that are open where a step is: a call goes down, and comes back to one of them. */
const checkOrder = ({ steps }: Walk): ReadonlyArray<string> => {
  const entered = new Set<string>()
  const open: Array<string> = []
  return steps.flatMap(({ isBack, line, path }) => {
    if (path === open.at(-1)) return []
    if (isBack) {
      const at = open.indexOf(path)
      open.splice(at + 1)
      return at === -1
        ? `${document}:${line}: goes back to ${path}, which the way has left or never entered. Put the steps in order.`
        : []
    }
    const isNew = !entered.has(path)
    entered.add(path)
    open.push(path)
    return isNew
      ? []
      : `${document}:${line}: enters ${path} again. If the way only returns to it, write "back to"; else put what both do together.`
  })
}

/** The steps that have not ended: each is in a file that the way has entered, and has not left. */
const openSteps = (steps: ReadonlyArray<Step>): ReadonlyArray<Step> => {
  const open: Array<Step> = []
  for (const step of steps) {
    const at = step.isBack ? open.findIndex(({ path }) => path === step.path) : -1
    if (at !== -1) open.splice(open.findLastIndex(({ path }) => path === step.path) + 1)
    open.push(step)
  }
  return open
}

const mentionsIn = (all: Sources["all"], { name, path }: Step, own: string): boolean => {
  const source = all.get(path)
  return source !== undefined && mentions(source, name, own)
}

const namesAny = ({ file }: Source, names: ReadonlyArray<string>): boolean => {
  let isFound = false
  everyNode(file, (node) => {
    if (ts.isIdentifier(node) && names.includes(node.text)) isFound = true
  })
  return isFound
}

/** An open step asks a service, or goes through a list, and the file of the step provides the service, or is in the list. */
const checkThrough = (
  { line, path }: Step,
  service: string,
  open: ReadonlyArray<Step>,
  { all, needs }: Sources
): ReadonlyArray<string> => {
  const names = [service, service.charAt(0).toLowerCase() + service.slice(1)]
  const isAsked = open.some((each) => {
    const source = all.get(each.path)
    return source !== undefined && namesAny(source, names)
  })
  if (!isAsked) return [`${document}:${line}: no open step asks ${service}. Name the service that leads to ${path}.`]
  const source = all.get(path)
  const isProvided =
    source?.file.text.includes(`class ${service} extends Context.`) === true ||
    source?.imports.some(({ isTypeOnly, specifier }) => !isTypeOnly && specifier.endsWith(`/${service}.js`)) === true ||
    [...needs].some(([from, targets]) => from.endsWith(`/${service}.ts`) && targets.has(path))
  return isProvided
    ? []
    : [`${document}:${line}: ${path} does not provide ${service}, and ${service} does not import it.`]
}

/** Each step is there, and the one before it leads to it. */
const checkSteps = ({ steps }: Walk, { all, needs }: Sources): ReadonlyArray<string> =>
  steps.flatMap((step, index) => {
    const { isBack, line, name, path } = step
    const source = all.get(path)
    if (source === undefined) return `${document}:${line}: there is no ${path}. Correct the step.`
    if (declarationsOf(source, name).length === 0) {
      return `${document}:${line}: ${path} has no function ${name}. Name the one that the way goes through.`
    }
    const before = steps[index - 1]
    if (before === undefined || isBack) return []
    const from = all.get(before.path)
    if (from === undefined || mentions(from, before.name, partsOf(name).own)) return []
    if (step.service !== undefined)
      return checkThrough(step, step.service, openSteps(steps.slice(0, index)), { all, needs })
    // A function that a step hands down, such as what decodes an answer.
    if (openSteps(steps.slice(0, index)).some((each) => mentionsIn(all, each, partsOf(name).own))) return []
    // Within a file, two functions in a row can both be called by one that was before.
    const isSibling = (each: Step) => each.path === path && mentions(source, each.name, partsOf(name).own)
    const isReached =
      before.path === path ? steps.slice(0, index).some(isSibling) : needs.get(before.path)?.has(path) === true
    return isReached
      ? []
      : `${document}:${line}: nothing leads from ${before.name} in ${before.path} to ${name} in ${path}: it does not name it, and its file does not import that one. Add the step between.`
  })

/** The way from a file to one of the steps, along what is needed at run time. */
const wayTo = (start: string, steps: ReadonlySet<string>, { needs }: Sources): ReadonlyArray<string> | undefined => {
  const seen = new Set([start])
  const ways: Array<ReadonlyArray<string>> = [[start]]
  for (const way of ways) {
    for (const target of needs.get(way.at(-1) ?? start) ?? []) {
      if (steps.has(target)) return [...way, target]
      if (!seen.has(target)) ways.push([...way, target])
      seen.add(target)
    }
  }
  return undefined
}

const checkLeaves = ({ leaves, steps }: Walk, sources: Sources, ran: Ran): ReadonlyArray<string> => {
  const paths = new Set(steps.map(({ path }) => path))
  return leaves.flatMap(({ line, path }) => {
    if (paths.has(path)) return `${document}:${line}: ${path} is a step, and so no leaf. Remove one of the two.`
    if (!ran.has(path)) return `${document}:${line}: nothing in the leaf ${path} runs. Remove it.`
    const way = wayTo(path, paths, sources)
    return way === undefined
      ? []
      : `${document}:${line}: the leaf ${path} leads on to a step: ${way.join(" → ")}. Make it a step, or cut the import.`
  })
}

const fullName = (within: ReadonlyArray<string>): string => within.join(".")

/** What ran is in the walk, and what is in the walk ran. */
const checkRan = ({ leaves, steps }: Walk, ran: Ran, program: string): ReadonlyArray<string> => {
  const known = new Set([...steps, ...leaves].map(({ path }) => path))
  const strangers = [...ran].flatMap(([path, functions]) => {
    const names = functions.filter((each) => !each.isTrivial).map(({ within }) => fullName(within))
    return known.has(path) || names.length === 0
      ? []
      : `${path}: ${names.slice(0, 3).join(", ")} ran in ${program}, and the walk does not lead there. Add a step, or a leaf with its reason.`
  })
  const idle = steps.filter(({ name, path }) => {
    const { own, owners } = partsOf(name)
    return !ran.get(path)?.some(({ within }) => within.at(-1) === own && owners.every((each) => within.includes(each)))
  })
  return [
    ...strangers,
    ...idle.map(
      ({ line, name, path }) => `${document}:${line}: ${name} in ${path} does not run in ${program}. Remove the step.`
    )
  ]
}

/** All that is wrong with a walk, held against the sources of the project and what ran. */
export const checkWalk = (root: string, walk: Walk, ran: Ran, program: string): ReadonlyArray<string> => {
  if (walk.problems.length > 0) return walk.problems
  const sources = sourcesOf(root)
  const files = new Set(walk.steps.map(({ path }) => path))
  return [
    ...(files.size > mostFiles
      ? [
          `${document}: the walk leads through ${files.size} files, and ${mostFiles} are allowed. Put together what is read together.`
        ]
      : []),
    ...checkOrder(walk),
    ...checkSteps(walk, sources),
    ...checkLeaves(walk, sources, ran),
    ...checkRan(walk, ran, program)
  ]
}

const summary = (heading: string, { leaves, steps }: Walk, ran: Ran): string => {
  const files = new Set(steps.map(({ path }) => path)).size
  const more = [...ran.values()].filter((functions) => functions.some((each) => !each.isTrivial)).length
  return (
    `${heading}: ${files} files to open, ${leaves.length} leaves; ` +
    `${ran.size} files of src run, ${more} of them with more than one-liners`
  )
}

const list = (ran: Ran): void => {
  for (const [path, functions] of [...ran].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const names = new Set(functions.filter((each) => !each.isTrivial).map(({ within }) => fullName(within)))
    console.log(`  ${path}: ${names.size === 0 ? "one-liners" : [...names].join(", ")}`)
  }
}

const main = async (root: string, isList: boolean): Promise<void> => {
  const path = join(root, document)
  const markdown = existsSync(path) ? readFileSync(path, "utf8") : ""
  const problems: Array<string> = []
  for (const { heading, program } of walks) {
    const ran = await measure(root, async () => (await import(pathToFileURL(join(root, program)).href)).subject)
    const walk = walkOf(markdown, heading)
    console.log(summary(heading, walk, ran))
    if (isList) list(ran)
    else problems.push(...checkWalk(root, walk, ran, program))
  }
  if (problems.length > 0) {
    console.error(problems.join("\n"))
    process.exit(1)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2)
  const root = resolve(given.find((each) => !each.startsWith("--")) ?? dirname(dirname(fileURLToPath(import.meta.url))))
  await main(root, given.includes("--list"))
}
