/** The package as npm packs it. A user who installs it has no script to approve. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const root = fileURLToPath(new URL("../..", import.meta.url))

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "packed-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** npm runs each of these for a package that it installs, and npm 11 asks its user to approve them. */
const ofInstallation = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"]

describe("the tarball", () => {
  it.scoped("P19: has no install script", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const options = { cwd: root, encoding: "utf8", stdio: "pipe" } as const
      const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", path]
      const [{ filename }] = JSON.parse(execFileSync("npm", pack, options))
      const { gypfile, scripts } = JSON.parse(
        execFileSync("tar", ["-xzOf", join(path, filename), "package/package.json"], options)
      )
      assert.deepStrictEqual(
        Object.keys(scripts).filter((name) => ofInstallation.includes(name)),
        []
      )
      assert.isUndefined(gypfile)
    })
  )
})
