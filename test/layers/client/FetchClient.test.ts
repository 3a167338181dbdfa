/** The transport over `fetch`, which every runtime has: what it carries, and what it tells of what goes wrong. */
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Endpoint from "effect-tencentcloud/Endpoint"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import { Transport } from "effect-tencentcloud/Transport"
import type { WireRequest } from "effect-tencentcloud/Wire"
import * as Sockets from "../../fixtures/Sockets.js"

const request: WireRequest = {
  method: "POST",
  path: "/",
  query: "",
  headers: { host: "cvm.tencentcloudapi.com", "content-type": "application/json", "x-tc-action": "DescribeZones" },
  body: "{}"
}

const send = (address: string, more: Partial<WireRequest> = {}, options?: FetchClient.TransportOptions) =>
  Effect.flatMap(Transport, (transport) =>
    transport.send({ ...request, ...more }, Either.getOrThrow(Endpoint.fromString(`http://${address}`)))
  ).pipe(Effect.provide(FetchClient.layerTransport(options)))

describe("the transport over fetch", () => {
  it.scopedLive("carries a request as it was signed, and its answer back", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) =>
        response.writeHead(200, { "content-type": "application/json", "x-more": "1" }).end('{"a":"\u4e2d"}')
      )
      const answer = yield* send(server.address)
      assert.deepInclude(answer, { status: 200, body: '{"a":"\u4e2d"}' })
      assert.strictEqual(answer.headers["x-more"], "1")
      const [got] = server.requests
      assert.deepInclude(got, { method: "POST", url: "/", body: "{}" })
      // The host is that of the endpoint: `fetch` lets nobody say another.
      assert.deepInclude(got?.headers, { host: server.address, "x-tc-action": "DescribeZones" })
    })
  )

  it.scopedLive("sends a query without a body, and bytes as they are", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end("{}"))
      yield* send(server.address, { method: "GET", query: "Action=A&Limit=1", body: "" })
      yield* send(server.address, { body: new Uint8Array([104, 105]) })
      assert.deepStrictEqual(
        server.requests.map(({ body, method, url }) => [method, url, body]),
        [
          ["GET", "/?Action=A&Limit=1", ""],
          ["POST", "/", "hi"]
        ]
      )
    })
  )

  it.scopedLive("follows no redirect, and reads what is compressed", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response, { url }) =>
        url === "/?Moved"
          ? response.writeHead(302, { location: "/" }).end()
          : response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("{}"))
      )
      assert.strictEqual((yield* send(server.address, { method: "GET", query: "Moved" })).status, 302)
      assert.strictEqual((yield* send(server.address)).body, "{}")
      assert.lengthOf(server.requests, 2)
    })
  )

  it.scopedLive("gives an answer up that is too large", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end("x".repeat(100_000)))
      const fault = yield* Effect.flip(send(server.address, {}, { maxBodySize: 1000 }))
      assert.deepInclude({ ...fault }, { sent: true, permanent: true })
      assert.include(fault.reason, "larger than 1000 bytes")
    })
  )

  it.live("says that nothing was sent where nobody listens", () =>
    Effect.gen(function* () {
      const { address } = yield* Effect.scoped(Sockets.http(() => {}))
      const fault = yield* Effect.flip(send(address))
      assert.deepInclude({ ...fault }, { sent: false, permanent: false })
      assert.match(fault.reason, /ECONNREFUSED/)
    })
  )

  const cause = (message: string) => new TypeError("fetch failed", { cause: new Error(message) })
  const deno = "error sending request for url (http://10.0.0.1/?Signature=planted): client error (Connect): "
  const notCapable = Object.assign(
    new Error('Requires net access to "10.0.0.1:80", run again with the --allow-net flag'),
    {
      name: "NotCapable"
    }
  )

  it.effect.each<{ name: string; error: Error; reason: RegExp; permanent: boolean }>([
    {
      name: "the host refuses, in Deno",
      error: cause(`${deno}tcp connect error: Connection refused (os error 111)`),
      reason: /^tcp connect error: Connection refused \(os error 111\)$/,
      permanent: false
    },
    {
      name: "the host has no address, in Deno",
      error: cause(`${deno}dns error: failed to lookup address information: Name or service not known`),
      reason: /^dns error: /,
      permanent: false
    },
    {
      name: "the certificate is not trusted, in Deno",
      error: cause(`${deno}invalid peer certificate: UnknownIssuer`),
      reason: /UnknownIssuer/,
      permanent: true
    },
    {
      name: "the program has no permission, in Deno",
      error: notCapable,
      reason: /Requires net access to "10.0.0.1:80", run again with the --allow-net flag/,
      permanent: true
    },
    {
      name: "the port is blocked, in Deno",
      error: new TypeError("Fetch failed: Requests to port 9 are blocked"),
      reason: /does not call this port/,
      permanent: true
    },
    {
      name: "the port is blocked, in Node",
      error: cause("bad port"),
      reason: /does not call this port/,
      permanent: true
    },
    {
      name: "the host refuses, in Bun",
      error: Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" }),
      reason: /Unable to connect/,
      permanent: false
    }
  ])("P9: says that nothing was sent where $name", ({ error, permanent, reason }) =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(send("10.0.0.1", {}, { fetch: () => Promise.reject(error) }))
      assert.deepInclude({ ...fault }, { sent: false, permanent })
      assert.match(fault.reason, reason)
      assert.notInclude(fault.reason, "planted")
    })
  )

  it.effect("P9: says that it may have been sent where the runtime does not tell", () =>
    Effect.gen(function* () {
      for (const error of [new TypeError("Failed to fetch"), new Error("Network connection lost.")]) {
        const fault = yield* Effect.flip(send("10.0.0.1", {}, { fetch: () => Promise.reject(error) }))
        assert.deepInclude({ ...fault }, { sent: true, permanent: false })
      }
    })
  )

  it.scopedLive.each<{ name: string; cut: Sockets.Answer }>([
    { name: "before the head", cut: (response) => response.destroy() },
    {
      name: "in the middle of the body",
      cut: (response) => response.writeHead(200, { "content-length": 9 }).write("{", () => response.destroy())
    }
  ])("says that it was sent where the answer breaks off $name", ({ cut }) =>
    Effect.gen(function* () {
      const server = yield* Sockets.http(cut)
      assert.isTrue((yield* Effect.flip(send(server.address))).sent)
    })
  )

  it.scopedLive("closes the connection of whoever is interrupted", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const server = yield* Sockets.http(() => Deferred.unsafeDone(asked, Effect.void))
      const fiber = yield* Effect.fork(send(server.address))
      yield* Deferred.await(asked)
      yield* Fiber.interrupt(fiber)
      yield* server.gone
    })
  )
})
