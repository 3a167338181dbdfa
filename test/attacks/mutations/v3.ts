/** Mutations of requests with signature version 3. */
import { type Base, decode, encode, keys } from "./kinds.js"
import {
  addHeader,
  differs,
  flipBytes,
  flipText,
  type Mutation,
  mapHeader,
  mutation,
  removeHeader,
  setHeader,
  signAgain,
  withFields,
  withHeaders
} from "./mutation.js"
import { type Fields, headerOf, type Sent } from "./reference.js"

const isUnsigned = ({ sent }: Base): boolean => headerOf(sent, "x-tc-content-sha256") === "UNSIGNED-PAYLOAD"

/** Changes a body that is signed. */
const signedBody = (base: Base, change: (body: Uint8Array) => Uint8Array | undefined): Sent | undefined => {
  const { sent } = base
  if (sent.method === "GET" || isUnsigned(base)) return undefined
  const body = change(sent.body)
  return body === undefined ? undefined : { ...sent, body }
}

/** Changes the query of a GET. */
const query = (base: Base, change: (query: string) => string): Sent | undefined => {
  const { sent } = base
  const changed = change(sent.query)
  return sent.method !== "GET" || changed === sent.query ? undefined : { ...sent, query: changed }
}

const members = (change: (members: ReadonlyArray<string>) => ReadonlyArray<string>) => (base: Base) =>
  query(base, (text) => change(text.split("&")).join("&"))

const isSigned = (base: Base, name: string): boolean => base.v3?.fields.signedHeaders.split(";").includes(name) ?? false

/** Changes a field of the header `Authorization`, and leaves the signature. */
const field = <Name extends keyof Fields>(name: Name, change: (value: string, base: Base) => string | undefined) => {
  return (base: Base): Sent | undefined => {
    const value = base.v3?.fields[name]
    const changed = value === undefined ? undefined : change(value, base)
    return changed === undefined || changed === value ? undefined : withFields(base, { [name]: changed })
  }
}

const anotherDay = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)

const line: ReadonlyArray<Mutation> = [
  mutation("a bit of the method", "refused", ({ sent }, random) => {
    const method = flipText(sent.method, random)
    return method === undefined ? undefined : { ...sent, method }
  }),
  mutation("the other method", "unauthentic", ({ sent }) => ({
    ...sent,
    method: sent.method === "GET" ? "POST" : "GET"
  })),
  mutation("another path", "unauthentic", ({ sent }, random) => ({
    ...sent,
    path: random.pick(["/x", "//", "/index.html", "/%2F", "/ebs", "/;x", "/."])
  })),
  mutation("a bit of the query", "unauthentic", (base, random) =>
    query(base, (text) => flipText(text, random) ?? text)
  ),
  mutation(
    "a member of the query removed",
    "unauthentic",
    members((list) => list.slice(1))
  ),
  mutation(
    "a member of the query added",
    "unauthentic",
    members((list) => [...list, "Offset=1"])
  ),
  mutation(
    "a member of the query twice",
    "unauthentic",
    members((list) => [...list, ...list.slice(-1)])
  ),
  mutation(
    "the members of the query in another order",
    "unauthentic",
    members((list) => list.toReversed())
  ),
  mutation("a separator at the end of the query", "unauthentic", (base) => query(base, (text) => `${text}&`)),
  mutation("the case of an escape", "unauthentic", (base) =>
    query(base, (text) => text.replace(/%[\dA-F]*[A-F][\dA-F]*/, (escape) => escape.toLowerCase()))
  ),
  mutation("an escape for a letter", "unauthentic", (base) => query(base, (text) => text.replace("Limit", "%4Cimit"))),
  mutation("another space in the query", "unauthentic", (base) =>
    query(base, (text) => (text.includes("+") ? text.replace("+", "%20") : text.replace("%20", "+")))
  ),
  mutation("a query for a POST", "unauthentic", ({ sent }, random) =>
    sent.method === "POST" ? { ...sent, query: random.pick(["Limit=1", "&", "a", "x=%00"]) } : undefined
  )
]

