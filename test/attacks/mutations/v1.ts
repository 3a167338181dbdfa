/** Mutations of requests with signature version 1. */
import type { Random } from "../../fixtures/Random.js"
import { type Base, decode, encode, escape, format, keys } from "./kinds.js"
import { flipText, type Mutation, mapHeader, mutation, withHeaders } from "./mutation.js"
import { type Parameters, type Sent, signV1 } from "./reference.js"

const textOf = ({ body, method, query }: Sent): string => (method === "GET" ? query : decode(body))

const withText = (sent: Sent, text: string): Sent =>
  sent.method === "GET" ? { ...sent, query: text } : { ...sent, body: encode(text) }

/** Changes the text of the parameters. */
const text = (change: (text: string, random: Random) => string) => {
  return ({ sent }: Base, random: Random): Sent | undefined => {
    const before = textOf(sent)
    const after = change(before, random)
    return after === before ? undefined : withText(sent, after)
  }
}

/** Changes the list of parameters, and keeps the signature. */
const list = (change: (parameters: Parameters, random: Random) => Parameters) => {
  return ({ sent, v1 }: Base, random: Random): Sent | undefined => {
    const before = v1?.parameters ?? []
    const after = change(before, random)
    return format(after) === format(before) ? undefined : withText(sent, format(after))
  }
}

/** Changes the value of one parameter. */
const value = (name: string, change: (value: string, random: Random) => string) =>
  list((parameters, random) =>
    parameters.map(([given, value]) => [given, given === name ? change(value, random) : value])
  )

/** Changes the parameters, and signs them again. */
const signAgain = (change: (parameters: Parameters) => Parameters, secretKey?: string) => {
  return ({ key, sent, v1 }: Base): Sent | undefined => {
    if (v1 === undefined) return undefined
    const parameters = change(v1.parameters.filter(([name]) => name !== "Signature"))
    const host = v1.signedHost
    const signature = signV1({ ...sent, host, parameters }, secretKey ?? key.secretKey, false)
    return withText(sent, format([...parameters, ["Signature", signature]]))
  }
}

const parameters: ReadonlyArray<Mutation> = [
  mutation(
    "a parameter more",
    "unauthentic",
    list((all, random) => [...all, [random.pick(["Offset", "signature", "__proto__"]), "1"]])
  ),
  mutation(
    "an empty parameter more",
    "unauthentic",
    list((all) => [...all, ["Offset", ""]])
  ),
  mutation(
    "a parameter less",
    "refused",
    list((all, random) => all.toSpliced(random.int(all.length), 1))
  ),
  mutation(
    "a parameter of the action less",
    "unauthentic",
    list((all) => all.filter(([name]) => name !== "Limit"))
  ),
  mutation(
    "another value of the action",
    "unauthentic",
    value("Limit", (limit) => `${limit}0`)
  ),
  mutation(
    "a space behind a value",
    "unauthentic",
    value("Limit", (limit) => `${limit} `)
  ),
  mutation(
    "a bit of a value",
    "refused",
    list((all, random) => {
      const at = random.int(all.length)
      return all.map(([name, value], index) => [name, index === at ? (flipText(value, random, 7) ?? value) : value])
    })
  ),
  mutation(
    "a bit of a name",
    "refused",
    list((all, random) => {
      const at = random.int(all.length)
      return all.map(([name, value], index) => {
        const flipped = index === at ? (flipText(name, random, 7) ?? name) : name
        // The official Python client signs `.` for `_`.
        return [flipped.replaceAll("_", ".") === name ? name : flipped, value]
      })
    })
  ),
  mutation(
    "a parameter twice",
    "refused",
    list((all, random) => [...all, random.pick(all)])
  ),
  mutation(
    "a parameter twice, with another value",
    "refused",
    list((all, random) => [[random.pick(all)[0], "1"], ...all])
  ),
  mutation(
    "two values exchanged",
    "unauthentic",
    list((all) => {
      const named = new Map(all)
      const [limit, name] = [named.get("Limit") ?? "", named.get("Filters.0.Name") ?? ""]
      return all.map(([key, value]) => [key, key === "Limit" ? name : key === "Filters.0.Name" ? limit : value])
    })
  ),
  mutation(
    "another action",
    "unauthentic",
    value("Action", () => "EncryptVolume")
  ),
  mutation(
    "another region",
    "unauthentic",
    value("Region", () => "ap-beijing")
  ),
  mutation(
    "a language",
    "unauthentic",
    list((all) => [...all, ["Language", "zh-CN"]])
  ),
  mutation(
    "another number",
    "unauthentic",
    value("Nonce", (nonce, random) => random.pick([`0${nonce}`, `${nonce}1`]))
  ),
  mutation(
    "a second later",
    "unauthentic",
    value("Timestamp", (time) => String(Number(time) + 1))
  ),
  mutation(
    "a zero before the timestamp",
    "unauthentic",
    value("Timestamp", (time) => `0${time}`)
  ),
  mutation(
    "signed ten minutes ago",
    "unauthentic",
    signAgain((all) => all.map(([name, value]) => [name, name === "Timestamp" ? String(Number(value) - 1200) : value]))
  ),
  mutation("a text with a bit flipped", "refused", ({ sent, v1 }, random) => {
    const before = textOf(sent)
    const after = flipText(before, random, 7) ?? before
    // Another case of an escape, or another spelling of a space, is the same request.
    const isSame = readable(after) === readable(before) || readable(after) === format(v1?.parameters ?? [])
    return isSame ? undefined : withText(sent, after)
  })
]

