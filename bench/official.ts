/** The official client. Its packages are CommonJS, and their deep modules have no names that ESM could import. */
import { Agent } from "node:http"
import { createRequire } from "node:module"
import { cvm } from "tencentcloud-sdk-nodejs-cvm"
import { call, key } from "./instances.js"

const {
  default: Sign
}: typeof import("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js", { with: {
  "resolution-mode": "require"
}}) = createRequire(import.meta.url)("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js")

export const { sign3 } = Sign

/** A client as a fast program configures it: it reuses its connections. */
export const makeClient = (host: string) =>
  new cvm.v20170312.Client({
    credential: { ...key },
    region: call.region,
    profile: { httpProfile: { endpoint: host, protocol: "http://", agent: new Agent({ keepAlive: true }) } }
  })
