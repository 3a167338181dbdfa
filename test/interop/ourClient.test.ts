/** Our client against a server that knows nothing of our code: it verifies with the official signing functions. */
import { type BinaryLike, Hash } from "node:crypto"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as querystring from "node:querystring"
import { text } from "node:stream/consumers"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Signer from "effect-tencentcloud/Signer"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Transport from "effect-tencentcloud/Transport"
import type { WireRequest } from "effect-tencentcloud/Wire"
import { CommonClient } from "tencentcloud-sdk-nodejs-common"
import { flattenOfficially, keys, Sign, sourceOfficially } from "./fixture.js"

interface Received {
  readonly method: "GET" | "POST"
  readonly host: string
  readonly query: string
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

/** How a request was signed, by the judgement of the official functions, and what it asks for; undefined for a bad signature. */
type Verified = { readonly signed: string; readonly parameters: unknown } | undefined

const headerOf = ({ headers }: Received, name: string) => String(headers[name] ?? "")

const signedByItself = /content-type:.*\nhost:.*\n\ncontent-type;host\n/

/**
 * `Sign.sign3` signs two headers, the host without its port; ours names three, the host as it is sent. So the headers that the
 * request names are put into the text which the official function hashes; everything else of it is its own.
 */
const sign3 = (received: Received, names: string): string => {
  const headers = names.split(";").map((name) => `${name}:${headerOf(received, name).trim().toLowerCase()}\n`)
  const update: (data: BinaryLike) => Hash = Hash.prototype.update
  const hashing = vi.spyOn(Hash.prototype, "update").mockImplementation(function (this: Hash, data: BinaryLike) {
    const text = typeof data === "string" ? data.replace(signedByItself, () => `${headers.join("")}\n${names}\n`) : data
    return update.call(this, text)
  })
  try {
    return Sign.sign3({
      method: received.method,
      url: `http://${received.host}/?${received.query}`,
      payload: received.method === "GET" ? "" : Buffer.from(received.body),
      timestamp: Number(headerOf(received, "x-tc-timestamp")),
      service: "ebs",
      ...keys.owner,
      multipart: false,
      boundary: "",
      headers: { "Content-Type": headerOf(received, "content-type") }
    }).replace("content-type;host", names)
  } finally {
    hashing.mockRestore()
  }
}

const verifyV3 = (received: Received, authorization: string): Verified => {
  const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1] ?? ""
  if (sign3(received, names) !== authorization) return undefined
  const parameters: unknown = headerOf(received, "content-type").startsWith("application/json")
    ? JSON.parse(received.body)
    : { ...querystring.parse(received.query || received.body) }
  return { signed: "TC3-HMAC-SHA256", parameters }
}

const verifyV1 = (received: Received): Verified => {
  const { Signature, ...flat } = querystring.parse(received.query || received.body)
  const { Action, Nonce, Region, RequestClient, SecretId, SignatureMethod, Timestamp, Version, ...parameters } = flat
  const method = SignatureMethod === "HmacSHA1" ? "HmacSHA1" : "HmacSHA256"
  const client = new CommonClient(received.host, "", {
    credential: {},
    profile: { signMethod: method, httpProfile: { reqMethod: received.method } }
  })
  const signature = Sign.sign(keys.owner.secretKey, sourceOfficially(client, flat), method)
  return signature === Signature ? { signed: method, parameters } : undefined
}

const answer = async (message: Http.IncomingMessage): Promise<string> => {
  const { headers, method, url } = message
  const received: Received = {
    method: method === "GET" ? "GET" : "POST",
    host: headers.host ?? "",
    query: url?.split("?", 2)[1] ?? "",
    headers,
    body: await text(message)
  }
  const { authorization } = headers
  const verified = authorization === undefined ? verifyV1(received) : verifyV3(received, authorization)
  const RequestId = "request-1"
  return JSON.stringify({
    Response:
      verified === undefined
        ? { Error: { Code: "AuthFailure.SignatureFailure", Message: "not signed so" }, RequestId }
        : { Method: received.method, Signed: verified.signed, Parameters: verified.parameters, RequestId }
  })
}

/** The verifying server's URL. */
const listen: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.async<Http.Server>((resume) => {
    const server = Http.createServer(async (message, response) => response.end(await answer(message)))
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => server.close().closeAllConnections())
).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

const ModifyVolumes = ApiClient.callable(
  Action.make("ModifyVolumes", {
    product: "ebs",
    version: "2026-01-01",
    request: Schema.Struct({
      VolumeIds: Schema.Array(Schema.String),
      Note: Schema.optional(Schema.NullOr(Schema.String)),
      Encrypt: Schema.optional(Schema.Boolean),
      Filters: Schema.optional(
        Schema.Array(Schema.Struct({ Name: Schema.String, Values: Schema.Array(Schema.Number) }))
      )
    }),
    response: Schema.Struct({ Method: Schema.String, Signed: Schema.String, Parameters: Schema.Unknown }),
    errors: []
  })
)

