import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import { products } from "effect-tencentcloud/products"
import { product as cvm } from "effect-tencentcloud/products/cvm"
import { product as older } from "effect-tencentcloud/products/monitor/v20180724"
import { product as newer } from "effect-tencentcloud/products/monitor/v20230616"
import { product as sts } from "effect-tencentcloud/products/sts"
import type { Member, Product } from "../../../src/services/catalogue/ProductAction.js"

/** Modules that count how often they are loaded, each only once `open` has been called. */
const counted = (...products: ReadonlyArray<Product>) => {
  const loads: Array<string> = []
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const modules: Record<string, Record<string, () => Promise<{ readonly product: Product }>>> = {}
  for (const product of products) {
    modules[product.name] = {
      ...modules[product.name],
      [product.version]: () => {
        loads.push(`${product.name} ${product.version}`)
        return gate.then(() => ({ product }))
      }
    }
  }
  return { modules, loads, open: Effect.sync(() => open()) }
}

const title = ({ action }: Member) => `${action.product} ${action.version} ${action.name}`
const titles = (members: Stream.Stream<Member>) =>
  Effect.map(Stream.runCollect(Stream.map(members, title)), Chunk.toReadonlyArray)

const few = Catalogue.layerOf([newer, sts, cvm, older])

describe("the catalogue", () => {
  it.effect("lists its products and their versions without loading any", () =>
    Effect.gen(function* () {
      const { loads, modules } = counted(older, newer, sts)
      const catalogue = yield* Catalogue.make(modules)
      assert.deepStrictEqual(catalogue.products, ["monitor", "sts"])
      assert.deepStrictEqual(catalogue.versions("monitor"), ["2018-07-24", "2023-06-16"])
      for (const unknown of ["ebs", "constructor", "__proto__"]) assert.isEmpty(catalogue.versions(unknown))
      assert.isEmpty(loads)
    })
  )

  it.effect("has every product with a generated module", () =>
    Effect.gen(function* () {
      const catalogue = yield* Catalogue.Catalogue
      assert.lengthOf(catalogue.products, 262)
      assert.lengthOf(catalogue.products.flatMap(catalogue.versions), 300)
      assert.deepStrictEqual(catalogue.versions("monitor"), ["2018-07-24", "2023-06-16"])
      assert.isTrue(Option.contains(yield* catalogue.product("cvm"), cvm))
    }).pipe(Effect.provide(Catalogue.layer(products)))
  )

  it.effect("finds a product in its newest version, or in another one", () =>
    Effect.gen(function* () {
      const { product } = yield* Catalogue.Catalogue
      const found = yield* Effect.forEach(
        [["monitor"], ["monitor", "2018-07-24"], ["monitor", "2017-01-01"], ["ebs"], ["toString"], ["sts", "toString"]],
        ([name = "", version]) => product(name, version)
      )
      assert.deepStrictEqual(found.map(Option.getOrUndefined), [
        newer,
        older,
        undefined,
        undefined,
        undefined,
        undefined
      ])
    }).pipe(Effect.provide(few))
  )

  it.effect("finds an action in the newest version that has it, or in another one", () =>
    Effect.gen(function* () {
      const { action } = yield* Catalogue.Catalogue
      const found = yield* Effect.forEach(
        [
          ["monitor", undefined, "GetMonitorData"],
          ["monitor", "2018-07-24", "DescribeAlarmNotifyHistories"],
          ["monitor", undefined, "DescribeAlarmNotifyHistories"],
          ["monitor", "2023-06-16", "GetMonitorData"],
          ["monitor", "1999-01-01", "GetMonitorData"],
          ["monitor", undefined, "constructor"],
          ["ebs", undefined, "GetMonitorData"]
        ] as const,
        ([product, version, name]) => Effect.map(action(product, version, name), Option.map(title))
      )
      assert.deepStrictEqual(found.map(Option.getOrUndefined), [
        "monitor 2018-07-24 GetMonitorData",
        undefined,
        "monitor 2023-06-16 DescribeAlarmNotifyHistories",
        undefined,
        undefined,
        undefined,
        undefined
      ])
    }).pipe(Effect.provide(few))
  )

  it.effect("lists the actions that declare a code, in every version", () =>
    Effect.gen(function* () {
      const { declaring } = yield* Catalogue.Catalogue
      const zone = yield* declaring("InvalidZone.MismatchRegion")
      const expected = Object.values(cvm.actions).filter(({ action }) =>
        action.errors.some(({ code }) => code === "InvalidZone.MismatchRegion")
      )
      assert.isNotEmpty(expected)
      assert.deepStrictEqual(zone, expected)
      const internal = yield* declaring("InternalError")
      assert.deepStrictEqual([...new Set(internal.map(({ action }) => action.version))].sort(), [
        "2017-03-12",
        "2018-07-24",
        "2023-06-16"
      ])
      for (const unknown of ["InvalidZone", "invalidzone.mismatchregion", "constructor", ""]) {
        assert.isEmpty(yield* declaring(unknown))
      }
    }).pipe(Effect.provide(few))
  )

  it.effect("loads each module once for concurrent callers, even if the first one is interrupted", () =>
    Effect.gen(function* () {
      const { loads, modules, open } = counted(older, newer, sts)
      const catalogue = yield* Catalogue.make(modules)
      const first = yield* Effect.fork(catalogue.declaring("InternalError"))
      yield* Effect.yieldNow()
      const others = yield* Effect.fork(
        Effect.all(
          [
            Effect.map(catalogue.declaring("InternalError"), (members) => members.length),
            Effect.map(catalogue.declaring("InternalError"), (members) => members.length),
            Effect.map(titles(catalogue.actions), (all) => all.length),
            Effect.map(catalogue.product("sts"), Option.isSome),
            Effect.map(catalogue.action("monitor", undefined, "GetMonitorData"), Option.isSome)
          ],
          { concurrency: "unbounded" }
        )
      )
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      yield* open
      const [one, two, all, ...found] = yield* Fiber.join(others)
      assert.strictEqual(one, two)
      assert.strictEqual(all, [older, newer, sts].flatMap(({ actions }) => Object.keys(actions)).length)
      assert.deepStrictEqual(found, [true, true])
      yield* catalogue.declaring("InternalError")
      assert.deepStrictEqual([...loads].sort(), ["monitor 2018-07-24", "monitor 2023-06-16", "sts 2018-08-13"])
    })
  )

  it.effect("loads only what a caller asks for", () =>
    Effect.gen(function* () {
      const { loads, modules, open } = counted(older, newer, sts, cvm)
      yield* open
      const catalogue = yield* Catalogue.make(modules)
      yield* catalogue.action("monitor", "2018-07-24", "GetMonitorData")
      const [found] = yield* titles(Stream.take(catalogue.actions, 1))
      assert.strictEqual(found, title(Object.values(older.actions)[0] ?? assert.fail()))
      assert.deepStrictEqual(loads, ["monitor 2018-07-24"])
    })
  )

  it.effect("dies if a module cannot be loaded, and tries again the next time", () =>
    Effect.gen(function* () {
      let failures = 2
      const catalogue = yield* Catalogue.make({
        sts: {
          "2018-08-13": () =>
            failures-- > 0 ? Promise.reject(new Error("no module")) : Promise.resolve({ product: sts })
        }
      })
      const attempt = Effect.exit(catalogue.product("sts"))
      const both = yield* Effect.all([attempt, attempt], { concurrency: "unbounded" })
      assert.deepStrictEqual(both.map(Exit.isInterrupted), [false, false])
      assert.deepStrictEqual([...both, yield* attempt, yield* attempt].map(Exit.isSuccess), [false, false, false, true])
    })
  )

  it.effect("lists all actions, and finds actions by words of their product or name", () =>
    Effect.gen(function* () {
      const { actions, search } = yield* Catalogue.Catalogue
      const all = yield* titles(actions)
      assert.lengthOf(all, new Set(all).size)
      assert.deepStrictEqual(
        all.filter((title) => /^sts/.test(title)),
        Object.values(sts.actions).map(title)
      )
      assert.deepStrictEqual(yield* titles(search("STS assumerole  saml")), ["sts 2018-08-13 AssumeRoleWithSAML"])
      assert.deepStrictEqual(yield* titles(search("getmonitordata")), ["monitor 2018-07-24 GetMonitorData"])
      assert.isEmpty(yield* titles(search("no such action")))
      assert.lengthOf(yield* titles(search("")), all.length)
    }).pipe(Effect.provide(few))
  )
})