const body: ReadonlyArray<Mutation> = [
  mutation("a bit of the body", "unauthentic", (base, random) => signedBody(base, (body) => flipBytes(body, random))),
  mutation("a byte more", "unauthentic", (base, random) =>
    signedBody(base, (body) => Uint8Array.of(...body, random.pick([0, 10, 32, 125])))
  ),
  mutation("a byte before the body", "unauthentic", (base, random) =>
    signedBody(base, (body) => Uint8Array.of(random.pick([0, 10, 32, 123]), ...body))
  ),
  mutation("a byte less", "unauthentic", (base) => signedBody(base, (body) => body.slice(0, -1))),
  mutation("no body", "unauthentic", (base) => signedBody(base, () => new Uint8Array(0))),
  mutation("a mark of the order of bytes", "unauthentic", (base) =>
    signedBody(base, (body) => Uint8Array.of(0xef, 0xbb, 0xbf, ...body))
  ),
  mutation("another number in the body", "unauthentic", (base) =>
    signedBody(base, (body) => {
      const text = decode(body)
      const changed = text.replace(/Limit(":|=)\d+/, "Limit$1777")
      return changed === text ? undefined : encode(changed)
    })
  ),
  mutation("another body that is not signed", "accepted", (base) =>
    isUnsigned(base) ? { ...base.sent, body: encode('{"Limit":5}') } : undefined
  ),
  mutation("a body for a GET, which nobody reads", "accepted", ({ sent }) =>
    sent.method === "GET" ? { ...sent, body: encode("Limit=5") } : undefined
  )
]

const contentHash: ReadonlyArray<Mutation> = [
  mutation("a body that says that it is not signed", "unauthentic", (base) =>
    isUnsigned(base) ? undefined : addHeader(base.sent, "X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")
  ),
  mutation("a body that no longer says that it is not signed", "unauthentic", ({ sent }) =>
    removeHeader(sent, "x-tc-content-sha256")
  ),
  mutation("the word for an unsigned body in lower case", "unauthentic", ({ sent }) =>
    mapHeader(sent, "x-tc-content-sha256", (value) => value.toLowerCase())
  ),
  mutation("a hash of another body", "refused", (base) =>
    isUnsigned(base) ? undefined : addHeader(base.sent, "X-TC-Content-SHA256", "0".repeat(64))
  )
]

const signedHeaders: ReadonlyArray<Mutation> = [
  mutation("a bit of the content type", "unauthentic", ({ sent }, random) =>
    mapHeader(sent, "content-type", (value) => {
      const flipped = flipText(value, random)
      return flipped !== undefined && differs(flipped.trim(), value) ? flipped : undefined
    })
  ),
  mutation("another case of a letter of the content type", "authentic", ({ sent, v3 }) =>
    v3?.choice.isLower ? mapHeader(sent, "content-type", (value) => value.replace("app", "App")) : undefined
  ),
  mutation("another case where the case is signed", "unauthentic", ({ sent, v3 }) => {
    const value = headerOf(sent, "content-type") ?? ""
    // A value that was signed in its own case is also signed in lower case if it has no other.
    if (v3 === undefined || v3.choice.isLower || value === value.toLowerCase()) return undefined
    return mapHeader(sent, "content-type", (text) => text.replace(/[A-Z]/, (letter) => letter.toLowerCase()))
  }),
  mutation("a parameter of the content type", "unauthentic", ({ sent }, random) =>
    mapHeader(sent, "content-type", (value) => value + random.pick(["; charset=utf-8", ";", "; x=y", ","]))
  ),
  mutation("a space that is none", "refused", ({ sent }, random) =>
    mapHeader(sent, random.pick(["content-type", "host"]), (value) =>
      random.chance(0.5) ? `${value}\u00a0` : `\u00a0${value}`
    )
  ),
  mutation("spaces within a value", "unauthentic", ({ sent }) =>
    mapHeader(sent, "content-type", (value) => value.replace("/", " /"))
  ),
  mutation("no content type", "unauthentic", ({ sent }) => removeHeader(sent, "content-type")),
  mutation("the content type of another", "unauthentic", ({ sent }) =>
    mapHeader(sent, "content-type", (value) => (value === "text/plain" ? undefined : "text/plain"))
  ),
  mutation("two content types, the wrong one first", "unauthentic", ({ sent }) =>
    withHeaders(sent, (headers) => [["Content-Type", "text/plain"], ...headers])
  ),
  mutation("a bit of the host", "refused", ({ sent }, random) =>
    mapHeader(sent, "host", (value) => {
      // A port that was not signed may change.
      const name = value.replace(/:\d+$/, "")
      const flipped = flipText(name, random)
      return flipped !== undefined && differs(flipped.trim(), name) && !/:\d*$/.test(flipped) ? flipped : undefined
    })
  ),
  mutation("the host of another product", "unauthentic", ({ sent }) =>
    mapHeader(sent, "host", () => "disk.tencentcloudapi.com")
  ),
  mutation("the host of another region", "unauthentic", ({ sent }) =>
    mapHeader(sent, "host", () => "ebs.ap-beijing.tencentcloudapi.com")
  ),
  mutation("a port where none was signed", "accepted", ({ sent, v3 }) =>
    v3?.choice.host.includes(":")
      ? undefined
      : mapHeader(sent, "host", (value) => `${value.replace(/:\d+$/, "")}:${1234}`)
  ),
  mutation("another port than the signed one", "unauthentic", ({ sent, v3 }) =>
    v3?.choice.host.includes(":") ? mapHeader(sent, "host", (value) => value.replace(/:\d+$/, ":1")) : undefined
  ),
  mutation("no port where one was signed", "unauthentic", ({ sent, v3 }) =>
    v3?.choice.host.includes(":") ? mapHeader(sent, "host", (value) => value.replace(/:\d+$/, "")) : undefined
  ),
  mutation("another action, which is signed", "unauthentic", (base) =>
    isSigned(base, "x-tc-action")
      ? mapHeader(base.sent, "x-tc-action", (value) => (value === "CreateVolume" ? undefined : "CreateVolume"))
      : undefined
  )
]

const time: ReadonlyArray<Mutation> = [
  mutation("a second earlier", "unauthentic", ({ sent }) =>
    mapHeader(sent, "x-tc-timestamp", (value) => String(Number(value) - 1))
  ),
  mutation("a bit of the timestamp", "refused", ({ sent }, random) =>
    mapHeader(sent, "x-tc-timestamp", (value) => {
      const flipped = flipText(value, random)
      return flipped?.trim() === value ? undefined : flipped
    })
  ),
  mutation("a zero before the timestamp", "unauthentic", ({ sent }) =>
    mapHeader(sent, "x-tc-timestamp", (value) => `0${value}`)
  ),
  mutation("the timestamp in milliseconds", "unauthentic", ({ sent }) =>
    mapHeader(sent, "x-tc-timestamp", (value) => `${value}000`)
  ),
  mutation("no timestamp", "refused", ({ sent }) => removeHeader(sent, "x-tc-timestamp")),
  mutation("another spelling of the timestamp", "refused", ({ sent }, random) =>
    mapHeader(sent, "x-tc-timestamp", (value) =>
      random.pick([`${value}.0`, `+${value}`, `0x${Number(value).toString(16)}`])
    )
  ),
  mutation("signed ten minutes ago", "unauthentic", (base) => {
    const sent = mapHeader(base.sent, "x-tc-timestamp", (value) => String(Number(value) - 1200))
    return signAgain(base, { sent })
  })
]

const scope: ReadonlyArray<Mutation> = [
  mutation("a bit of the SecretId", "unauthentic", (base, random) =>
    withFields(base, { secretId: flipText(base.key.secretId, random, 5) ?? "" })
  ),
  mutation(
    "the SecretId of another",
    "unauthentic",
    field("secretId", () => keys.other.secretId)
  ),
  mutation("the date of another day", "unauthentic", field("date", anotherDay)),
  mutation(
    "a date of another form",
    "unauthentic",
    field("date", (date) => date.replaceAll("-", ""))
  ),
  mutation(
    "the service of another product",
    "unauthentic",
    field("service", () => "disk")
  ),
  mutation(
    "the service in upper case",
    "unauthentic",
    field("service", (service) => service.toUpperCase())
  ),
  mutation(
    "another end of the scope",
    "unauthentic",
    field("terminator", () => "aws4_request")
  ),
  mutation(
    "a scope that is too long",
    "unauthentic",
    field("terminator", (end) => `${end}/x`)
  ),
  mutation("signed for another day", "unauthentic", (base) =>
    signAgain(base, { fields: { date: anotherDay(base.v3?.fields.date ?? "") } })
  ),
  mutation("signed by another key", "unauthentic", (base) => signAgain(base, { secretKey: keys.other.secretKey })),
  mutation("signed by an empty key", "unauthentic", (base) => signAgain(base, { secretKey: "" })),
  mutation("signed for another product than that of the host", "unauthentic", (base) =>
    headerOf(base.sent, "host")?.startsWith("ebs.") ? signAgain(base, { fields: { service: "disk" } }) : undefined
  )
]

const signature: ReadonlyArray<Mutation> = [
  mutation("a bit of the signature", "unauthentic", (base, random) =>
    withFields(base, { signature: flipText(base.v3?.fields.signature ?? "", random) ?? "" })
  ),
  mutation("another digit of the signature", "unauthentic", (base, random) =>
    field("signature", (value) => {
      const at = random.int(value.length)
      return value.slice(0, at) + (value[at] === "0" ? "1" : "0") + value.slice(at + 1)
    })(base)
  ),
  mutation(
    "the signature in upper case",
    "unauthentic",
    field("signature", (value) => value.toUpperCase())
  ),
  mutation("a shorter signature", "unauthentic", (base, random) =>
    field("signature", (value) => value.slice(0, random.int(64)))(base)
  ),
  mutation("a longer signature", "unauthentic", (base, random) =>
    field("signature", (value) => value + random.pick(["0", "00", value]))(base)
  ),
  mutation(
    "the signature in Base64",
    "unauthentic",
    field("signature", (hex) => Buffer.from(hex, "hex").toString("base64"))
  ),
  mutation(
    "the signature turned round",
    "unauthentic",
    field("signature", (hex) => [...hex].toReversed().join(""))
  ),
  mutation("another algorithm", "unauthentic", (base, random) =>
    field("algorithm", () =>
      random.pick(["TC3-HMAC-SHA1", "tc3-hmac-sha256", "AWS4-HMAC-SHA256", "Bearer", "SKIP", ""])
    )(base)
  ),
  mutation("no signature asked for", "unauthentic", ({ sent }) => mapHeader(sent, "authorization", () => "SKIP")),
  mutation("no header Authorization", "refused", ({ sent }) => removeHeader(sent, "authorization")),
  mutation("an empty header Authorization", "unauthentic", ({ sent }) => mapHeader(sent, "authorization", () => "")),
  mutation("a part of Authorization twice", "unauthentic", ({ sent, v3 }, random) =>
    mapHeader(sent, "authorization", (value) => {
      const part = random.pick([`Signature=${v3?.fields.signature}`, "SignedHeaders=content-type;host", "Credential=x"])
      return random.chance(0.5) ? `${value}, ${part}` : value.replace(" ", ` ${part}, `)
    })
  ),
  mutation("a part of Authorization that is missing", "unauthentic", ({ sent }, random) =>
    mapHeader(sent, "authorization", (value) =>
      value.replace(random.pick([/, Signature=.*/, /, SignedHeaders=[^,]*/]), "")
    )
  ),
  mutation("two headers Authorization, the wrong one first", "unauthentic", (base) =>
    withHeaders(base.sent, (headers) => [
      ["Authorization", headerOf(withFields(base, { signature: "0".repeat(64) }) ?? base.sent, "authorization") ?? ""],
      ...headers
    ])
  )
]

const listOfHeaders: ReadonlyArray<Mutation> = [
  mutation(
    "signed headers in another order",
    "unauthentic",
    field("signedHeaders", (list) => list.split(";").toReversed().join(";"))
  ),
  mutation(
    "a signed header twice",
    "unauthentic",
    field("signedHeaders", (list) => `${list};host`)
  ),
  mutation("one signed header more", "unauthentic", (base, random) =>
    field("signedHeaders", (list) => `${list};${random.pick(["x-tc-version", "x-none", "x-tc-region"])}`)(base)
  ),
  mutation(
    "signed headers in upper case",
    "unauthentic",
    field("signedHeaders", (list) => list.toUpperCase())
  ),
  mutation(
    "signed headers without an end",
    "unauthentic",
    field("signedHeaders", (list) => `${list};`)
  ),
  mutation(
    "no signed headers",
    "unauthentic",
    field("signedHeaders", () => "")
  ),
  mutation("a signature without the host", "unauthentic", (base) =>
    signAgain(base, { fields: { signedHeaders: "content-type" } })
  ),
  mutation("a signature without the content type", "unauthentic", (base) =>
    signAgain(base, { fields: { signedHeaders: "host" } })
  ),
  mutation("a signature over the host, twice", "unauthentic", (base) =>
    signAgain(base, { fields: { signedHeaders: "content-type;host;host" } })
  ),
  mutation("a signature over an empty body", "unauthentic", (base) =>
    base.sent.method === "GET" || isUnsigned(base) ? undefined : signAgain(base, { choice: { payload: "" } })
  )
]

const token: ReadonlyArray<Mutation> = [
  mutation("no token", "unauthentic", ({ sent }) => removeHeader(sent, "x-tc-token")),
  mutation("an empty token", "unauthentic", ({ sent }) => mapHeader(sent, "x-tc-token", () => "")),
  mutation("the token of another", "unauthentic", ({ sent }) => setHeader(sent, "X-TC-Token", keys.session.token)),
  mutation("a bit of the token", "unauthentic", ({ sent }, random) =>
    mapHeader(sent, "x-tc-token", (value) => {
      const flipped = flipText(value, random)
      return flipped?.trim() === value ? undefined : flipped
    })
  ),
  mutation("a shorter token", "unauthentic", ({ sent }) =>
    mapHeader(sent, "x-tc-token", (value) => value.slice(0, -1))
  ),
  mutation("two tokens", "unauthentic", ({ sent, key }) =>
    key.token === undefined ? undefined : addHeader(sent, "X-TC-Token", key.token)
  )
]

const forms: ReadonlyArray<Mutation> = [
  mutation("no change", "accepted", ({ sent }) => sent),
  mutation("headers in another order", "accepted", ({ sent }, random) => withHeaders(sent, random.shuffle)),
  mutation("names of headers in another case", "accepted", ({ sent }, random) =>
    withHeaders(sent, (headers) =>
      headers.map(([name, value]) => [random.chance(0.5) ? name.toLowerCase() : name.toUpperCase(), value])
    )
  ),
  mutation("white space around values", "accepted", ({ sent }, random) =>
    withHeaders(sent, (headers) =>
      headers.map(([name, value]) => [name, `${random.text(" \t", 0, 3)}${value}${random.text(" \t", 0, 3)}`])
    )
  ),
  mutation("headers that are not signed", "accepted", ({ sent }, random) =>
    withHeaders(sent, (headers) => [
      ...random.shuffle([
        ["X-Custom", random.text("abc =,;", 0, 9)],
        ["X-Forwarded-For", "203.0.113.7, 10.0.0.1"],
        ["Accept", "*/*"],
        ["X-TC-TraceId", random.text("abc", 1, 9)],
        ["X-TC-Language", random.pick(["zh-CN", "en-US"])],
        ["traceparent", random.text("0123456789abcdef-", 0, 60)],
        ["Forwarded", "for=1.2.3.4;host=disk.tencentcloudapi.com"],
        ["X-Forwarded-Host", "disk.tencentcloudapi.com"]
      ] as const),
      ...headers
    ])
  ),
  mutation("another region, which is not signed", "accepted", ({ sent }) =>
    mapHeader(sent, "x-tc-region", () => "ap-beijing")
  ),
  mutation("another client's name, which is not signed", "accepted", ({ sent }) =>
    removeHeader(sent, "x-tc-requestclient")
  ),
  mutation("the host in upper case", "accepted", ({ sent, v3 }) =>
    v3?.choice.isLower ? mapHeader(sent, "host", (value) => value.toUpperCase()) : undefined
  ),
  mutation("parts of Authorization without spaces", "accepted", ({ sent }) =>
    mapHeader(sent, "authorization", (value) => value.replaceAll(", ", ","))
  ),
  mutation("parts of Authorization in another order", "accepted", ({ sent }, random) =>
    mapHeader(sent, "authorization", (value) => {
      const space = value.indexOf(" ")
      const parts = random.shuffle(value.slice(space + 1).split(", "))
      return `${value.slice(0, space)} ${parts.join(random.pick([", ", ",", " ,  "]))}`
    })
  )
]

export const mutations: ReadonlyArray<Mutation> = [
  line,
  body,
  contentHash,
  signedHeaders,
  time,
  scope,
  signature,
  listOfHeaders,
  token,
  forms
].flat()
