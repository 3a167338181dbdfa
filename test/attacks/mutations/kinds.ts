/** Signed requests of each kind, as the official clients write them, with random contents. */
import type { Random } from "../../fixtures/Random.js"
import * as Reference from "./reference.js"

/** 2026-01-01T12:00:00Z. */
export const now = 1_767_268_800

export const version = "2026-01-01"

export const keys = {
  main: { secretId: "AKIDmain", secretKey: "main-secret" },
  other: { secretId: "AKIDother", secretKey: "other-secret" },
  temporary: { secretId: "AKIDtemporary", secretKey: "temporary-secret", token: "a-token-of-the-session" },
  session: { secretId: "AKIDsession", secretKey: "session-secret", token: "another-token-of-another" }
} as const satisfies Readonly<Record<string, Reference.KnownKey>>

/** A request, and what it was signed with. */
export interface Base {
  readonly sent: Reference.Sent
  readonly key: Reference.KnownKey
  readonly v3?: { readonly fields: Reference.Fields; readonly choice: Reference.Choice }
  readonly v1?: { readonly parameters: Reference.Parameters; readonly signedHost: string }
}

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

export const escape = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

export const format = (parameters: Reference.Parameters): string =>
  parameters.map(([name, value]) => `${escape(name)}=${escape(value)}`).join("&")

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
// No `&`: version 1 signs values as they are, so that its text does not tell `A=1&B=2` from an `A` of `1&B=2`.
const odd = `${letters} -_.~+/%'"<>é未𝒳`

/** Filters of volumes, as a client flattens them. The first value has a letter in an escape, and a space. */
const flat = (random: Random): Reference.Parameters => [
  ["Limit", String(random.int(100))],
  ...Array.from({ length: 1 + random.int(2) }, (_, at): Reference.Parameters => {
    const name = random.text(letters, 1, 8)
    return [
      [`Filters.${at}.Name`, name],
      ...Array.from(
        { length: 1 + random.int(3) },
        (_, value) => [`Filters.${at}.Values.${value}`, `é ${random.text(odd, 0, 12)}z`] as const
      )
    ]
  }).flat()
]

const json = (random: Random): string => {
  const values = Array.from({ length: 1 + random.int(3) }, () => random.text(`${odd}&=`, 1, 12))
  return JSON.stringify({ Limit: random.int(100), Filters: [{ Name: random.text(letters, 1, 8), Values: values }] })
}

const hosts = ["ebs.tencentcloudapi.com", "ebs.ap-guangzhou.tencentcloudapi.com"]
const hostsWithPort = ["ebs.tencentcloudapi.com:8443", "127.0.0.1:9140", "localhost:9140"]

const form = "application/x-www-form-urlencoded"

interface Parts {
  readonly method: "GET" | "POST"
  readonly action: string
  readonly contentType: string
  readonly query?: string
  readonly body?: string | Uint8Array
  readonly key?: Reference.KnownKey
  readonly headers?: Reference.Sent["headers"]
}

const timeFrom = (random: Random): number => now - 300 + random.int(601)

/** Signs a request as one of the official clients does: which headers, and how host and values are written, is random. */
const signed = (random: Random, parts: Parts): Base => {
  const { action, body = "", contentType, method, query = "" } = parts
  const key: Reference.KnownKey = parts.key ?? keys.main
  const hasPort = random.chance(0.5)
  const host = random.pick(hasPort ? hostsWithPort : hosts)
  const timestamp = timeFrom(random)
  const headers: Reference.Sent["headers"] = [
    ["Host", host],
    ["Content-Type", contentType],
    ["X-TC-Action", action],
    ["X-TC-Version", version],
    ["X-TC-Timestamp", String(timestamp)],
    ["X-TC-Region", "ap-guangzhou"],
    ["X-TC-RequestClient", "SDK_TEST_1.0"],
    ...(key.token === undefined ? [] : [["X-TC-Token", key.token] as const]),
    ...(parts.headers ?? [])
  ]
  const unsent = {
    method,
    path: "/",
    query,
    headers,
    body: typeof body === "string" ? encode(body) : body
  }
  const fields = {
    algorithm: "TC3-HMAC-SHA256",
    secretId: key.secretId,
    date: Reference.dayOf(timestamp),
    service: "ebs",
    terminator: "tc3_request",
    signedHeaders: random.pick([
      "content-type;host",
      "content-type;host;x-tc-action",
      "content-type;host;x-tc-timestamp"
    ])
  }
  const choice = {
    host: hasPort && random.chance(0.5) ? host.replace(/:\d+$/, "") : host,
    isLower: random.chance(0.5)
  }
  const signature = Reference.signV3(unsent, fields, key.secretKey, choice)
  return {
    sent: {
      ...unsent,
      headers: [...headers, ["Authorization", Reference.formatFields({ ...fields, signature })]]
    },
    key,
    v3: { fields: { ...fields, signature }, choice }
  }
}

