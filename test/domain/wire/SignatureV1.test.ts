import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as SignatureV1 from "../../../src/domain/wire/SignatureV1.js"
import { v1 } from "./signatureVectors.js"

describe("the known signatures", () => {
  it.each(v1)("$name", (vector) => {
    const secretKey = Redacted.make(vector.secretKey)
    const source = SignatureV1.source(vector)
    assert.strictEqual(source, vector.source)
    assert.strictEqual(SignatureV1.sign(source, vector.signatureMethod, secretKey), vector.signature)
    assert.isTrue(SignatureV1.verify(vector, vector.signature, vector.signatureMethod, secretKey))
  })
})

const sourceOf = (parameters: ReadonlyArray<SignatureV1.Parameter>): string =>
  SignatureV1.source({ method: "GET", host: "h", parameters })

describe("the source", () => {
  it("is sorted by the bytes of the names, and leaves out only the Signature", () =>
    assert.strictEqual(
      sourceOf([
        ["\u{1f600}", "outside the basic plane"],
        ["\uff5e", "inside it, though later by UTF-16"],
        ["Ids.2", "b"],
        ["Signature", "x"],
        ["SignatureMethod", "HmacSHA256"],
        ["Ids.12", "a"],
        ["a", ""]
      ]),
      "GETh/?Ids.12=a&Ids.2=b&SignatureMethod=HmacSHA256&a=&\uff5e=inside it, though later by UTF-16&\u{1f600}=outside the basic plane"
    ))

  it.prop("does not depend on the order of the parameters", [FC.dictionary(FC.string(), FC.string())], ([parameters]) =>
    assert.strictEqual(sourceOf(Object.entries(parameters).reverse()), sourceOf(Object.entries(parameters)))
  )
})

it.each([
  ["HmacSHA256", "HmacSHA256"],
  ["HmacSHA1", "HmacSHA1"],
  ["hmacsha256", "HmacSHA1"],
  ["TC3-HMAC-SHA256", "HmacSHA1"],
  ["", "HmacSHA1"],
  [undefined, "HmacSHA1"]
] as const)("the SignatureMethod %s means %s", (named, method) =>
  assert.strictEqual(SignatureV1.methodOf(named), method)
)

interface Signed {
  readonly method: string
  readonly host: string
  readonly parameters: ReadonlyArray<SignatureV1.Parameter>
  readonly signatureMethod: SignatureV1.Method
  readonly secretKey: Redacted.Redacted
  readonly signature: string
}

// The source joins names and values as they are, so that a `&` or a `=` in them can be moved without changing it: that is
// how version 1 was made. An underscore in a name may have been signed as a dot.
const name = FC.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,12}$/).filter((name) => name !== "Signature")
const value = FC.string({ unit: "binary" }).filter((value) => !value.includes("&"))
const parameter = FC.tuple(name, value)
const hostName = FC.stringMatching(/^[a-z]{1,8}\.tencentcloudapi\.com$/)
const hostWithPort = FC.tuple(hostName, FC.integer({ min: 1, max: 65535 })).map(([name, port]) => `${name}:${port}`)

const signed: FC.Arbitrary<Signed> = FC.record({
  method: FC.constantFrom("GET", "POST"),
  host: FC.oneof(hostName, hostWithPort),
  parameters: FC.uniqueArray(parameter, { selector: ([name]) => name, minLength: 1, maxLength: 8 }),
  signatureMethod: FC.constantFrom("HmacSHA1" as const, "HmacSHA256" as const),
  secretKey: FC.string({ minLength: 1 }).map((key) => Redacted.make(key))
}).map((request) => ({
  ...request,
  signature: SignatureV1.sign(SignatureV1.source(request), request.signatureMethod, request.secretKey)
}))

const isTaken = (signed: Signed): boolean =>
  SignatureV1.verify(signed, signed.signature, signed.signatureMethod, signed.secretKey)

describe("verify accepts", () => {
  it.prop("a request with a correct signature", [signed], ([signed]) => assert.isTrue(isTaken(signed)))

  it.prop("a host that was signed without its port", [signed, FC.nat(65535)], ([signed, port]) => {
    FC.pre(!signed.host.includes(":"))
    assert.isTrue(isTaken({ ...signed, host: `${signed.host}:${port}` }))
  })

  it.prop("names whose underscores were signed as dots", [signed, name, value], ([signed, name, value]) => {
    const underscored = (parameters: Signed["parameters"]) =>
      parameters.map(([name, value]) => [name.replaceAll(".", "_"), value] as const)
    const dotted = [...signed.parameters, [`a.${name}`, value] as const]
    FC.pre(new Set(dotted.map(([name]) => name)).size === dotted.length)
    const source = SignatureV1.source({ ...signed, parameters: dotted })
    const signature = SignatureV1.sign(source, signed.signatureMethod, signed.secretKey)
    assert.isTrue(isTaken({ ...signed, parameters: underscored(dotted), signature }))
  })
})

type Mutation = (signed: Signed) => FC.Arbitrary<Signed>

const parameterWith =
  (change: (parameter: SignatureV1.Parameter) => FC.Arbitrary<SignatureV1.Parameter>): Mutation =>
  (signed) =>
    FC.nat(signed.parameters.length - 1).chain((index) =>
      change(signed.parameters[index] ?? ["", ""]).map((changed) => ({
        ...signed,
        parameters: signed.parameters.with(index, changed)
      }))
    )

const mutations: Record<string, Mutation> = {
  "the path": (signed) =>
    FC.webPath()
      .filter((path) => path !== "" && path !== "/")
      .map((path) => ({ ...signed, path })),
  "a parameter's value": parameterWith(([name, before]) =>
    value.filter((value) => value !== before).map((value) => [name, value] as const)
  ),
  "a parameter's name": parameterWith(([before, value]) =>
    name.filter((name) => name !== before).map((name) => [name, value] as const)
  ),
  "one parameter more": (signed) =>
    parameter.map((added) => ({ ...signed, parameters: [...signed.parameters, added] })),
  "one parameter less": (signed) =>
    FC.nat(signed.parameters.length - 1).map((index) => ({
      ...signed,
      parameters: signed.parameters.toSpliced(index, 1)
    })),
  "the method": (signed) => FC.constant({ ...signed, method: signed.method === "GET" ? "POST" : "GET" }),
  // Clients sign the host with or without its port, so one that was signed without may be sent with any.
  "the host": (signed) =>
    FC.oneof(hostName, hostWithPort, FC.constant(signed.host.replace(/:\d+$/, "")))
      .filter((host) => host !== signed.host && host.replace(/:\d+$/, "") !== signed.host)
      .map((host) => ({ ...signed, host })),
  "the signature": ({ signature, ...signed }) =>
    FC.constantFrom(
      "",
      signature.slice(1),
      `${signature}=`,
      signature.replace(/^./, (digit) => (digit === "A" ? "B" : "A"))
    ).map((signature) => ({ ...signed, signature })),
  "the signature's method": (signed) =>
    FC.constant({ ...signed, signatureMethod: signed.signatureMethod === "HmacSHA1" ? "HmacSHA256" : "HmacSHA1" }),
  "the key": (signed) =>
    FC.string()
      .filter((key) => key !== Redacted.value(signed.secretKey))
      .map((key) => ({ ...signed, secretKey: Redacted.make(key) }))
}

describe("verify rejects a request that changed after it was signed:", () => {
  for (const [name, mutate] of Object.entries(mutations)) {
    it.prop(name, [signed.chain(mutate)], ([changed]) => assert.isFalse(isTaken(changed)))
  }
})
