/** An environment that the program may not read, as in Deno without `--allow-env`. */
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

/** An environment of which only some variables may be read. Deno throws for the others, even if they are not set. */
const allowing = (allowed: Readonly<Record<string, string>>) => {
  const check = (name: string): void => {
    if (name in allowed) return
    const error = new Error(`Requires env access to "${name}", run again with the --allow-env flag`)
    throw Object.assign(error, { name: "NotCapable" })
  }
  const known = ConfigProvider.fromMap(new Map(Object.entries(allowed))).flattened
  const flat = ConfigProvider.makeFlat({
    ...known,
    load: (path, config, split) => {
      check(path.join("_"))
      return known.load(path, config, split)
    }
  })
  return Effect.withConfigProvider(ConfigProvider.fromFlat(flat))
}

const forbidden = "the runtime does not allow to read it: in Deno, run with --allow-env"

describe("P9: an environment without permission", () => {
  it.scoped.each([
    { name: "ApiClient.layer", layer: ApiClient.layer({ region: "ap-guangzhou" }) },
    { name: "FetchClient.layer", layer: FetchClient.layer({ region: "ap-guangzhou" }) }
  ])("is CredentialsUnavailable with $name", ({ layer }) =>
    Effect.gen(function* () {
      const error = yield* DescribeVolumes({}).pipe(Effect.provide(layer), Effect.flip, allowing({}))
      if (error._tag !== "CredentialsUnavailable") return assert.fail(error._tag)
      assert.include(error.message, `TENCENTCLOUD_SECRET_ID: ${forbidden}`)
      assert.include(error.message, "TENCENTCLOUD_SECRET_KEY")
    })
  )

  it.scoped("is enough where the two variables of a key may be read", () =>
    Effect.gen(function* () {
      const provider = yield* CredentialProvider.make(CredentialProvider.environment)
      const { secretId } = yield* provider.get
      assert.strictEqual(secretId, "AKIDEXAMPLE")
    }).pipe(allowing({ TENCENTCLOUD_SECRET_ID: "AKIDEXAMPLE", TENCENTCLOUD_SECRET_KEY: "example" }))
  )

  it.scoped("has no proxy", () =>
    Effect.gen(function* () {
      yield* Layer.build(NodeTransport.layer())
    }).pipe(allowing({}))
  )

  it.scoped("is an error of the configuration where an option needs it", () =>
    Effect.gen(function* () {
      const options = { region: Config.string("REGION") }
      for (const layer of [ApiClient.layerConfig(options), FetchClient.layerConfig(options)]) {
        const error = yield* Effect.flip(Layer.build(layer)).pipe(allowing({}))
        assert.include(String(error), forbidden)
      }
    })
  )
})
