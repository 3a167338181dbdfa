/**
 * Makes a number of calls, or serves a number of requests, with half as many SecretIds. Sends by how many bytes the heap has grown
 * since the warm-up.
 */
import { setTimeout } from "node:timers/promises"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { CredentialProvider } from "effect-tencentcloud/CredentialProvider"
import { Gateway } from "effect-tencentcloud/Gateway"
import { KeyStore } from "effect-tencentcloud/KeyStore"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"
import { layerWith } from "../gateway.js"
import { call, key, request } from "../instances.js"
import { sign } from "../served.js"

const [, , kind, count = "0", port] = process.argv
const ids = Math.ceil(Number(count) / 2)

const keyAt = (index: number) => ({
  secretId: `AKID${String(index % ids).padStart(32, "0")}`,
  secretKey: key.secretKey
})

/** Does it once. */
type Once = (index: number) => Effect.Effect<unknown, unknown>

const calls = Effect.gen(function* () {
  let current = 0
  const layer = ApiClient.layerTransport({ region: call.region, endpoint: `http://127.0.0.1:${port}` }).pipe(
    Layer.provide([
      NodeTransport.layer({ proxy: false }),
      Layer.succeed(CredentialProvider, {
        get: Effect.sync(() => {
          const { secretId, secretKey } = keyAt(current++)
          return { secretId, secretKey: Redacted.make(secretKey), token: undefined, expiresAt: undefined }
        }),
        refresh: Effect.succeed(false)
      })
    ])
  )
  const context = yield* Layer.build(layer)
  const once: Once = () =>
    Effect.filterOrDieMessage(
      Effect.provide(DescribeInstances(request), context),
      ({ TotalCount }) => TotalCount === 1,
      "an answer is wrong"
    )
  return once
})

/** A key of each account, whose number is that of its SecretId. */
const keys = Layer.succeed(KeyStore, {
  find: (secretId) => {
    const account = String(100_000_000_000 + Number(secretId.slice("AKID".length)))
    return Effect.succeed(
      Option.some({
        ...{ secretId, secretKey: Redacted.make(key.secretKey), account, identity: account },
        ...{ enabled: true, mfa: "not required" as const, session: undefined }
      })
    )
  }
})

const requests = Effect.map(Layer.build(layerWith(keys, 10_000)), (context): Once => {
  const gateway = Context.get(context, Gateway)
  return (index) =>
    Effect.suspend(() => {
      const { body, headers } = sign(index, keyAt(index))
      const wire = { method: "POST", path: "/", query: "", headers, body: Buffer.from(body), address: "127.0.0.1" }
      return Effect.filterOrDie(
        gateway.handle(wire),
        (answer) => answer.body.includes('"TotalCount":0'),
        (answer) => new Error(`an answer is wrong: ${answer.body}`)
      )
    })
})

/** The heap after garbage collection, and after everything that ends by itself. */
const heap = Effect.promise(async () => {
  for (let turn = 0; turn < 4; turn++) {
    await setTimeout(300)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
})

let index = 0

const many = (once: Once, times: number) => {
  const end = index + times
  const worker = Effect.whileLoop({ while: () => index < end, body: () => once(index++), step: () => {} })
  return Effect.all(
    Array.from({ length: 32 }, () => worker),
    { concurrency: "unbounded", discard: true }
  )
}

const main = Effect.scoped(
  Effect.gen(function* () {
    const once = yield* kind === "calls" ? calls : requests
    // By then every bounded store is full. Tables that also contain garbage that is not yet collected, as that of
    // Redacted does, have the size that they keep.
    yield* many(once, Math.max(Number(count), 20_000))
    const before = yield* heap
    yield* many(once, Number(count))
    return (yield* heap) - before
  })
)

Effect.runPromise(main).then((growth) => process.send?.(growth))
