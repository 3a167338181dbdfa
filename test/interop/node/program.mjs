/**
 * The official client for Node. Its argument is a file with the way to the gateway and the calls to make. It prints a line of JSON for each
 * call: the result, or the code of the error.
 */
import { readFileSync } from "node:fs"
import sdk from "tencentcloud-sdk-nodejs-common"
import cvm from "tencentcloud-sdk-nodejs-cvm"
import sts from "tencentcloud-sdk-nodejs-sts"

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"))

const configure = (credential, { method, sign }) => ({
  credential,
  region: plan.region,
  profile: {
    signMethod: sign,
    httpProfile: {
      reqMethod: method,
      protocol: `${plan.protocol}://`,
      ...(plan.endpoint === undefined ? {} : { endpoint: plan.endpoint })
    }
  }
})

/** A key that the service hands out. */
const assumeRole = async () => {
  const client = new sts.sts.v20180813.Client(configure(plan.keys.owner, { method: "POST", sign: "TC3-HMAC-SHA256" }))
  const { Credentials } = await client.AssumeRole({ RoleArn: plan.role, RoleSessionName: "node" })
  return { secretId: Credentials.TmpSecretId, secretKey: Credentials.TmpSecretKey, token: Credentials.Token }
}

const collect = async (stream) => {
  const events = []
  for await (const { data } of stream) events.push(JSON.parse(data))
  return { events }
}

const send = async (call) => {
  const { action, key, kind, parameters, product, version } = call
  const config = configure(key === "temporary" ? await assumeRole() : plan.keys[key], call)
  if (kind === "typed") return new cvm.cvm.v20170312.Client(config)[action](parameters)
  const client = new sdk.CommonClient(plan.endpoint ?? `${product}.tencentcloudapi.com`, version, config)
  switch (kind) {
    case "unsigned action":
      return client.request(action, parameters, { skipSign: true })
    case "stream":
      return collect(await client.request(action, parameters))
    case "concurrent": {
      const numbers = Array.from({ length: 50 }, (_, index) => index)
      return { results: await Promise.all(numbers.map((Count) => client.request(action, { ...parameters, Count }))) }
    }
    default:
      return client.request(action, parameters)
  }
}

for (const call of plan.calls) {
  const outcome = await send(call).then(
    (result) => ({ result }),
    (error) => ({ error: error.code ?? String(error) })
  )
  process.stdout.write(`${JSON.stringify({ name: call.name, ...outcome })}\n`)
}
