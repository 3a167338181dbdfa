/** Calls from plain async functions. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { isApiError } from "effect-tencentcloud/ApiError"
import * as AsyncClient from "effect-tencentcloud/AsyncClient"
import { FailedOperation } from "effect-tencentcloud/CommonError"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { afterEach, assert, describe, it, vi } from "vitest"

type Answer = (body: string, number: number) => { readonly body: string; readonly type?: string } | undefined

const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const envelope = (response: object) => ({ body: JSON.stringify({ Response: { RequestId: "r-1", ...response } }) })

/** A service on a loopback port, and the environment that a program has. It counts connections. */
const serve = async (answer: Answer) => {
  const seen = { requests: 0, connections: 0, gone: 0 }
  const server = createServer((request, response) => {
    seen.requests += 1
    const number = seen.requests
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const answered = answer(Buffer.concat(chunks).toString(), number)
      if (answered === undefined) return
      response.writeHead(200, { "content-type": answered.type ?? "application/json" })
      if (answered.type === undefined) response.end(answered.body)
      else response.write(answered.body)
    })
    response.on("close", () => {
      if (!response.writableFinished) seen.gone += 1
    })
  })
  server.on("connection", () => {
    seen.connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  const { TENCENTCLOUD_SECRET_ID: id, TENCENTCLOUD_SECRET_KEY: key } = process.env
  Object.assign(process.env, { TENCENTCLOUD_SECRET_ID: "AKIDtest", TENCENTCLOUD_SECRET_KEY: "test" })
  closing.push(() => {
    for (const [name, value] of Object.entries({ TENCENTCLOUD_SECRET_ID: id, TENCENTCLOUD_SECRET_KEY: key })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  const { port } = server.address() as AddressInfo
  const client = AsyncClient.make({
    endpoint: `http://127.0.0.1:${port}`,
    region: "ap-guangzhou",
    retry: RetryPolicy.none
  })
  closing.unshift(() => client.close())
  return { client, seen }
}

const caughtBy = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  return assert.fail("it resolved")
}

describe("S8: an async client", () => {
  it("calls an action, and builds its client once", async () => {
    const { client, seen } = await serve(() => envelope({ TotalCount: 0, InstanceSet: [] }))
    for (const _ of [1, 2, 3])
      assert.strictEqual((await client.call(Cvm.DescribeInstances, { Limit: 10 })).TotalCount, 0)
    assert.strictEqual((await client.call(Cvm.DescribeInstances.action)).RequestId, "r-1")
    assert.deepInclude(seen, { requests: 4, connections: 1 })
  })

  it("rejects with the error itself", async () => {
    const { client } = await serve(() =>
      envelope({ Error: { Code: "FailedOperation.DiskBusy", Message: "it is\nbusy" } })
    )
    const error = await caughtBy(client.call(Cvm.DescribeInstances))
    assert.instanceOf(error, FailedOperation)
    if (!ApiClient.isFailure(error)) return assert.fail("no failure")
    assert.deepInclude({ ...error }, { code: "FailedOperation.DiskBusy", requestId: "r-1", region: "ap-guangzhou" })
    const line = "it is busy (cvm DescribeInstances, ap-guangzhou, RequestId r-1)"
    assert.strictEqual(error.message, line)
    assert.strictEqual(String(error), `FailedOperation.DiskBusy: ${line}`)
    const wrong = await caughtBy(client.call(Cvm.DescribeInstances, { Limit: "x" as never }, { callSite: true }))
    assert.isTrue(ApiClient.isFailure(wrong) && wrong.code === "InvalidRequestInput")
    assert.include((wrong as Error).stack?.split("\n")[1] ?? "", "AsyncClient.test.ts")
  })

  it("yields items and pages", async () => {
    const { client, seen } = await serve((body) => {
      const { Limit, Offset = 0 } = JSON.parse(body)
      const InstanceSet = Array.from({ length: Math.min(Limit, 5 - Offset) }, (_, index) => ({
        InstanceId: `ins-${Offset + index}`
      }))
      return envelope({ TotalCount: 5, InstanceSet })
    })
    const ids: Array<string | undefined> = []
    for await (const { InstanceId } of client.items(Cvm.DescribeInstances, { Limit: 2 })) ids.push(InstanceId)
    assert.deepStrictEqual(ids, ["ins-0", "ins-1", "ins-2", "ins-3", "ins-4"])
    for await (const page of client.pages(Cvm.DescribeInstances, { Limit: 2 })) {
      assert.strictEqual(page.TotalCount, 5)
      break
    }
    assert.strictEqual(seen.requests, 4)
  })

  it("streams events, and hangs up when the loop is left", async () => {
    const event = (text: string) => `data: ${JSON.stringify({ Choices: [{ Delta: { Content: text } }] })}\n\n`
    const { client, seen } = await serve(() => ({ type: "text/event-stream", body: event("a") + event("b") }))
    const texts: Array<string | undefined> = []
    const request = { Model: "hunyuan-lite", Messages: [{ Role: "user", Content: "hi" }] }
    for await (const { Choices } of client.stream(Hunyuan.ChatCompletions, request)) {
      texts.push(Choices?.[0]?.Delta?.Content)
      if (texts.length === 2) break
    }
    assert.deepStrictEqual(texts, ["a", "b"])
    await vi.waitFor(() => assert.strictEqual(seen.gone, 1))
  })

  it("rejects a stream with the error itself", async () => {
    const { client } = await serve(() => envelope({ Error: { Code: "InternalError", Message: "no" } }))
    const error = await caughtBy(
      (async () => {
        for await (const _ of client.items(Cvm.DescribeInstances)) assert.fail("an item")
      })()
    )
    assert.isTrue(isApiError(error) && error.code === "InternalError")
  })

  it("is given up by a signal, with its reason", async () => {
    const { client } = await serve(() => undefined)
    const controller = new AbortController()
    const call = caughtBy(client.call(Cvm.DescribeInstances, {}, { signal: controller.signal }))
    const items = caughtBy(
      client.items(Cvm.DescribeInstances, {}, { signal: controller.signal })[Symbol.asyncIterator]().next()
    )
    const reason = new Error("enough")
    setTimeout(() => controller.abort(reason), 50)
    assert.strictEqual(await call, reason)
    assert.strictEqual(await items, reason)
    assert.strictEqual(
      await caughtBy(client.call(Cvm.DescribeInstances, {}, { signal: AbortSignal.abort(reason) })),
      reason
    )
  })

  it("is closed by `await using`", async () => {
    const { client } = await serve(() => envelope({ TotalCount: 0 }))
    {
      await using cloud = client
      await cloud.call(Cvm.DescribeInstances)
    }
    assert.match(String(await caughtBy(client.call(Cvm.DescribeInstances))), /is closed/)
  })
})
