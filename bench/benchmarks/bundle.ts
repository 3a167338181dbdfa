import { execFile } from "node:child_process"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { service } from "../clients.js"
import { folder } from "../files.js"
import { type Benchmark, verify } from "../harness.js"
import { key, requestId } from "../instances.js"
import { environment } from "../processes.js"
import { effectAlone, ours as forNode, oursOverFetch, theirs, variables } from "../programs.js"

const resolveDir = dirname(fileURLToPath(import.meta.url))

/** A whole program in one file, without the modules of Node. */
const bundled = async (contents: string, format: "esm" | "cjs"): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    // The paths of this project would resolve to its sources, not to the package.
    tsconfigRaw: {},
    ...{ bundle: true, minify: true, write: false, platform: "node", target: "node20", format, logLevel: "error" },
    // Modules of CommonJS that are bundled into one of ESM still ask for Node's own by `require`.
    ...(format === "esm"
      ? { banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' } }
      : {})
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}

const kilobytes = (code: Uint8Array): number => gzipSync(code, { level: 9 }).byteLength / 1000

export const bundle: Benchmark = {
  name: "bundle",
  what: "client and one action, minified and gzipped: over fetch, and with all that Node's transport needs",
  unit: "KB",
  goals: [
    { against: "limit", is: "at most", value: 90 },
    { against: "theirs", is: "at most", value: 0.65 }
  ],
  prepare: () =>
    Effect.gen(function* () {
      // The client over `fetch` is the one for bundles. The client for Node brings undici, which contains its parser twice: it is
      // reported, but has no goal.
      const [overFetch, overUndici, official, effect] = yield* Effect.promise(() =>
        Promise.all([
          bundled(oursOverFetch, "esm"),
          bundled(forNode, "esm"),
          bundled(theirs, "cjs"),
          bundled(effectAlone, "esm")
        ])
      )
      const { verifying } = yield* service
      const path = yield* folder({
        "ours.mjs": overFetch,
        "undici.mjs": overUndici,
        "theirs.cjs": official,
        "floor.mjs": effect
      })
      const env = environment(variables(`127.0.0.1:${verifying}`, key))
      for (const [contender, program, says] of [
        ["ours", "ours.mjs", requestId],
        ["over undici", "undici.mjs", requestId],
        ["theirs", "theirs.cjs", requestId],
        ["floor", "floor.mjs", env.CVM_HOST]
      ] as const) {
        const said = yield* Effect.promise(() =>
          promisify(execFile)(process.execPath, [`${path}/${program}`], { env }).then(
            ({ stdout }) => stdout.trim(),
            (error: Error) => error.message
          )
        )
        yield* verify(contender, said === says, `its bundle says ${said}`)
      }
      return {
        rounds: 1,
        turns: {
          ours: async () => ({ value: kilobytes(overFetch) }),
          theirs: async () => ({ value: kilobytes(official) }),
          floor: async () => ({ value: kilobytes(effect) }),
          "over undici": async () => ({ value: kilobytes(overUndici) })
        }
      }
    })
}
