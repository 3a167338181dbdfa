/** Small made-up projects, in folders of their own that are gone after the test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"

/** The files of a project, by path: a text as it is, anything else as JSON. */
export type Files = Readonly<Record<string, unknown>>

/** Writes the files into a new folder, and returns its path. */
export const tree = (files: Files) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = realpathSync(mkdtempSync(join(tmpdir(), "project-")))
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content, null, 2))
      }
      return root
    }),
    (root) => Effect.sync(() => rmSync(root, { recursive: true }))
  )

/** An entry of the exports of package.json: `layers/client/ApiClient`. */
export const door = (module: string) => ({ types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` })
