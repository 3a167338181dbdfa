/** What the scripts of this folder share as programs. */
import { realpathSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** A path of this repository, from its root. */
export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Runs a script if it is the main program, not if a test imports it. `run` returns the exit code. */
export const main = async (
  url: string,
  run: (args: ReadonlyArray<string>) => number | Promise<number>
): Promise<void> => {
  const [, started, ...args] = process.argv
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return
  try {
    process.exitCode = await run(args)
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exitCode = 1
  }
}
