import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Index from "effect-tencentcloud"

const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))

/** The front doors: one subpath for each module. */
const doors = Object.keys(exports).flatMap((subpath) => /^\.\/([A-Z]\w*)$/.exec(subpath)?.[1] ?? [])

/** These need a package that not everybody installs, so a program imports them itself. */
const apart = ["LegacySchema"]

describe("effect-tencentcloud", () => {
  it("exports every front door under its name", () => {
    assert.deepStrictEqual(Object.keys(Index).sort(), doors.filter((name) => !apart.includes(name)).sort())
  })
})
