import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Layers from "effect-tencentcloud/layers/index"
import * as Network from "../fixtures/ScriptedTransport.js"
import * as Seen from "../fixtures/Seen.js"
import { CreateVolume, DescribeVolumes } from "../fixtures/Volumes.js"

const layer = (members: object) =>
  Layers.ApiClient.layer().pipe(
    Layer.provide(Layers.Signer.layer),
    Layer.provideMerge(Network.layer(Network.result({ VolumeId: "vol-1", TotalCount: 0, Names: [], ...members }))),
    Layer.provide([
      Layers.ClockSync.layerLearning,
      Layers.CredentialProvider.layerStatic({ secretId: "AKID1", secretKey: "key" }),
      Layers.RateLimiter.layerUnlimited
    ]),
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

  it.effect.each([{}, { DeprecatedWarning: null }, { DeprecatedWarning: { Text: "use v2" } }])(
    "that says nothing is not logged: %o",
    (members) =>
      Effect.gen(function* () {
        yield* DescribeVolumes()
        assert.isEmpty(yield* warnings)
      }).pipe(Effect.provide(layer(members)))
  )
})
