import { createHash, createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Signature from "effect-tencentcloud/Signature"
import * as Timestamp from "../../../src/domain/wire/Timestamp.js"
import { v3 } from "./signatureVectors.js"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

describe("the known signatures", () => {
  it.each(v3)("$name", (vector) => {
    const { keys, secretId, service, signable, timestamp } = vector
    const secretKey = Redacted.make(vector.secretKey)
    const scope = { date: Timestamp.utcDay(timestamp), service }
    const canonicalRequest = Signature.canonicalRequest(signable)
    assert.deepStrictEqual(canonicalRequest.split("\n"), vector.canonicalRequest)
    assert.deepStrictEqual(Signature.stringToSign(canonicalRequest, timestamp, scope).split("\n"), vector.stringToSign)
    const derived = Signature.deriveKeys(secretKey, scope)
    assert.deepStrictEqual(
      { date: hex(derived.date), service: hex(derived.service), signing: hex(derived.signing) },
      keys
    )
    const key = Signature.signingKey(secretKey, scope)
    const authorization = Signature.authorization({ signable, timestamp, service, secretId, key })
    assert.strictEqual(authorization, vector.authorization)
    const parsed = Either.getOrThrow(Signature.parseAuthorization(authorization))
    assert.strictEqual(parsed.signature, vector.signature)
    assert.isTrue(
      Signature.verify({ ...signable, timestamp: String(timestamp), authorization: parsed }, key),
      "is accepted by the other side"
    )
  })
})

/** A request as the server receives it, and the key that it knows. */
interface Signed {
  readonly received: Signature.Received
  readonly secretKey: Redacted.Redacted
}

const word = FC.stringMatching(/^[a-z][a-z0-9]{0,9}$/)
const headerValue = FC.string({ maxLength: 20 })
const hostName = word.map((name) => `${name}.tencentcloudapi.com`)
const hostWithPort = FC.tuple(hostName, FC.integer({ min: 1, max: 65535 })).map(([name, port]) => `${name}:${port}`)
const signedHeaders = FC.tuple(
  headerValue,
  FC.oneof(hostName, hostWithPort),
  FC.dictionary(FC.stringMatching(/^x-[a-z]{1,6}$/), headerValue, { maxKeys: 3 })
).map(([type, host, others]) => ({ ...others, "content-type": type, host }))

const signable = FC.record({
  method: FC.constantFrom("GET", "POST"),
  query: FC.webQueryParameters(),
  headers: signedHeaders,
  payload: FC.uint8Array({ minLength: 1, maxLength: 64 })
})

const request = FC.record({
  signable,
  timestamp: FC.integer({ min: 0, max: 4_102_444_799 }),
  service: word,
  secretKey: FC.string({ minLength: 1 }).map((key) => Redacted.make(key))
})

type Request = typeof request extends FC.Arbitrary<infer R> ? R : never

const sign = ({ secretKey, service, signable, timestamp }: Request): Signed => {
  const key = Signature.signingKey(secretKey, { date: Timestamp.utcDay(timestamp), service })
  const header = Signature.authorization({ signable, timestamp, service, secretId: "AKIDEXAMPLE", key })
  const authorization = Either.getOrThrow(Signature.parseAuthorization(header))
  return { received: { ...signable, timestamp: String(timestamp), authorization }, secretKey }
}

/** As official clients sign: they do not lower the case of values, although the document says so. */
const signAsSent = (request: Request): Signed => {
  const { received, secretKey } = sign(request)
  const { headers, method, payload, query } = received
  const { scope, signedHeaders } = received.authorization
  const lines = [
    ...[method, "/", query],
    ...signedHeaders.map((name) => `${name}:${headers[name]?.trim()}`),
    ...["", signedHeaders.join(";"), createHash("sha256").update(payload).digest("hex")]
  ]
  const text = Signature.stringToSign(lines.join("\n"), received.timestamp, scope)
  const signature = createHmac("sha256", Redacted.value(Signature.signingKey(secretKey, scope)))
    .update(text)
    .digest("hex")
  return { received: { ...received, authorization: { ...received.authorization, signature } }, secretKey }
}

/** A server derives the key from the scope that the request names. */
const isTaken = ({ received, secretKey }: Signed): boolean =>
  Signature.verify(received, Signature.signingKey(secretKey, received.authorization.scope))

const signed = FC.tuple(request, FC.constantFrom(sign, signAsSent)).map(([request, by]) => by(request))

describe("verify accepts", () => {
  it.prop("a correct signature over header values in lower case or as they were sent", [signed], ([signed]) =>
    assert.isTrue(isTaken(signed))
  )

  it.prop("a host that was signed without its port", [signed, FC.nat(65535)], ([signed, port]) => {
    const { headers } = signed.received
    FC.pre(!headers.host?.includes(":"))
    const received = { ...signed.received, headers: { ...headers, host: `${headers.host}:${port}` } }
    assert.isTrue(isTaken({ ...signed, received }))
  })

  it.prop("any value of a header that is not signed", [signed, headerValue], ([signed, value]) => {
    const received = { ...signed.received, headers: { ...signed.received.headers, unsigned: value } }
    assert.isTrue(isTaken({ ...signed, received }))
  })
})

type Mutation = (received: Signature.Received) => FC.Arbitrary<Signature.Received>

const authorizationWith =
  (change: (authorization: Signature.Authorization) => FC.Arbitrary<Partial<Signature.Authorization>>): Mutation =>
  (received) =>
    change(received.authorization).map((changed) => ({
      ...received,
      authorization: { ...received.authorization, ...changed }
    }))

const headerWith = (received: Signature.Received, name: string, value: string): Signature.Received => ({
  ...received,
  headers: { ...received.headers, [name]: value }
})

const folded = (value: string | undefined): string | undefined => value?.trim().toLowerCase()

const replaced = (signature: string, index: number): string =>
  `${signature.slice(0, index)}${signature[index] === "0" ? "1" : "0"}${signature.slice(index + 1)}`

const mutations: Record<string, Mutation> = {
  "the method": (received) =>
    FC.constantFrom("GET", "POST", "PUT", "get")
      .filter((method) => method !== received.method)
      .map((method) => ({ ...received, method })),
  "the path": (received) =>
    FC.webPath()
      .filter((path) => path !== "" && path !== "/")
      .map((path) => ({ ...received, path })),
  "the query": (received) =>
    FC.string()
      .filter((query) => query !== received.query)
      .map((query) => ({ ...received, query })),
  // The value is signed without white space around it, and accepted in its own case or in lower case: a change of those alone
  // is no change of what is signed.
  "a signed header's value": (received) =>
    FC.tuple(FC.constantFrom(...received.authorization.signedHeaders.filter((name) => name !== "host")), headerValue)
      .filter(([name, value]) => folded(value) !== folded(received.headers[name]))
      .map(([name, value]) => headerWith(received, name, value)),
  // Clients sign the host with or without its port, so one that was signed without may be sent with any.
  "the host": (received) => {
    const host = received.headers.host ?? ""
    const name = host.replace(/:\d+$/, "")
    return FC.oneof(
      hostName,
      hostWithPort,
      FC.nat(65535).map((port) => `${name}:${port}`),
      FC.constant(name)
    )
      .filter((other) => other !== host && other.replace(/:\d+$/, "") !== host)
      .map((other) => headerWith(received, "host", other))
  },
  "a byte of the body": (received) =>
    FC.tuple(FC.nat(received.payload.length - 1), FC.integer({ min: 1, max: 255 })).map(([index, mask]) => ({
      ...received,
      payload: Uint8Array.from(received.payload as Uint8Array, (byte, at) => (at === index ? byte ^ mask : byte))
    })),
  "the length of the body": (received) =>
    FC.boolean().map((longer) => ({
      ...received,
      payload: longer ? Buffer.concat([received.payload as Uint8Array, Buffer.of(0)]) : received.payload.slice(0, -1)
    })),
  "the timestamp": (received) =>
    FC.oneof(FC.nat().map(String), FC.constant(`0${received.timestamp}`))
      .filter((timestamp) => timestamp !== received.timestamp)
      .map((timestamp) => ({ ...received, timestamp })),
  "the scope's date": authorizationWith(({ scope }) =>
    FC.nat(4_102_444_799)
      .map(Timestamp.utcDay)
      .filter((date) => date !== scope.date)
      .map((date) => ({ scope: { ...scope, date } }))
  ),
  "the scope's service": authorizationWith(({ scope }) =>
    word.filter((service) => service !== scope.service).map((service) => ({ scope: { ...scope, service } }))
  ),
  "the list of signed headers, by one more": authorizationWith(({ signedHeaders }) =>
    FC.tuple(word, FC.nat(signedHeaders.length)).map(([name, index]) => ({
      signedHeaders: signedHeaders.toSpliced(index, 0, name)
    }))
  ),
  "the list of signed headers, by one less": authorizationWith(({ signedHeaders }) =>
    FC.nat(signedHeaders.length - 1).map((index) => ({ signedHeaders: signedHeaders.toSpliced(index, 1) }))
  ),
  "the order of the signed headers": authorizationWith(({ signedHeaders }) =>
    FC.constant({ signedHeaders: signedHeaders.toReversed() })
  ),
  "a digit of the signature": authorizationWith(({ signature }) =>
    FC.nat(63).map((index) => ({ signature: replaced(signature, index) }))
  ),
  "the length of the signature": authorizationWith(({ signature }) =>
    FC.constantFrom("", signature.slice(1), `${signature}0`).map((signature) => ({ signature }))
  )
}

describe("verify rejects a request that changed after it was signed:", () => {
  const mutated = (mutate: Mutation) =>
    signed.chain(({ received, secretKey }) => mutate(received).map((received) => ({ received, secretKey })))

  for (const [name, mutate] of Object.entries(mutations)) {
    it.prop(name, [mutated(mutate)], ([changed]) => assert.isFalse(isTaken(changed)))
  }

  it.prop("a signature under another key", [signed, FC.string()], ([{ received, secretKey }, other]) => {
    FC.pre(other !== Redacted.value(secretKey))
    assert.isFalse(isTaken({ received, secretKey: Redacted.make(other) }))
  })

  it.prop(
    "a space that HTTP does not know, at either end of a signed value",
    [
      signed,
      FC.constantFrom("\u00a0", "\u2003", "\ufeff", "\v"),
      FC.boolean(),
      FC.constantFrom("host", "content-type")
    ],
    ([{ received, secretKey }, space, isFirst, name]) => {
      const value = received.headers[name] ?? ""
      FC.pre(value !== "")
      const changed = isFirst ? space + value : value + space
      const mutated = headerWith(received, name, changed)
      assert.isFalse(isTaken({ received: mutated, secretKey }))
    }
  )

  it.each(["constructor", "__proto__", "absent"])("a signed header that the request does not have: %s", (name) => {
    const { received, secretKey } = sign({
      signable: {
        method: "POST",
        query: "",
        headers: { "content-type": "application/json", host: "h" },
        payload: Buffer.of()
      },
      timestamp: 0,
      service: "cvm",
      secretKey: Redacted.make("key")
    })
    const authorization = { ...received.authorization, signedHeaders: [name, "content-type", "host"] }
    assert.isFalse(isTaken({ received: { ...received, authorization }, secretKey }))
  })
})

describe("the header Authorization", () => {
  const part = FC.stringMatching(/^[!-~]{1,40}$/).filter((text) => !/[/,]/.test(text))
  const authorization = FC.record({
    secretId: part,
    scope: FC.record({ date: FC.nat(4_102_444_799).map(Timestamp.utcDay), service: part }),
    signedHeaders: FC.uniqueArray(FC.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), { maxLength: 5 }).map((names) => [
      ...new Set(["content-type", "host", ...names])
    ]),
    signature: FC.string({ unit: FC.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 })
  })

  it.prop("returns the parts that it was made of", [authorization], ([authorization]) =>
    assert.deepStrictEqual(
      Signature.parseAuthorization(Signature.formatAuthorization(authorization)),
      Either.right(authorization)
    )
  )

  const credential = "Credential=hunter2/2019-02-25/cvm/tc3_request"
  const signedHeaders = "SignedHeaders=content-type;host"
  const signature = `Signature=${"0".repeat(64)}`
  const header = (...parts: ReadonlyArray<string>): string => `TC3-HMAC-SHA256 ${parts.join(", ")}`

  const malformed: ReadonlyArray<readonly [header: string, fault: string]> = [
    ["", "it should begin with `TC3-HMAC-SHA256`"],
    ["TC3-HMAC-SHA256", "it should begin with `TC3-HMAC-SHA256`"],
    ["SKIP", "it should begin with `TC3-HMAC-SHA256`"],
    [`AWS4-HMAC-SHA256 ${credential}, ${signedHeaders}, ${signature}`, "it should begin with `TC3-HMAC-SHA256`"],
    [header("hunter2"), "its parts should be written as `Name=value` and separated by commas"],
    [header(credential, "=hunter2"), "its parts should be written as `Name=value` and separated by commas"],
    [header(credential, ""), "its parts should be written as `Name=value` and separated by commas"],
    [header(credential, credential, signedHeaders, signature), "one of its parts occurs twice"],
    [header("hunter2=1", "hunter2=1"), "one of its parts occurs twice"],
    [header(signedHeaders, signature), "`Credential` is missing"],
    [header(credential, signature), "`SignedHeaders` is missing"],
    [header(credential, signedHeaders), "`Signature` is missing"],
    ...[
      "hunter2",
      "hunter2/2019-02-25/cvm",
      "hunter2/2019-02-25/cvm/aws4_request",
      "hunter2/2019-02-25/cvm/tc3_request/more",
      "/2019-02-25/cvm/tc3_request",
      "hunter2//cvm/tc3_request",
      "hunter2/2019-02-25//tc3_request"
    ].map(
      (wrong) =>
        [
          header(`Credential=${wrong}`, signedHeaders, signature),
          "`Credential` should be `SecretId/Date/Service/tc3_request`"
        ] as const
    ),
    ...["20190225", "2019-2-25", "2019-02-25T00:00:00Z", "hunter2"].map(
      (date) =>
        [
          header(`Credential=hunter2/${date}/cvm/tc3_request`, signedHeaders, signature),
          "`Date` in Credential not valid"
        ] as const
    ),
    ...["", "hunter2", "A".repeat(64), "0".repeat(63), "0".repeat(65)].map(
      (wrong) =>
        [
          header(credential, signedHeaders, `Signature=${wrong}`),
          "`Signature` should be 64 lower-case hexadecimal digits"
        ] as const
    ),
    ...["", "Content-Type;Host", "content-type;host;", "content-type;host;host", "content-type host"].map(
      (wrong) =>
        [
          header(credential, `SignedHeaders=${wrong}`, signature),
          "`SignedHeaders` should be distinct lower-case names separated by semicolons"
        ] as const
    ),
    ...["content-type", "host", "hunter2"].map(
      (wrong) =>
        [
          header(credential, `SignedHeaders=${wrong}`, signature),
          "`SignedHeaders` should name `content-type` and `host`"
        ] as const
    )
  ]

  it.each(malformed)("%s – %s", (header, fault) =>
    assert.deepStrictEqual(Signature.parseAuthorization(header), Either.left(fault))
  )

  it.prop(
    "never throws when it is read, and its faults do not quote it",
    [
      FC.oneof(FC.string(), authorization.map(Signature.formatAuthorization)),
      FC.nat(),
      FC.constantFrom("", ",", "=", "/")
    ],
    ([text, at, separator]) => {
      const index = at % (text.length + 1)
      const planted = `${text.slice(0, index)}${separator}hunter2${separator}${text.slice(index)}`
      const parsed = Signature.parseAuthorization(planted)
      if (Either.isLeft(parsed)) assert.notInclude(parsed.left, "hunter2")
      else assert.include(Signature.formatAuthorization(parsed.right), "hunter2")
    }
  )
})