/** A text with its escapes in one spelling, and with the name that the official Python client signs. */
const readable = (text: string): string =>
  text
    .split("&")
    .map((part) => {
      const [name = "", ...value] = part.split("=")
      return `${spell(name).replaceAll("_", ".")}=${spell(value.join("="))}`
    })
    .join("&")

const spell = (text: string): string => {
  try {
    return escape(decodeURIComponent(text.replaceAll("+", " ")))
  } catch {
    return text
  }
}

const keyAndToken: ReadonlyArray<Mutation> = [
  mutation(
    "the SecretId of another",
    "unauthentic",
    value("SecretId", () => keys.other.secretId)
  ),
  mutation(
    "an unknown SecretId",
    "unauthentic",
    value("SecretId", (id) => `${id}x`)
  ),
  mutation(
    "signed by another key",
    "unauthentic",
    signAgain((all) => all, keys.other.secretKey)
  ),
  mutation(
    "signed by an empty key",
    "unauthentic",
    signAgain((all) => all, "")
  ),
  mutation(
    "no token",
    "unauthentic",
    list((all) => all.filter(([name]) => name !== "Token"))
  ),
  mutation(
    "an empty token",
    "unauthentic",
    value("Token", () => "")
  ),
  mutation(
    "the token of another",
    "unauthentic",
    value("Token", () => keys.session.token)
  ),
  mutation("a token for a key that has none", "unauthentic", (base, random) =>
    base.key.token === undefined ? list((all) => [...all, ["Token", "x"]])(base, random) : undefined
  ),
  mutation("signed without the token", "unauthentic", (base) =>
    base.key.token === undefined ? undefined : signAgain((all) => all.filter(([name]) => name !== "Token"))(base)
  ),
  mutation("signed with another token", "unauthentic", (base) =>
    base.key.token === undefined
      ? undefined
      : signAgain((all) => all.map(([name, value]) => [name, name === "Token" ? keys.session.token : value]))(base)
  )
]