type Tampering = (request: WireRequest) => WireRequest

/** Our client over `fetch`, with a transport that somebody may have tampered with. */
const client = (key: { readonly secretId: string; readonly secretKey: string }, tamper: Tampering) =>
  ApiClient.layerServices({ region: "ap-guangzhou" }).pipe(
    Layer.provide(Signer.layer),
    Layer.provide([
      Layer.effect(
        Transport.Transport,
        Effect.map(Transport.Transport, ({ send }) => ({
          send: (request, endpoint) => send(tamper(request), endpoint)
        }))
      ).pipe(Layer.provide(Transport.layerHttp), Layer.provide(FetchHttpClient.layer)),
      CredentialProvider.layerStatic(key),
      ClockSync.layerFixed(1_700_000_000),
      Throttle.layerUnlimited
    ])
  )

const modes = [
  { encoding: "json", signatureMethod: "TC3-HMAC-SHA256", method: "POST" },
  { encoding: "query", signatureMethod: "TC3-HMAC-SHA256", method: "GET" },
  { encoding: "form", signatureMethod: "TC3-HMAC-SHA256", method: "POST" },
  { encoding: "query", signatureMethod: "HmacSHA1", method: "GET" },
  { encoding: "query", signatureMethod: "HmacSHA256", method: "GET" },
  { encoding: "form", signatureMethod: "HmacSHA1", method: "POST" },
  { encoding: "form", signatureMethod: "HmacSHA256", method: "POST" }
] as const

const requests = [
  // A query and a form cannot carry it, so that our client does not send it.
  { name: "an empty list", request: { VolumeIds: [] }, jsonOnly: true },
  { name: "false and null", request: { VolumeIds: ["vol-0001"], Encrypt: false, Note: null } },
  {
    name: "unicode, reserved characters, and a list of twelve",
    request: { VolumeIds: [..."abcdefghijkl"], Note: "云硬盘 🚀 !\"#$%&'()*+,/:;=?@[\\]^`{|}~\r\n%20 " }
  },
  {
    name: "lists in objects in lists",
    request: {
      VolumeIds: ["vol-0001"],
      Filters: [
        { Name: "size", Values: [1.5, -2, 1e21] },
        { Name: "", Values: [0] }
      ]
    }
  }
]

const replace = (pattern: string, by: string): Tampering => {
  const change = (value: string) => value.replaceAll(pattern, by)
  return (request) => ({
    ...request,
    query: change(request.query),
    body: change(String(request.body)),
    headers: Record.map(request.headers, change)
  })
}

const asSent: Tampering = (request) => request

const tamperings = [
  { what: "a parameter", key: keys.owner, tamper: replace("vol-0001", "vol-0002") },
  { what: "the action", key: keys.owner, tamper: replace("ModifyVolumes", "DeleteVolumes") },
  { what: "the timestamp", key: keys.owner, tamper: replace("1700000000", "1700000001") },
  { what: "the key", key: { ...keys.owner, secretKey: "another" }, tamper: asSent }
]

const flat = (request: object) =>
  Record.map(flattenOfficially(new CommonClient("", "", { credential: {} }), request), String)

for (const { encoding, method, signatureMethod } of modes) {
  describe(`our client, ${encoding}, ${signatureMethod}`, () => {
    for (const { jsonOnly = false, name, request } of requests) {
      if (jsonOnly && encoding !== "json") continue
      it.scopedLive(`is read by the official functions: ${name}`, () =>
        Effect.gen(function* () {
          const answer = yield* ModifyVolumes(request, { encoding, signatureMethod, endpoint: yield* listen })
          assert.deepStrictEqual(answer, {
            Method: method,
            Signed: signatureMethod,
            Parameters: encoding === "json" ? request : flat(request),
            RequestId: "request-1"
          })
        }).pipe(Effect.provide(client(keys.owner, asSent)))
      )
    }

    for (const { key, tamper, what } of tamperings) {
      it.scopedLive(`is rejected by the official functions if ${what} has changed`, () =>
        Effect.gen(function* () {
          const options = { encoding, signatureMethod, endpoint: yield* listen }
          const error = yield* Effect.flip(ModifyVolumes({ VolumeIds: ["vol-0001"] }, options))
          assert.strictEqual(error._tag, "AuthFailure.SignatureFailure")
        }).pipe(Effect.provide(client(key, tamper)))
      )
    }
  })
}
