/** Files of programs. They are inside this package, so that they find it and its dependencies. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const root = fileURLToPath(new URL("./written/", import.meta.url))

/** A folder with these files, for as long as the scope lives. */
export const folder = (
  files: Readonly<Record<string, string | Uint8Array>>
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      mkdirSync(root, { recursive: true })
      const path = mkdtempSync(root)
      for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
      return path
    }),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
