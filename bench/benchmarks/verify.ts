import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Signature from "effect-tencentcloud/Signature"
import * as ByHand from "../byHand.js"
import { type Benchmark, verify as check, timeOf } from "../harness.js"
import { call, key, product, request } from "../instances.js"

const host = `${product}.tencentcloudapi.com`
const payload = Buffer.from(JSON.stringify(request))
const headers = ByHand.headersOf(key, product, host, call, 1_750_000_000, payload.toString())
const authorization = headers.authorization ?? ""

const signed = (text: string): CredentialValidator.Signed => ({
  version: "v3",
  received: {
    method: "POST",
    path: "/",
    query: "",
    headers,
    payload,
    timestamp: headers["x-tc-timestamp"] ?? "",
    authorization: Either.getOrThrow(Signature.parseAuthorization(text))
  }
})

/** Another last digit. */
const wrong = authorization.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))

const layer = CredentialValidator.layer.pipe(Layer.provide(KeyStore.layerMemory([key])))

export const verify: Benchmark = {
  name: "verify",
  what: "check the signature of one request: the key known",
  unit: "µs",
  goals: [{ against: "floor", is: "at most", value: 1.4 }],
  prepare: (pace) =>
    Effect.gen(function* () {
      const validator = Context.get(yield* Layer.build(layer), CredentialValidator.CredentialValidator)
      const known = yield* Effect.orDie(validator.identify({ secretId: key.secretId, token: undefined }))
      const accepts = (text: string) => Effect.isSuccess(validator.verify(signed(text), known))
      yield* check("ours", yield* accepts(authorization), "a right signature is refused")
      yield* check("ours", !(yield* accepts(wrong)), "a wrong signature is accepted")

      const acceptsByHand = (text: string): boolean => {
        const stated = ByHand.parse(text)
        return stated !== undefined && ByHand.isRight(key, headers, payload, stated)
      }
      yield* check("floor", acceptsByHand(authorization), "a right signature is refused")
      yield* check("floor", !acceptsByHand(wrong), "a wrong signature is accepted")

      const received = signed(authorization)
      const stated = ByHand.parse(authorization)
      return {
        turns: {
          ours: timeOf(pace, (times) => {
            let done = 0
            return Effect.runPromise(
              Effect.whileLoop({
                while: () => done++ < times,
                body: () => validator.verify(received, known),
                step: () => {}
              })
            )
          }),
          floor: timeOf(pace, (times) => {
            if (stated === undefined) return
            for (let done = 0; done < times; done++) ByHand.isRight(key, headers, payload, stated)
          })
        }
      }
    })
}
