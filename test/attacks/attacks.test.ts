/** Every attack in its short form: the gateway stays alive, small and fair, and an honest client has all of its answers. */
import { afterAll, assert, describe, it } from "vitest"
import { attacks } from "./attacks.js"
import { attack, start, type Victim, type VictimOptions } from "./runner.js"

/** The time of each attack, in milliseconds. `npm run attacks -- --long` takes longer. */
const millis = 1500

/** `maxUnreadBytes`, by default, and what else a gateway may take, in megabytes. */
const mostGrowth = 64 + 32

/**
 * What the servers that the other adapters run in take for themselves: they buffer bodies before the adapter sees them, and their
 * garbage is collected late.
 */
const mostGrowthElsewhere = mostGrowth + 160

const victims = new Map<string, Promise<Victim>>()

/** Attacks of the same kind share a gateway, because each takes seconds to start. */
const victimOf = (options: VictimOptions): Promise<Victim> => {
  const key = JSON.stringify(options)
  const known = victims.get(key) ?? start(options)
  victims.set(key, known)
  return known
}

afterAll(async () => {
  for (const victim of victims.values()) (await victim).stop()
})

const cases = attacks.flatMap((each) =>
  each.adapters.map((adapter) => ({ ...each, adapter, title: `${each.row}: ${each.name}, over ${adapter}` }))
)

describe("an attack", () => {
  it.each(cases)("$title", async ({ adapter, journal, node, title: _, ...each }) => {
    const options = { adapter, ...(journal === undefined ? {} : { journal }), ...(node === undefined ? {} : { node }) }
    const result = await attack(each, await victimOf(options), adapter, millis)
    assert.isTrue(result.isAlive, "the gateway has died")
    assert.isUndefined(result.fault)
    assert.deepStrictEqual(result.honest.failures, [])
    assert.isAtMost(result.growth, adapter === "node" ? mostGrowth : mostGrowthElsewhere)
  })
})
