/** Every attack in its short form: the gateway stays alive, small and fair, and an honest client has all of its answers. */
import { assert, describe, it } from "vitest"
import { attacks } from "./attacks.js"
import { attack, start } from "./runner.js"

/** The time of each attack, in milliseconds. `npm run attacks -- --long` takes longer. */
const millis = 1500

/**
 * The most memory that an attack may take, in megabytes: `maxUnreadBytes`, by default, and the garbage of a machine that is busy. The
 * long run shows more exact numbers.
 */
const mostGrowth = 64 + 64

/** The servers that the other adapters run in buffer bodies too, before the adapter sees them. */
const mostGrowthElsewhere = mostGrowth + 160

describe("an attack", () => {
  for (const { journal, node, ...each } of attacks) {
    for (const adapter of each.adapters) {
      it(`${each.row}: ${each.name}, over ${adapter}`, async () => {
        const journals = journal === undefined ? {} : { journal }
        const victim = await start({ adapter, ...journals, ...(node === undefined ? {} : { node }) })
        const result = await attack(each, victim, adapter, millis).finally(victim.stop)
        assert.isTrue(result.isAlive, "the gateway has died")
        assert.isUndefined(result.fault)
        assert.deepStrictEqual(result.honest.failures, [])
        assert.isAtMost(result.growth, adapter === "node" ? mostGrowth : mostGrowthElsewhere)
      })
    }
  }
})
