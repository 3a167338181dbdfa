/** Requests to a host that names no product: an address, `localhost`, or the name of a proxy. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import type { Call } from "effect-tencentcloud/Gateway"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Mariadb from "effect-tencentcloud/products/mariadb"
import * as Postgres from "effect-tencentcloud/products/postgres/v20170312"
import * as Sts from "effect-tencentcloud/products/sts"
import * as Answer from "../../fixtures/Answer.js"
import { growthOf } from "../../fixtures/Growth.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"

const emulated = InProcess.layer.pipe(
  Layer.provide(Emulator.layer()),
  Layer.provide(Catalogue.layerOf([Cvm.product, Mariadb.product, Postgres.product, Sts.product]))
)

const hosts = ["127.0.0.1:9140", "127.0.0.1", "localhost:9140", "[::1]:9140", "10.0.0.1", "api.example.com", "proxy"]

const ask = (request: Parameters<typeof Answer.of>[0]) =>
  Effect.zipRight(TestClock.setTime(now * 1000), Answer.of(request))

const version = (Version: string, Action: string, host: string) =>
  ask(v1({ host, parameters: { Action, Version, Region: "ap-guangzhou" } }))

describe.each(hosts)("a request to %s", (host) => {
  const first = host.split(".")[0] ?? host

  it.effect("G3: for an unknown action is InvalidAction", () =>
    Effect.gen(function* () {
      const v3s = [first, host, "nothing"].map((service) =>
        ask(v3({ host, service, action: "DescribeNothing", headers: { "x-tc-version": "2017-03-12" } }))
      )
      const answers = yield* Effect.all([version("2017-03-12", "DescribeNothing", host), ...v3s])
      for (const { code, message } of answers) {
        assert.strictEqual(code, "InvalidAction")
        assert.include(message, "`DescribeNothing`")
        assert.include(message, "`2017-03-12`")
        assert.notInclude(message, "undefined")
      }
    }).pipe(Effect.provide(emulated))
  )

  it.effect("G3: for an unknown version is NoSuchVersion", () =>
    Effect.gen(function* () {
      const v3s = [first, host, "nothing"].map((service) =>
        ask(v3({ host, service, action: "DescribeZones", headers: { "x-tc-version": "1999-01-01" } }))
      )
      const answers = yield* Effect.all([version("1999-01-01", "DescribeZones", host), ...v3s])
      for (const { code, message } of answers) {
        assert.strictEqual(code, "NoSuchVersion")
        assert.include(message, "`1999-01-01`")
        assert.notInclude(message, "undefined")
      }
    }).pipe(Effect.provide(emulated))
  )

  it.effect("G3: names the product if the scope of the credential does, or if only one can be meant", () =>
    Effect.gen(function* () {
      const scoped = (action: string, version: string) =>
        ask(v3({ host, service: "cvm", action, headers: { "x-tc-version": version } }))
      const answers = yield* Effect.all([
        scoped("DescribeNothing", "2017-03-12"),
        scoped("DescribeZones", "1999-01-01"),
        version("2018-08-13", "DescribeNothing", host)
      ])
      assert.deepStrictEqual(
        answers.map(({ code, message }) => [code, message]),
        [
          [
            "InvalidAction",
            "The request action=`DescribeNothing` is invalid or not found in service=`cvm` and version=`2017-03-12`."
          ],
          ["NoSuchVersion", "The specified api version=`1999-01-01` does not exist in service=`cvm`."],
          [
            "InvalidAction",
            "The request action=`DescribeNothing` is invalid or not found in service=`sts` and version=`2018-08-13`."
          ]
        ]
      )
    }).pipe(Effect.provide(emulated))
  )
})

it.effect("G3: a public host that names no product is still NoSuchProduct", () =>
  Effect.gen(function* () {
    const { code, message } = yield* version("2017-03-12", "DescribeZones", "nope.tencentcloudapi.com")
    assert.deepStrictEqual([code, message], ["NoSuchProduct", "The specified product=`nope` does not exist."])
  }).pipe(Effect.provide(emulated))
)

const bare = { host: "127.0.0.1:9140", service: "127" }

const shared = <A, I>(product: string, request: Schema.Schema<A, I>) =>
  ApiClient.callable(
    Action.make("DescribeThings", {
      product,
      version: "2026-01-01",
      request,
      response: Schema.Struct({ By: Schema.String }),
      errors: [],
      binary: ["File"]
    })
  )

const optional = Schema.optional
const Filters = optional(Schema.Array(Schema.Struct({ Name: Schema.String })))

const Limit = optional(Schema.Int)

const one = shared("one", Schema.Struct({ OneId: Schema.String, Limit, File: optional(Schema.Uint8ArrayFromSelf) }))
const two = shared("two", Schema.Struct({ TwoId: Schema.String, Limit, Filters }))
const three = shared("three", Schema.Struct({ Limit, Name: optional(Schema.String), Filters }))

const by = (_: unknown, { product }: Call) => Effect.succeed({ By: product })

const served = InProcess.layer.pipe(
  Layer.provide(
    Layer.mergeAll(
      Gateway.handlers(Product.make([one]), { DescribeThings: by }),
      Gateway.handlers(Product.make([two]), { DescribeThings: by }),
      Gateway.handlers(Product.make([three]), { DescribeThings: by })
    )
  )
)

const flat = (parameters: Readonly<Record<string, string>>) => ({
  Action: "DescribeThings",
  Version: "2026-01-01",
  ...parameters
})

const json = (body: object, service = "127") =>
  v3({ ...bare, service, action: "DescribeThings", body: JSON.stringify(body) })

const cases: ReadonlyArray<readonly [name: string, request: Parameters<typeof Answer.of>[0], expected: string]> = [
  ["JSON for the first", json({ OneId: "1" }), "one"],
  ["JSON for the second", json({ TwoId: "2", Filters: [{ Name: "a" }] }), "two"],
  ["JSON for the third", json({ Name: "3" }), "three"],
  ["JSON that only the third accepts", json({}), "three"],
  [
    "a query of version 3 for the second",
    v3({ ...bare, action: "DescribeThings", method: "GET", query: "TwoId=2" }),
    "two"
  ],
  ["a query of version 1 for the second", v1({ host: bare.host, parameters: flat({ TwoId: "2" }) }), "two"],
  [
    "a form of version 1 for the third",
    v1({ host: bare.host, method: "POST", parameters: flat({ Name: "3" }) }),
    "three"
  ],
  ["a scope that names one of them", json({ Limit: 1 }, "three"), "three"]
]

describe("P12: an action that several products have in the same version", () => {
  it.effect.each(cases)("P12: is that of the product whose shape takes the parameters: %s", ([, request, expected]) =>
    Effect.gen(function* () {
      const { code, message, response } = yield* ask(request)
      assert.deepStrictEqual([code, message, response.By], [undefined, undefined, expected])
    }).pipe(Effect.provide(served))
  )

  it.effect("P12: is that of a product that knows all members, if none takes their values", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.all([
        ask(json({ TwoId: "2", Limit: "x" })),
        ask(json({ Name: "3", Limit: "x" })),
        ask(json({ TwoId: "2", OneId: "1" })),
        ask(json({ Limit: 1 }, "two"))
      ])
      assert.deepStrictEqual(
        answers.map(({ code, message }) => [code, message]),
        [
          ["InvalidParameter", "The value type of parameter `Limit` is not valid, input type should be `int64`"],
          ["InvalidParameter", "The value type of parameter `Limit` is not valid, input type should be `int64`"],
          ["UnknownParameter", "The parameter `TwoId` is not recognized."],
          ["MissingParameter", "The request is missing a required parameter `TwoId`."]
        ]
      )
    }).pipe(Effect.provide(served))
  )

  it.effect("P12: is refused as before if its body cannot be read", () =>
    Effect.gen(function* () {
      const { code } = yield* ask(v3({ ...bare, action: "DescribeThings", body: "{" }))
      assert.strictEqual(code, "InvalidParameter")
    }).pipe(Effect.provide(served))
  )

  it.effect("P12: costs in proportion to the request, whether or not a product takes it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const { handle } = yield* Gateway.Gateway
      const requestOf = (size: number) =>
        json({ Unknown: 1, Filters: Array.from({ length: size }, (_, index) => ({ Name: index })) })
      const growth = growthOf((size) => {
        const request = requestOf(size)
        return () => Effect.runSync(handle(request))
      }, 2000)
      assert.isBelow(growth, 9)
    }).pipe(Effect.provide(served))
  )

  it.effect("P12: of the catalogue is recognized by its members", () =>
    Effect.gen(function* () {
      const of = (Action: string, parameters: Readonly<Record<string, string>>) =>
        ask(v1({ host: "localhost", parameters: { Action, Version: "2017-03-12", ...parameters } }))
      const [ofMariadb, ofPostgres, either] = yield* Effect.all([
        of("DescribeDBInstances", { "InstanceIds.0": "tdsql-a" }),
        of("DescribeDBInstances", { "Filters.0.Name": "db-instance-id", "Filters.0.Values.0": "postgres-a" }),
        of("DescribeZones", {})
      ])
      assert.property(ofMariadb.response, "Instances")
      assert.property(ofPostgres.response, "DBInstanceSet")
      assert.isUndefined(either.code)
    }).pipe(Effect.provide(emulated))
  )
})
