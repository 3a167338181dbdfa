import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as EventStream from "../../../src/domain/wire/EventStream.js"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import * as Seen from "../../fixtures/Seen.js"
import { now, v3 } from "../../fixtures/Signed.js"
import { CreateVolume, DescribeVolumes } from "../../fixtures/Volumes.js"

const over = (step: Network.Step) => Layer.provideMerge(Client.layer(Network.layer(step)), Seen.layer)

const layer = (members: object) => over(Network.result({ VolumeId: "vol-1", TotalCount: 0, Names: [], ...members }))

const DescribeCount = ApiClient.callable(
  Action.stream("DescribeCount", {
    product: "counter",
    version: "2026-01-01",
    request: Schema.Struct({}),
    event: Schema.Struct({ Number: Schema.Int }),
    errors: [],
    deprecated: "Use \u201cv2\u201d,\r\n100% \u65b0\u7684."
  })
)

const streaming = InProcess.layer.pipe(
  Layer.provide(
    Gateway.handlers(Product.make([DescribeCount]), { DescribeCount: () => Stream.make({ Number: 1 }, { Number: 2 }) })
  ),
  Layer.provideMerge(Seen.layer)
)

const warnings = Effect.map(Seen.Seen, ({ lines }) =>
  lines.filter(({ level }) => level === "WARN").map(({ text }) => /message="(.*)"/.exec(text)?.[1])
)

describe("a DeprecatedWarning", () => {
  it.effect("is logged once for each action, and changes no result", () =>
    Effect.gen(function* () {
      const volumes = yield* Effect.replicateEffect(DescribeVolumes(), 3)
      assert.deepStrictEqual(volumes[2], { TotalCount: 0, Names: [], RequestId: Network.requestId })
      yield* Effect.all([CreateVolume({ Size: 10 }), CreateVolume({ Size: 20 })], { concurrency: "unbounded" })
      const said = (name: string) => `The service says that ${name} of ebs 2026-01-01 is deprecated: use v2`
      assert.deepStrictEqual(yield* warnings, [said("DescribeVolumes"), said("CreateVolume")])
    }).pipe(Effect.provide(layer({ DeprecatedWarning: "use v2" })))
  )

  it.effect("of a streaming action is in a header, escaped as ASCII, and in no event", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const { handle } = yield* Gateway.Gateway
      const host = "counter.tencentcloudapi.com"
      const { headers, stream } = yield* handle(v3({ action: "DescribeCount", host, service: "counter" }))
      assert.strictEqual(headers["content-type"], EventStream.contentType)
      assert.strictEqual(
        headers["x-tc-deprecatedwarning"],
        "Use%20%E2%80%9Cv2%E2%80%9D,%0D%0A100%25%20%E6%96%B0%E7%9A%84."
      )
      const events = yield* Stream.mkString(Stream.decodeText(stream ?? Stream.empty))
      assert.strictEqual(events, 'data: {"Number":1}\n\ndata: {"Number":2}\n\n')
    }).pipe(Effect.provide(streaming))
  )

  it.effect("of a streaming action is logged once, unescaped", () =>
    Effect.gen(function* () {
      const calls = Effect.replicateEffect(Stream.runCollect(DescribeCount()), 3, { concurrency: "unbounded" })
      assert.deepStrictEqual(
        (yield* calls).map((events) => events.length),
        [2, 2, 2]
      )
      const { lines } = yield* Seen.Seen
      const warned = lines.filter(({ level }) => level === "WARN")
      assert.strictEqual(warned.length, 1)
      assert.include(
        JSON.parse(`"${/message="(.*)"/.exec(warned[0]?.text ?? "")?.[1]}"`),
        "The service says that DescribeCount of counter 2026-01-01 is deprecated: Use \u201cv2\u201d,\r\n100% \u65b0\u7684."
      )
    }).pipe(Effect.provide(streaming))
  )

  it.effect.each([
    [undefined, []],
    ["50% more", ["50% more"]]
  ] as const)("in a header that is not escaped is logged as it is: %j", ([warning, expected]) =>
    Effect.gen(function* () {
      yield* Stream.runDrain(DescribeCount())
      const said = expected.map(
        (text) => `The service says that DescribeCount of counter 2026-01-01 is deprecated: ${text}`
      )
      assert.deepStrictEqual<unknown>(yield* warnings, said)
    }).pipe(
      Effect.provide(
        over(
          Effect.succeed({
            status: 200,
            headers: {
              "content-type": EventStream.contentType,
              ...(warning === undefined ? {} : { "x-tc-deprecatedwarning": warning })
            },
            body: "",
            stream: Stream.make(new TextEncoder().encode('data: {"Number":1}\n\n'))
          })
        )
      )
    )
  )

  it.effect.each([{}, { DeprecatedWarning: null }, { DeprecatedWarning: { Text: "use v2" } }])(
    "without a text is not logged: %o",
    (members) =>
      Effect.gen(function* () {
        yield* DescribeVolumes()
        assert.isEmpty(yield* warnings)
      }).pipe(Effect.provide(layer(members)))
  )
})
