/** Every attack in its short form: the gateway stays alive, small and fair, and an honest client has all of its answers. */
import { assert, describe, it } from "vitest"
import { attacks } from "./attacks.js"
import { attack, type Result, start } from "./runner.js"

/** The time of each attack, in milliseconds. `npm run attacks -- --long` takes longer. */
const millis = 3000

/** The time of each attack on a gateway that has survived the others, in milliseconds. */
const sharedMillis = 700

/**
 * The most memory that an attack may take, in megabytes: `maxUnreadBytes`, by default, 32, and what the runtime has yet to collect while
 * another suite runs on the same machine. docs/attacks.md has the exact numbers.
 */
const mostGrowth = 64 + 32 + 32

/** The servers that the other adapters run in buffer bodies too, before the adapter sees them. */
const mostGrowthElsewhere = 64 + 32 + 64

const assertUnhurt = (result: Result): void => {
  assert.isTrue(result.isAlive, "the gateway has died")
  assert.isUndefined(result.fault)
  assert.deepStrictEqual([...result.quiet.failures, ...result.honest.failures], [])
  assert.isAtMost(result.honest.p99, result.mostP99, "ten times the quiet p99")
  assert.isAtMost(result.growth, result.adapter === "node" ? mostGrowth : mostGrowthElsewhere)
}

describe("an attack", () => {
  for (const { journal, node, ...each } of attacks) {
    for (const adapter of each.adapters) {
      it(`${each.row}: ${each.name}, over ${adapter}`, async () => {
        const journals = journal === undefined ? {} : { journal }
        const victim = await start({ adapter, ...journals, ...(node === undefined ? {} : { node }) })
        assertUnhurt(await attack(each, victim, adapter, millis).finally(victim.stop))
      })
    }
  }

  it("K1-K15: one after another on one gateway", async () => {
    const victim = await start({ adapter: "node", journal: true })
    try {
      for (const each of attacks) {
        if (each.node !== undefined) continue
        const { honest, isAlive } = await attack(each, victim, "node", sharedMillis)
        assert.isTrue(isAlive, `the gateway has died of ${each.name}`)
        assert.deepStrictEqual(honest.failures, [])
      }
    } finally {
      victim.stop()
    }
  }, 300_000)
})
