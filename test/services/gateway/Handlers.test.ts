import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Handlers from "../../../src/services/gateway/Handlers.js"
import { uuid } from "../../fixtures/Answer.js"

const action = (product: string, version: string) =>
  ApiClient.callable(
    Action.make("WhoAmI", {
      ...{ product, version, errors: [] },
      request: Schema.Struct({}),
      response: Schema.Struct({ Name: Schema.String })
    })
  )

const [stsOld, stsNew, cam] = [action("sts", "2018-08-13"), action("sts", "2026-01-01"), action("cam", "2019-01-16")]

class Name extends Context.Tag("test/Name")<Name, string>() {}

const serve = (member: typeof cam, name: Effect.Effect<string, never, Name>) =>
  Handlers.handlers(Product.make([member]), {
    WhoAmI: (_, { product, version }) => Effect.map(name, (Name) => ({ Name: `${product} ${version} ${Name}` }))
  })

const gateway = (
  ...handlers: [Layer.Layer<Handlers.Handlers, never, Name>, ...Array<Layer.Layer<Handlers.Handlers, never, Name>>]
) => InProcess.layer.pipe(Layer.provide(handlers), Layer.provide(Layer.succeed(Name, "provided")))

describe("the handlers of a gateway", () => {
  it.effect("serve several products and versions side by side, each with the services it needs", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.all([stsOld(), stsNew(), cam()])
      assert.deepStrictEqual(
        answers.map(({ Name }) => Name),
        ["sts 2018-08-13 provided", "sts 2026-01-01 provided", "cam 2019-01-16 constant"]
      )
      for (const { RequestId } of answers) assert.match(RequestId, uuid)
    }).pipe(Effect.provide(gateway(serve(stsOld, Name), serve(stsNew, Name), serve(cam, Effect.succeed("constant")))))
  )

  it.effect("reject a product or a version without handlers", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.all([Effect.flip(stsOld()), Effect.flip(cam())])
      assert.deepStrictEqual(
        refused.map((error) => [error._tag, "reason" in error ? error.reason : ""]),
        [
          ["NoSuchVersion", "The specified api version=`2018-08-13` does not exist in service=`sts`."],
          ["NoSuchProduct", "The specified product=`cam` does not exist."]
        ]
      )
    }).pipe(Effect.provide(gateway(serve(stsNew, Name))))
  )

  it.effect("list products, and versions from the oldest on; the later of two handlers of an action serves it", () =>
    Effect.gen(function* () {
      const table = Handlers.makeTable()
      const route = ({ action }: typeof cam): Handlers.Route => ({ _tag: "Unary", action, handle: () => Effect.void })
      const newer = route(stsNew)
      for (const each of [route(stsNew), route(stsOld), newer]) table.addRoute(each)
      assert.deepStrictEqual(table.products(), ["sts"])
      assert.deepStrictEqual([table.versions("sts"), table.versions("cam")], [["2018-08-13", "2026-01-01"], []])
      assert.strictEqual(yield* table.find("sts", "2026-01-01", "WhoAmI"), newer)
      assert.strictEqual(yield* table.find("sts", "2026-01-01", "constructor"), undefined)
    })
  )

  it.effect("come from a source, action by action, if no route was added", () =>
    Effect.gen(function* () {
      const table = Handlers.makeTable()
      const route = ({ action }: typeof cam): Handlers.Route => ({ _tag: "Unary", action, handle: () => Effect.void })
      const [added, served, other] = [route(stsNew), route(cam), route(stsOld)]
      const source = (given: Handlers.Route): Handlers.Source => ({
        products: ["cam", "sts"],
        versions: (product) => (product === given.action.product ? [given.action.version] : []),
        find: (product, _, action) =>
          Effect.succeed(product === given.action.product && action !== "Other" ? given : undefined)
      })
      table.setSource(source(served))
      assert.deepStrictEqual(table.products(), ["cam", "sts"])
      assert.deepStrictEqual([table.versions("cam"), table.versions("sts")], [["2019-01-16"], []])
      table.addRoute(added)
      assert.deepStrictEqual(table.products(), ["sts", "cam"])
      assert.deepStrictEqual([table.versions("cam"), table.versions("sts")], [["2019-01-16"], ["2026-01-01"]])
      table.setSource(source(other))
      assert.deepStrictEqual([table.versions("cam"), table.versions("sts")], [[], ["2018-08-13", "2026-01-01"]])
      assert.deepStrictEqual(
        yield* Effect.all([
          table.find("sts", "2026-01-01", "WhoAmI"),
          table.find("sts", "2018-08-13", "WhoAmI"),
          table.find("sts", "2026-01-01", "Other"),
          table.find("cam", "2019-01-16", "WhoAmI")
        ]),
        [added, other, undefined, undefined]
      )
    })
  )
})
