/** The table of waiters in the catalogue: what a file may not say. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import * as Waiters from "../../scripts/catalogue/waiters.js"
import { folder } from "./catalogues.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

const good = {
  action: "DescribeInstances",
  at: "InstanceSet.InstanceState",
  done: ["RUNNING"],
  interval: 5,
  deadline: 60
}

/** What is wrong with a file of one waiter of cvm. */
const faultsOf = (waiter: object, name = "instanceRunning", version = "2017-03-12") =>
  Effect.gen(function* () {
    const path = yield* folder
    mkdirSync(join(path, "waiters"))
    const text = JSON.stringify({ product: "cvm", versions: { [version]: { [name]: waiter } } })
    writeFileSync(join(path, "waiters/cvm.json"), text)
    const products = Catalogue.read(join(root, "catalogue"), (product) => product === "cvm")
    return yield* Effect.try({ try: () => Waiters.read(path, products), catch: (cause) => String(cause) }).pipe(
      Effect.as("none"),
      Effect.merge
    )
  })

describe("the waiters of the catalogue", () => {
  it.scoped("belong to members that exist", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* faultsOf(good), "none")
    })
  )

  const wrong: ReadonlyArray<readonly [string, object, string, string?, string?]> = [
    ["an action that is not there", { ...good, action: "DescribeNothing" }, "there is no action `DescribeNothing`"],
    ["a path that is not there", { ...good, at: "InstanceSet.Mood" }, "has no member `InstanceSet.Mood`"],
    ["a state of another type", { ...good, done: [1] }, "1 is no state of the type `string`"],
    ["ids that are no list", { ...good, ids: "Limit" }, "has no list `Limit`"],
    ["a deadline before the second call", { ...good, deadline: 5 }, "the deadline comes before the second call"],
    ["a member that no waiter has", { ...good, until: 1 }, "until"],
    ["a name with a capital letter", good, "a name begins with a small letter", "InstanceRunning"],
    ["a version that is not there", good, "the product has no such version", "instanceRunning", "2000-01-01"]
  ]
  for (const [what, waiter, fault, name, version] of wrong) {
    it.scoped(`cannot have ${what}`, () =>
      Effect.gen(function* () {
        assert.include(yield* faultsOf(waiter, name, version), fault)
      })
    )
  }

  it("are for the kinds of resources that programs wait for", () => {
    const files = Catalogue.read(join(root, "catalogue"))
    const products = [...Waiters.read(join(root, "catalogue"), files).keys()]
    assert.includeMembers(products, ["cvm", "cbs", "vpc", "clb", "cdb", "redis", "tke", "ssl"])
  })
})