const signature: ReadonlyArray<Mutation> = [
  mutation(
    "another signature",
    "unauthentic",
    value("Signature", (given, random) => {
      const at = random.int(given.length - 2)
      return given.slice(0, at) + (given[at] === "A" ? "B" : "A") + given.slice(at + 1)
    })
  ),
  mutation(
    "a shorter signature",
    "refused",
    value("Signature", (given, random) => given.slice(0, random.int(given.length)))
  ),
  mutation(
    "a longer signature",
    "unauthentic",
    value("Signature", (given, random) => given + random.pick(["=", "A", " ", given]))
  ),
  mutation(
    "a signature without its padding",
    "unauthentic",
    value("Signature", (given) => given.replace(/=+$/, ""))
  ),
  mutation(
    "a signature in the Base64 of URLs",
    "unauthentic",
    value("Signature", (given) => given.replaceAll("+", "-").replaceAll("/", "_"))
  ),
  mutation(
    "a signature in hexadecimal digits",
    "unauthentic",
    value("Signature", (given) => Buffer.from(given, "base64").toString("hex"))
  ),
  mutation(
    "a signature in lower case",
    "unauthentic",
    value("Signature", (given) => given.toLowerCase())
  ),
  mutation(
    "other last bits of the Base64",
    "unauthentic",
    value("Signature", (given) => {
      const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
      const end = given.indexOf("=") - 1
      // The last digit has bits that no byte needs, so another digit is the same signature to a careless reader.
      return end < 0
        ? given
        : `${given.slice(0, end)}${digits[digits.indexOf(given.charAt(end)) ^ 1]}${given.slice(end + 1)}`
    })
  ),
  mutation(
    "a space for a plus in the signature",
    "unauthentic",
    text((all) => {
      const at = all.indexOf("Signature=")
      return all.slice(0, at) + all.slice(at).replaceAll("%2B", "+")
    })
  ),
  mutation(
    "another method of the signature",
    "unauthentic",
    value("SignatureMethod", (method) => (method === "HmacSHA1" ? "HmacSHA256" : "HmacSHA1"))
  ),
  mutation(
    "no method of the signature",
    "unauthentic",
    list((all) => all.filter(([name]) => name !== "SignatureMethod"))
  ),
  mutation("a method of the signature more", "unauthentic", (base, random) =>
    base.v1?.parameters.some(([name]) => name === "SignatureMethod")
      ? undefined
      : list((all) => [...all, ["SignatureMethod", "HmacSHA1"]])(base, random)
  ),
  mutation(
    "a method of the signature that nobody knows",
    "refused",
    value("SignatureMethod", (_, random) => random.pick(["HmacMD5", "hmacsha1", "", "none"]))
  )
]

const line: ReadonlyArray<Mutation> = [
  mutation("the other method", "unauthentic", ({ sent }) => {
    const method = sent.method === "GET" ? "POST" : "GET"
    return withText({ ...sent, method, query: "", body: new Uint8Array(0) }, textOf(sent))
  }),
  mutation("another path", "unauthentic", ({ sent }, random) => ({
    ...sent,
    path: random.pick(["/x", "//", "/v2/index.php"])
  })),
  mutation("a parameter in the query of a POST", "unauthentic", ({ sent }) =>
    sent.method === "POST" ? { ...sent, query: "Offset=1" } : undefined
  ),
  mutation("the host of another product", "unauthentic", ({ sent }) =>
    mapHeader(sent, "host", () => "disk.tencentcloudapi.com")
  ),
  mutation("the host of another region", "unauthentic", ({ sent }) =>
    mapHeader(sent, "host", () => "ebs.ap-beijing.tencentcloudapi.com")
  ),
  mutation("another port than the signed one", "unauthentic", ({ sent, v1 }) =>
    v1?.signedHost.includes(":") ? mapHeader(sent, "host", (host) => host.replace(/:\d+$/, ":1")) : undefined
  ),
  mutation("a port where none was signed", "accepted", ({ sent, v1 }) =>
    v1?.signedHost.includes(":") ? undefined : mapHeader(sent, "host", (host) => `${host.replace(/:\d+$/, "")}:1234`)
  ),
  mutation("a header Authorization", "refused", ({ sent }, random) =>
    withHeaders(sent, (headers) => [...headers, ["Authorization", random.pick(["SKIP", "Basic eDp5", ""])]])
  )
]

const forms: ReadonlyArray<Mutation> = [
  mutation("no change", "accepted", ({ sent }) => sent),
  mutation(
    "parameters in another order",
    "accepted",
    list((all, random) => random.shuffle(all))
  ),
  mutation(
    "escapes in lower case",
    "accepted",
    text((all) => all.replace(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase()))
  ),
  mutation(
    "more escapes than needed",
    "accepted",
    text((all, random) =>
      all.replace(/(?<![%\w])[a-z]|(?<=[a-z])[a-z](?=[a-z])/g, (letter) =>
        random.chance(0.2) ? `%${letter.charCodeAt(0).toString(16)}` : letter
      )
    )
  ),
  mutation(
    "a plus for each space",
    "accepted",
    text((all) => all.replaceAll("%20", "+"))
  ),
  mutation("headers in another order, and more of them", "accepted", ({ sent }, random) =>
    withHeaders(sent, (headers) =>
      random.shuffle([...headers, ["X-Custom", "1"], ["X-TC-Action", "CreateVolume"], ["X-TC-Token", "x"]])
    )
  ),
  mutation("another content type, which is not signed", "accepted", ({ sent }) =>
    mapHeader(sent, "content-type", () => "text/plain")
  )
]

export const mutations: ReadonlyArray<Mutation> = [parameters, keyAndToken, signature, line, forms].flat()
