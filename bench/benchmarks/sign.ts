import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Signer from "effect-tencentcloud/Signer"
import * as ByHand from "../byHand.js"
import { type Benchmark, timeOf, verify } from "../harness.js"
import { call, key, product, request } from "../instances.js"
import { sign3 } from "../official.js"

const host = `${product}.tencentcloudapi.com`
const body = JSON.stringify(request)

const payload: Signer.Draft["payload"] = {
  method: "POST",
  contentType: "application/json",
  query: "",
  body,
  headers: {},
  parameters: []
}

const draft: Signer.Draft = {
  request: { product, action: call.action, version: call.version, region: call.region, client: "effect-tencentcloud" },
  payload,
  host,
  method: "TC3-HMAC-SHA256"
}

const layer = Signer.layer.pipe(Layer.provide([CredentialProvider.layerStatic(key), ClockSync.layerLearning]))

const seconds = (): number => Math.floor(Date.now() / 1000)

/** As the official client calls it for each request. It formats the body again to hash it. */
const signOfficially = (timestamp: number): string =>
  sign3({
    method: "POST",
    url: `https://${host}/`,
    payload: request,
    timestamp,
    service: product,
    secretId: key.secretId,
    secretKey: key.secretKey,
    multipart: false,
    boundary: "",
    headers: { "Content-Type": "application/json" }
  })

const signByHand = (timestamp: number): string => ByHand.authorize(key, product, host, call.action, timestamp, body)

const check = (contender: string, authorization: string | undefined, timestamp: number) => {
  const headers = { host, "content-type": "application/json", "x-tc-action": call.action }
  return verify(
    contender,
    ByHand.isSigned(key, { ...headers, "x-tc-timestamp": String(timestamp), authorization: authorization ?? "" }, body),
    "the signature is wrong"
  )
}

export const sign: Benchmark = {
  name: "sign",
  what: "sign a JSON request of 300 bytes: the same key on the same day",
  unit: "µs",
  goals: [
    { against: "theirs", is: "at least", value: 3 },
    { against: "floor", is: "at most", value: 1.25 }
  ],
  prepare: (pace) =>
    Effect.gen(function* () {
      const signer = Context.get(yield* Layer.build(layer), Signer.Signer)
      const { headers } = yield* Effect.orDie(signer.sign(draft))
      yield* check("ours", headers.authorization, Number(headers["x-tc-timestamp"]))
      const now = seconds()
      yield* check("theirs", signOfficially(now), now)
      yield* check("floor", signByHand(now), now)
      return {
        turns: {
          // In one fiber: a call signs in its own fiber.
          ours: timeOf(pace, (times) => {
            let done = 0
            return Effect.runPromise(
              Effect.whileLoop({
                while: () => done++ < times,
                body: () => signer.sign(draft),
                step: () => {}
              })
            )
          }),
          theirs: timeOf(pace, (times) => {
            for (let done = 0; done < times; done++) signOfficially(seconds())
          }),
          floor: timeOf(pace, (times) => {
            for (let done = 0; done < times; done++) signByHand(seconds())
          })
        }
      }
    })
}
