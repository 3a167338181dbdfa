/** Reads the command line of the benchmarks. */
import { parseArgs } from "node:util"

export interface Command {
  readonly json: boolean
  readonly short: boolean
  /** The commit to compare with. */
  readonly against?: string
  readonly rounds?: number
  /** Names of benchmarks, or beginnings of names. */
  readonly names: ReadonlyArray<string>
}

/** Why a command line is invalid. */
export interface Refusal {
  readonly reason: string
}

const faultOf = ({ against, rounds, short }: { against?: string; rounds?: string; short: boolean }) => {
  if (against !== undefined && short) return "`--short` does not go with `--against`: use `--rounds`"
  if (rounds !== undefined && against === undefined) return "`--rounds` needs `--against`"
  if (rounds !== undefined && !/^[1-9]\d{0,5}$/.test(rounds))
    return "`--rounds` is invalid: expected a whole number above 0"
  return undefined
}

export const readCommand = (args: ReadonlyArray<string>): Command | Refusal => {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        short: { type: "boolean", default: false },
        against: { type: "string" },
        rounds: { type: "string" }
      }
    })
    const { against, json, rounds, short } = values
    const reason = faultOf(values)
    if (reason !== undefined) return { reason }
    return {
      ...{ json, short, names: positionals },
      ...(against === undefined ? {} : { against }),
      ...(rounds === undefined ? {} : { rounds: Number(rounds) })
    }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

interface Named {
  readonly name: string
}

/** A name selects the benchmark of that name, or else all whose names begin with it and a hyphen. */
const matches = <A extends Named>(all: ReadonlyArray<A>, name: string): ReadonlyArray<A> => {
  const exact = all.filter((each) => each.name === name)
  return exact.length > 0 ? exact : all.filter((each) => each.name.startsWith(`${name}-`))
}

/** The benchmarks that the names select, in the order of the whole list. Without a name, all. */
export const select = <A extends Named>(
  all: ReadonlyArray<A>,
  names: ReadonlyArray<string>
): ReadonlyArray<A> | Refusal => {
  const unknown = names.filter((name) => matches(all, name).length === 0)
  if (unknown.length > 0) {
    return { reason: `unknown: ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}` }
  }
  return names.length === 0 ? all : all.filter((each) => names.some((name) => matches(all, name).includes(each)))
}
