/** Feeds targets with inputs, finds the smallest input of a fault, and measures how the time of a reader grows. */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Random from "../fixtures/Random.js"
import * as Grammar from "./grammar.js"
import type { Target } from "./target.js"

export interface Fault {
  readonly input: string
  readonly error: unknown
}

export interface Result {
  readonly inputs: number
  readonly fault: Fault | undefined
}

/** The most processor time that one input of at most 64 KB may take, in milliseconds. */
const longestMillis = 2000

const millisOf = ({ system, user }: NodeJS.CpuUsage): number => (system + user) / 1000

/** Returns what an input brings about, if that is a fault. */
const faultOf = async (target: Target, input: string): Promise<Fault | undefined> => {
  const before = process.cpuUsage()
  try {
    const checked = target.check(input)
    if (checked !== undefined) await checked
  } catch (error) {
    return { input, error }
  }
  const millis = millisOf(process.cpuUsage(before))
  return millis > longestMillis ? { input, error: new Error(`took ${millis.toFixed(0)} ms`) } : undefined
}

/** Leaves parts of an input out, the largest first, for as long as the fault stays. */
const shrink = async (target: Target, found: Fault): Promise<Fault> => {
  const until = Date.now() + 10_000
  let smallest = found
  for (let size = Math.ceil(found.input.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.input.length && Date.now() < until; ) {
      const fault = await faultOf(target, smallest.input.slice(0, at) + smallest.input.slice(at + size))
      if (fault === undefined) at += size
      else smallest = fault
    }
  }
  return smallest
}

/** Runs a target for so many milliseconds. It stops at the first fault. */
export const fuzz = async (
  target: Target,
  options: { readonly millis: number; readonly seed: number }
): Promise<Result> => {
  const random = Random.make(options.seed)
  const until = Date.now() + options.millis
  let inputs = 0
  while (Date.now() < until) {
    const input = Grammar.next(target.generate, target.tokens, random)
    inputs += 1
    const fault = await faultOf(target, input)
    if (fault !== undefined) return { inputs, fault: await shrink(target, fault) }
    // Sockets and timers of a target get their turn too.
    if (inputs % 1000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { inputs, fault: undefined }
}

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")

const timeOf = async (run: () => void | Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  const running = run()
  if (running !== undefined) await running
  return millisOf(process.cpuUsage(before))
}

/** The size of the smallest input, in characters. */
const size = 20_000

/** How often an input is read, so that its time can be measured. */
const repetitionsFor = (millis: number): number => Math.min(200, Math.max(1, Math.ceil(2 / Math.max(millis, 0.01))))

/** The most that the time may grow for an input of four times the size. It is about 4 in proportion, and 16 with the square. */
const mostGrowth = 9

/** Where less time passes, in milliseconds, no ratio means anything. */
const floor = 1

interface Growth {
  readonly what: string
  readonly ratio: number
  readonly millis: number
}

const growthOf = async (target: Target, make: (size: number) => string): Promise<Omit<Growth, "what">> => {
  const read = target.read ?? target.check
  const [one, two, four] = [make(size), make(size * 2), make(size * 4)] as const
  await read(two)
  const first = await timeOf(() => read(one))
  const times = repetitionsFor(first)
  const each = (input: string): Promise<number> =>
    timeOf(async () => {
      for (let left = times; left > 0; left--) await read(input)
    })
  collectGarbage()
  const shortest = Math.max(floor, await each(one))
  const longest = await each(four)
  return { ratio: longest / shortest, millis: longest / times }
}

/** Returns what takes more time than its size explains. Other work of the machine can only add to a time, so it measures again. */
export const findGrowth = async (target: Target): Promise<ReadonlyArray<Growth>> => {
  const found: Array<Growth> = []
  // One after the other, because each measures the processor time of the process.
  for (const part of target.parts ?? []) found.push(...(await findGrowth(part)))
  for (const [what, make] of Object.entries(target.growth)) {
    try {
      let growth = await growthOf(target, make)
      for (let left = 3; growth.ratio > mostGrowth && left > 0; left--) {
        const again = await growthOf(target, make)
        if (again.ratio < growth.ratio) growth = again
      }
      if (growth.ratio > mostGrowth) found.push({ what, ...growth })
    } catch (error) {
      found.push({ what: `${what} (${String(error).slice(0, 500)})`, ratio: Number.POSITIVE_INFINITY, millis: 0 })
    }
  }
  return found
}

/** Describes a fault, with what is needed to see it again. */
export const describe = (target: Target, seed: number, { error, input }: Fault): string =>
  [
    `${target.name} has a fault, with the seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    `The smallest input, of ${input.length} characters: ${JSON.stringify(input.slice(0, 2000))}`
  ].join("\n")
