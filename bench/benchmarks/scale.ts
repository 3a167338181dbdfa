import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as Signature from "effect-tencentcloud/Signature"
import { headersOf } from "../byHand.js"
import * as Clients from "../clients.js"
import { type Benchmark, costOf, type Goal, type Pace, type Samples, spread, timeOf, type Wrong } from "../harness.js"
import { call, key, product, request } from "../instances.js"
import { account, limits, policy } from "../served.js"

const goals: ReadonlyArray<Goal> = [{ against: "floor", is: "at most", value: 1.2, held: 1.4 }]

/** The largest growth of the cost from any size to any larger one. It has to meet the goal. */
const steepest = (samples: Samples) => {
  const sizes = Object.keys(samples)
  const cost = (size: string) => spread(samples[size] ?? []).median
  const steps = sizes.flatMap((size, index) => sizes.slice(index + 1).map((larger) => ({ floor: size, ours: larger })))
  return steps.reduce((most, step) =>
    cost(step.ours) / cost(step.floor) > cost(most.ours) / cost(most.floor) ? step : most
  )
}

export const scaleCalls: Benchmark = {
  name: "scale-calls",
  what: "processor time of a call, with 1, 8, 64 and 512 in flight",
  unit: "µs",
  goals,
  prepare: (pace) =>
    Effect.gen(function* () {
      const { plain, verifying } = yield* Clients.service
      yield* Effect.scoped(
        Effect.flatMap(Clients.ours(verifying, { tracing: false }), (client) => Clients.verifyClient("ours", client))
      )
      const client = yield* Clients.ours(plain, { tracing: false })
      const turns = [1, 8, 64, 512].map((atOnce) => [`${atOnce} at once`, costOf(pace, client.calls(atOnce))] as const)
      return { turns: Object.fromEntries(turns), roles: steepest }
    })
}

const sizes = [10, 1000, 100_000]

/** Makes one check after the other, for the callers in a random order. */
const checks = (size: number, check: (index: number) => Effect.Effect<unknown, unknown>, pace: Pace) => {
  let state = 1
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  }
  return timeOf(pace, (times) => {
    let done = 0
    return Effect.runPromise(
      Effect.whileLoop({ while: () => done++ < times, body: () => Effect.orDie(check(next())), step: () => {} })
    )
  })
}

const scale = (
  of: string,
  what: string,
  make: (size: number) => Effect.Effect<(index: number) => Effect.Effect<unknown, unknown>, Wrong, Scope.Scope>
): Benchmark => ({
  name: `scale-${of}`,
  what,
  unit: "µs",
  goals,
  prepare: (pace) =>
    Effect.map(
      Effect.forEach(sizes, (size) =>
        Effect.gen(function* () {
          const check = yield* make(size)
          // Everything stored for a caller exists before the clock runs.
          for (let index = 0; index < size; index++) yield* Effect.orDie(check(index))
          return [`${size} ${of}`, checks(size, check, pace)] as const
        })
      ),
      (turns) => ({ turns: Object.fromEntries(turns), roles: steepest })
    )
})

const keyAt = (index: number) => ({ secretId: `AKID${index}`, secretKey: `${key.secretKey}${index}` })

const identityAt = (index: number): string => String(200_000_000_000 + index)

export const scaleKeys = scale("keys", "to find a key and check a signature under it, among many keys", (size) =>
  Effect.gen(function* () {
    const keys = Array.from({ length: size }, (_, index) => keyAt(index))
    const layer = CredentialValidator.layer.pipe(Layer.provide(KeyStore.layerMemory(keys)))
    const validator = Context.get(yield* Layer.build(layer), CredentialValidator.CredentialValidator)
    const payload = Buffer.from(JSON.stringify(request))
    const signedBy = (each: (typeof keys)[number]) =>
      headersOf(each, product, "cvm.tencentcloudapi.com", call, 1_750_000_000, payload.toString())
    const headers = signedBy(keyAt(0))
    const authorization = (each: (typeof keys)[number]) =>
      Either.getOrThrow(Signature.parseAuthorization(signedBy(each).authorization ?? ""))
    const { scope, signedHeaders } = authorization(keyAt(0))
    // A server checks a request that it has just read: all of it is in the cache, and only what the server stores of its key may be
    // far away. So this stores only the signature of each request, and makes the rest when its turn comes.
    const signatures = Buffer.concat(keys.map((each) => Buffer.from(authorization(each).signature, "hex")))
    return (index) => {
      const signature = signatures.toString("hex", index * 32, (index + 1) * 32)
      const { secretId } = keyAt(index)
      const received = {
        ...{ method: "POST", query: "", headers, payload, timestamp: headers["x-tc-timestamp"] ?? "" },
        authorization: { secretId, scope, signedHeaders, signature }
      }
      return Effect.flatMap(validator.identify({ secretId, token: undefined }), (found) =>
        validator.verify({ version: "v3", received }, found)
      )
    }
  })
)

export const scalePolicies = scale("policies", "to ask the policies of a caller, among many", (size) =>
  Effect.gen(function* () {
    const documents = Object.fromEntries(Array.from({ length: size }, (_, index) => [identityAt(index), [policy]]))
    const authorizer = Context.get(
      yield* Layer.build(Layer.orDie(Authorizer.layerPolicies(documents))),
      Authorizer.Authorizer
    )
    return (index) =>
      authorizer.authorize({
        ...{ account, identity: identityAt(index), operation: `${product}:${call.action}`, resources: ["*"] },
        ...{ address: "127.0.0.1", requestId: "", language: "en-US" }
      })
  })
)

export const scaleLimits = scale("limits", "to count a call in its four limits, of many callers", () =>
  Effect.map(Layer.build(RateLimiter.layerMemory(limits)), (context) => {
    const limiter = Context.get(context, RateLimiter.RateLimiter)
    return (index) =>
      limiter.take({
        ...{ product, action: call.action, accessRegion: "nearest", account, identity: identityAt(index) },
        ...{ address: "127.0.0.1", limit: undefined }
      })
  })
)
