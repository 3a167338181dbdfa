import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import { product as cvm } from "effect-tencentcloud/products/cvm"
import { CvmLive, report } from "../../examples/list-instances.js"

const TestLayer = InProcess.layer.pipe(Layer.provide(CvmLive), Layer.provideMerge(Journal.layerMemory()))

const EmulatorLive = Emulator.layer({ seed: "instances" }).pipe(Layer.provide(Catalogue.layerOf([cvm])))

const emulated = InProcess.layer.pipe(Layer.provide(EmulatorLive))

/** The text for each of the four codes. */
const words = {
  "InvalidZone.MismatchRegion": /another region/,
  InvalidFilter: /cannot be filtered/,
  "InvalidFilterValue.LimitExceeded": /five values/,
  "InvalidInstanceId.Malformed": /^That is no instance's id\. \(RequestId [0-9a-f-]{36}\)$/
} as const

describe("the list of instances", () => {
  it.effect("reads all pages, with one call each", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* report({}), "200 run: worker-0, worker-1, worker-2…")
      const { entries } = yield* Journal.Journal
      assert.deepStrictEqual(
        (yield* entries).map(({ request }) => JSON.parse(request.body)),
        [{ Limit: 100 }, { Limit: 100, Offset: 100 }, { Limit: 100, Offset: 200 }]
      )
    }).pipe(Effect.provide(TestLayer))
  )

  it.effect("has the instances that match the filters", () =>
    Effect.gen(function* () {
      const zone = yield* report({ Filters: [{ Name: "zone", Values: ["ap-guangzhou-4"] }], Limit: 10 })
      assert.strictEqual(zone, "100 run: worker-1, worker-3, worker-5…")
    }).pipe(Effect.provide(TestLayer))
  )

  it.effect("handles each error code by its own tag", () =>
    Effect.gen(function* () {
      const zones = (...Values: ReadonlyArray<string>) => ({ Filters: [{ Name: "zone", Values }] })
      assert.match(yield* report(zones("eu-frankfurt-1")), words["InvalidZone.MismatchRegion"])
      assert.match(yield* report({ Filters: [{ Name: "colour", Values: [] }] }), words.InvalidFilter)
      assert.match(yield* report(zones("1", "2", "3", "4", "5", "6")), words["InvalidFilterValue.LimitExceeded"])
      assert.match(yield* report({ InstanceIds: ["worker-1"] }), words["InvalidInstanceId.Malformed"])
    }).pipe(Effect.provide(TestLayer))
  )

  it.effect("works against the emulator, without a handler", () =>
    Effect.map(report({}), (said) => assert.match(said, /^\d+ run: /)).pipe(Effect.provide(emulated))
  )

  for (const [code, said] of Object.entries(words)) {
    it.effect(`handles ${code} from the emulator, also on the second page`, () => {
      const faults = FaultInjector.layer([{ action: "DescribeInstances", nth: 2, fault: FaultInjector.error(code) }])
      return Effect.gen(function* () {
        assert.match(yield* report({ Limit: 1 }), said)
      }).pipe(Effect.provide(emulated.pipe(Layer.provide(faults))))
    })
  }

  it.live("is a program that exits normally without a key", () =>
    Effect.map(
      Effect.promise(() =>
        promisify(execFile)(process.execPath, ["--import", "tsx", "examples/list-instances.ts"], {
          cwd: fileURLToPath(new URL("../..", import.meta.url)),
          env: { PATH: process.env.PATH }
        })
      ),
      ({ stdout }) => {
        const lines = stdout.trimEnd().split("\n")
        assert.deepStrictEqual(lines.slice(0, 2), [
          "200 run: worker-0, worker-1, worker-2…",
          "100 run: worker-0, worker-2, worker-6…"
        ])
        for (const said of Object.values(words)) assert.isTrue(lines.some((line) => said.test(line)))
        assert.lengthOf(lines, 6)
      }
    )
  )
})
