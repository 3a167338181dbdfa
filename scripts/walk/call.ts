/** README's call: the ready-made client for Node, against a server that answers with one instance. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"
import type { Subject } from "./coverage.js"

const answer = JSON.stringify({
  Response: { TotalCount: 1, InstanceSet: [{ InstanceId: "ins-1", CPU: 2 }], RequestId: "req-1" }
})

export const subject: Subject = async () => {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const key = new Map([
    ["TENCENTCLOUD_SECRET_ID", "AKIDEXAMPLE"],
    ["TENCENTCLOUD_SECRET_KEY", "example-key"]
  ])
  const runtime = ManagedRuntime.make(
    ApiClient.layer({ region: "ap-guangzhou", endpoint: `http://127.0.0.1:${port}` }).pipe(
      Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(key)))
    )
  )
  return {
    once: async () => {
      const { InstanceSet } = await runtime.runPromise(DescribeInstances({ Limit: 10 }))
      if (InstanceSet?.length !== 1) throw new Error("The walk's call has another answer than it should.")
    },
    stop: async () => {
      await runtime.dispose()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
