/** A signed request to a gateway with all checks on, over `node:http`: those of the benchmarks. */
import { Agent, request } from "node:http"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import { layer } from "../../bench/gateway.js"
import { sign } from "../../bench/served.js"
import type { Subject } from "./coverage.js"

const send = (port: number, agent: Agent, index: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const { body, headers } = sign(index)
    request({ agent, port, method: "POST", headers }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk
      })
      response.on("end", () => resolve(text))
    })
      .on("error", reject)
      .end(body)
  })

export const subject: Subject = async () => {
  const runtime = ManagedRuntime.make(Layer.provide(NodeGateway.layer(), layer))
  const { address } = await runtime.runPromise(Effect.map(GatewayServer, (server) => server))
  const agent = new Agent({ keepAlive: true })
  let index = 0
  return {
    once: async () => {
      const answer = await send(address.port, agent, index++)
      if (!answer.includes('"TotalCount":0')) throw new Error(`The walk's request is refused: ${answer}`)
    },
    stop: async () => {
      agent.destroy()
      await runtime.dispose()
    }
  }
}
