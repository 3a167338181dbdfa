/** Programs as users write them: one call with each client, and one without a client. Benchmarks start and bundle them. */

/** The environment of each: the endpoint and the key. */
export const variables = (host: string, key: { readonly secretId: string; readonly secretKey: string }) => ({
  CVM_HOST: host,
  TENCENTCLOUD_SECRET_ID: key.secretId,
  TENCENTCLOUD_SECRET_KEY: key.secretKey
})

export const ours = `
import * as Effect from "effect/Effect"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"

const main = DescribeInstances({ Limit: 1 }).pipe(
  Effect.provide(ApiClient.layer({ region: "ap-guangzhou", endpoint: "http://" + process.env.CVM_HOST }))
)

Effect.runPromise(main).then(({ RequestId }) => console.log(RequestId))
`

/** The same over `fetch`, which every runtime has: the client for bundles. */
export const oursOverFetch = ours
  .replace(
    '* as ApiClient from "effect-tencentcloud/ApiClient"',
    '* as FetchClient from "effect-tencentcloud/FetchClient"'
  )
  .replace("ApiClient.layer", "FetchClient.layer")

export const theirs = `
const { cvm } = require("tencentcloud-sdk-nodejs-cvm")

const client = new cvm.v20170312.Client({
  credential: { secretId: process.env.TENCENTCLOUD_SECRET_ID, secretKey: process.env.TENCENTCLOUD_SECRET_KEY },
  region: "ap-guangzhou",
  profile: { httpProfile: { endpoint: process.env.CVM_HOST, protocol: "http://" } }
})

client.DescribeInstances({ Limit: 1 }).then(({ RequestId }) => console.log(RequestId))
`

export const bareNode = `
import { request } from "node:http"

const call = request("http://" + process.env.CVM_HOST, { method: "POST" }, (response) => {
  let text = ""
  response.on("data", (chunk) => (text += chunk))
  response.on("end", () => console.log(JSON.parse(text).Response.RequestId))
})
call.end("{}")
`

/** The same with Effect loaded but unused. */
export const bareEffect = `
import "effect/Context"
import "effect/Effect"
import "effect/Layer"
${bareNode}`

export const effectAlone = `
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

class Answer extends Context.Tag("Answer")() {}

const main = Effect.flatMap(Answer, (answer) => Effect.sync(() => console.log(answer)))

Effect.runPromise(Effect.provide(main, Layer.succeed(Answer, process.env.CVM_HOST)))
`
