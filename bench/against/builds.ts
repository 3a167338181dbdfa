/** The two builds of a comparison: that of the working tree, and that of another commit, which is built once and kept. */
import { type ExecFileException, execFile } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { build } from "esbuild"

/** A commit cannot be built. */
export class Unusable extends Data.TaggedError("Unusable")<{ readonly reason: string }> {}

export interface Build {
  readonly label: string
  /** The program that measures it, and the arguments before the order. */
  readonly subject: string
  readonly args: ReadonlyArray<string>
}

/** The folder of this file after the build, and the folder of the package. */
const built = fileURLToPath(new URL("..", import.meta.url))
const root = join(built, "../..")
const cache = join(root, "node_modules/.cache/bench")

export const working: Build = { label: "working tree", subject: join(built, "programs/subject.js"), args: [] }

const execute = (cwd: string, command: string, args: ReadonlyArray<string>): Effect.Effect<string, Unusable> =>
  Effect.async((resume) => {
    const done = (error: ExecFileException | null, out: string, err: string): void =>
      resume(
        error === null
          ? Effect.succeed(out)
          : new Unusable({ reason: `${command} ${args.join(" ")} failed: ${`${out}${err}`.trim().slice(-2000)}` })
      )
    execFile(command, [...args], { cwd, maxBuffer: 2 ** 26 }, done)
  })

const shaOf = (commit: string): Effect.Effect<string, Unusable> =>
  execute(root, "git", ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`]).pipe(
    Effect.map((out) => out.trim()),
    Effect.mapError(() => new Unusable({ reason: `unknown commit: ${commit}` }))
  )

/** A commit measures with its own subject. For commits without one, the working tree has one. */
const subjectOf = (folder: string): Pick<Build, "subject" | "args"> => {
  const own = join(folder, "bench/.built/programs/subject.js")
  return existsSync(own)
    ? { subject: own, args: [] }
    : { subject: join(built, "against/legacy.js"), args: [join(folder, "bench/.built")] }
}

/** Checks the commit out, and builds what its subject needs: its products, its package and its benchmarks. */
const prepare = (sha: string, folder: string): Effect.Effect<void, Unusable> =>
  Effect.gen(function* () {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const archive = `${folder}.tar`
    yield* execute(root, "git", ["archive", "--output", archive, sha])
    yield* execute(folder, "tar", ["-xf", archive])
    rmSync(archive)
    // Both builds run on the same dependencies: only the library's own code differs.
    symlinkSync(relative(folder, join(root, "node_modules")), join(folder, "node_modules"))
    yield* execute(folder, "npm", ["run", "--silent", "generate"])
    yield* execute(folder, "npm", ["run", "--silent", "build"])
    const bench = join(folder, "bench")
    yield* Effect.tryPromise({
      try: () =>
        build({
          entryPoints: readdirSync(bench, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => join(bench, file)),
          ...{ outdir: join(bench, ".built"), outbase: bench, format: "esm", logLevel: "silent" }
        }),
      catch: (cause) => new Unusable({ reason: `its benchmarks cannot be built: ${cause}` })
    })
  })

/** The build of a commit. Fails if there is no such commit, or if it cannot be built. */
export const buildOf = (commit: string, tell: (progress: string) => void): Effect.Effect<Build, Unusable> =>
  Effect.gen(function* () {
    const sha = yield* shaOf(commit)
    const folder = join(cache, sha)
    if (!existsSync(folder)) {
      tell(`building ${sha.slice(0, 7)}: a minute, once`)
      const unfinished = join(dirname(folder), `${sha}.unfinished`)
      yield* prepare(sha, unfinished)
      renameSync(unfinished, folder)
    }
    return { label: sha.slice(0, 7), ...subjectOf(folder) }
  })