const list = { action: "DescribeVolumes" }

const postJson = (random: Random, more: Partial<Parts> = {}): Base =>
  signed(random, {
    ...list,
    method: "POST",
    contentType: random.pick(["application/json", "application/json; charset=utf-8"]),
    body: json(random),
    ...more
  })

const get = (random: Random): Base => {
  const query = format(flat(random))
  // The official Python client writes a space as `+`.
  return signed(random, {
    ...list,
    method: "GET",
    contentType: form,
    query: random.chance(0.5) ? query : query.replaceAll("%20", "+")
  })
}

const multipart = (random: Random): Base => {
  const boundary = random.text(letters, 16, 40)
  const part = (name: string, type: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${type}\r\n\r\n`
  const body = Buffer.concat([
    encode(`${part("Name", "")}${random.text(letters, 1, 20)}\r\n`),
    encode(part("Content", '; filename="x"\r\nContent-Type: application/octet-stream')),
    random.bytes(random.int(60)),
    encode(`\r\n--${boundary}--\r\n`)
  ])
  const contentType = `multipart/form-data; boundary=${boundary}`
  return signed(random, { method: "POST", action: "ImportVolume", contentType, body: Uint8Array.from(body) })
}

/** The members of an octet-stream are headers, which the official clients do not sign. */
const octetStream = (random: Random): Base =>
  signed(random, {
    method: "POST",
    action: "ImportVolume",
    contentType: "application/octet-stream",
    body: random.bytes(1 + random.int(60)),
    headers: [["X-EBS-Name", random.text(letters, 1, 20)]]
  })

interface PartsV1 {
  readonly method: "GET" | "POST"
  readonly signatureMethod: string | undefined
  readonly key?: Reference.KnownKey
}

const signedV1 = (random: Random, { key = keys.main, method, signatureMethod }: PartsV1): Base => {
  const host = random.pick([...hosts, ...hostsWithPort])
  const signedHost = random.chance(0.5) ? host : host.replace(/:\d+$/, "")
  const parameters: Reference.Parameters = [
    ["Action", "DescribeVolumes"],
    ["Version", version],
    ["Region", "ap-guangzhou"],
    ["Timestamp", String(timeFrom(random))],
    ["Nonce", String(random.int(2 ** 31))],
    ["SecretId", key.secretId],
    ...(signatureMethod === undefined ? [] : [["SignatureMethod", signatureMethod] as const]),
    ...(key.token === undefined ? [] : [["Token", key.token] as const]),
    ...flat(random)
  ]
  const signature = Reference.signV1({ method, path: "/", host: signedHost, parameters }, key.secretKey, false)
  const all: Reference.Parameters = [...parameters, ["Signature", signature]]
  const text = format(all)
  return {
    sent: {
      method,
      path: "/",
      query: method === "GET" ? text : "",
      headers: [
        ["Host", host],
        ["Content-Type", form]
      ],
      body: encode(method === "GET" ? "" : text)
    },
    key,
    v1: { parameters: all, signedHost }
  }
}

/** Every kind of request. A new kind is a new line here. */
export const kinds: Readonly<Record<string, (random: Random) => Base>> = {
  "v3 POST JSON": (random) => postJson(random),
  "v3 GET query": get,
  "v3 form": (random) => postJson(random, { contentType: form, body: format(flat(random)) }),
  "v3 multipart": multipart,
  "v3 octet-stream": octetStream,
  "v3 UNSIGNED-PAYLOAD": (random) => postJson(random, { headers: [["X-TC-Content-SHA256", "UNSIGNED-PAYLOAD"]] }),
  "v3 with a temporary key": (random) => postJson(random, { key: keys.temporary }),
  "v1 HmacSHA1 GET": (random) =>
    signedV1(random, { method: "GET", signatureMethod: random.pick([undefined, "HmacSHA1"]) }),
  "v1 HmacSHA1 POST form": (random) =>
    signedV1(random, { method: "POST", signatureMethod: random.pick([undefined, "HmacSHA1"]) }),
  "v1 HmacSHA256": (random) =>
    signedV1(random, { method: random.pick(["GET", "POST"]), signatureMethod: "HmacSHA256" }),
  "v1 with a temporary key": (random) =>
    signedV1(random, { method: random.pick(["GET", "POST"]), signatureMethod: "HmacSHA256", key: keys.temporary })
}
