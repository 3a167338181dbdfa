import { readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Index from "effect-tencentcloud"

const modulesOf = (room: string): ReadonlyArray<string> =>
  readdirSync(new URL(`../../src/${room}`, import.meta.url))
    .flatMap((name) => (name.endsWith(".ts") && name !== "index.ts" ? name.slice(0, -".ts".length) : []))
    .sort()

/** These need a package that not everybody installs, so a program imports them itself. */
const apart = ["LegacySchema"]

describe("effect-tencentcloud", () => {
  it("holds every module of the domain and of the services, and the layers", () => {
    const expected = [...modulesOf("domain"), ...modulesOf("services"), "Layers"].filter(
      (name) => !apart.includes(name)
    )
    assert.deepStrictEqual(Object.keys(Index).sort(), expected.sort())
  })

  it("holds every module of the layers, under Layers", () => {
    assert.deepStrictEqual(Object.keys(Index.Layers).sort(), modulesOf("layers"))
  })
})
