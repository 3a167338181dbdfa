import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Credential from "effect-tencentcloud/Credential"

const input = { secretId: "AKIDEXAMPLE", secretKey: "hunter2", token: "token-hunter2" }

const blank = "is blank"
const before = "has white space before it: remove it"
const after = "has white space after it: remove it"
const odd = "holds a character that is not printable ASCII: was it copied whole?"
const quoted = "has quotation marks around it: remove them"
const commented = "has a `#` in it: remove it, and the comment after it"

const faults: ReadonlyArray<readonly [text: string, fault: string]> = [
  ["", blank],
  [" \t\n", blank],
  ["\u3000", blank],
  [" hunter2", before],
  ["\nhunter2", before],
  ["\ufeffhunter2", before],
  ["hunter2 ", after],
  ["hunter2\r\n", after],
  ["hunter2\u00a0", after],
  ["hun ter2", odd],
  ["hunter2\u200b", odd],
  ["hunter２", odd],
  ["hun\u0000ter2", odd],
  ["密hunter2", odd]
]

const mistakes: ReadonlyArray<readonly [text: string, fault: string]> = [
  ['"hunter2"', quoted],
  ["'hunter2'", quoted],
  ["`hunter2`", quoted],
  ['"hunter2', quoted],
  ["hunter2'", quoted],
  ["\u201chunter2\u201d", quoted],
  ["\u2018hunter2\u2019", quoted],
  [' "hunter2" ', quoted],
  ["hunter2 # production", commented],
  ["hunter2#production", commented],
  ["hunter2 #", commented],
  ["#hunter2", commented]
]

describe.each([
  ["SecretId", (secretId: string) => ({ ...input, secretId })],
  ["SecretKey", (secretKey: string) => ({ ...input, secretKey })],
  ["SecretKey", (secretKey: string) => ({ ...input, secretKey: Redacted.make(secretKey) })],
  ["Token", (token: string) => ({ ...input, token })],
  ["Token", (token: string) => ({ ...input, token: Redacted.make(token) })]
])("a %s", (name, withPart) => {
  it.each(faults)("is rejected as %j, with its name and without its value", (text, fault) =>
    assert.deepStrictEqual(Credential.make(withPart(text)), Either.left([`${name} ${fault}`]))
  )
  it.each(mistakes)("I8: is rejected as %j, with its mistake", (text, fault) =>
    assert.deepStrictEqual(Credential.make(withPart(text)), Either.left([`${name} ${fault}`]))
  )
})

it.each([
  ["SecretId", "SecretKey", "Token"],
  ["secret_id", "secret_key", "TOKEN"],
  ["TmpSecretId", "TmpSecretKey", "Token"],
  ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"]
])("I8: a key whose members are named %s, %s and %s fails with their names", (id, key, token) => {
  const named: Record<string, string> = { [id]: "AKIDEXAMPLE", [key]: "hunter2", [token]: "token" }
  assert.deepStrictEqual(
    Credential.make(named as never),
    Either.left([
      `SecretId is missing: the member \`${id}\` should be named \`secretId\``,
      `SecretKey is missing: the member \`${key}\` should be named \`secretKey\``,
      `Token is missing: the member \`${token}\` should be named \`token\``
    ])
  )
})

it.each(["AKID/x", "AKID,x"])("a SecretId that would end inside the header Authorization is rejected: %s", (secretId) =>
  assert.deepStrictEqual(
    Credential.make({ ...input, secretId }),
    Either.left(["SecretId holds a `/` or a `,`: was it copied whole?"])
  )
)

it("reports every fault at once", () =>
  assert.deepStrictEqual(
    Credential.make({ secretId: "", secretKey: " hunter2", token: "é" }),
    Either.left([`SecretId ${blank}`, `SecretKey ${before}`, `Token ${odd}`])
  ))

it.prop(
  "faults show nothing of any part",
  [FC.string({ unit: "binary" }), FC.string({ unit: "binary" })],
  ([start, end]) => {
    const planted = `${start}hunter2${end}`
    const made = Credential.make({ secretId: planted, secretKey: planted, token: planted })
    if (Either.isLeft(made)) assert.notInclude(made.left.join(), "hunter2")
    else assert.strictEqual(Redacted.value(made.right.secretKey), planted)
  }
)

describe("a credential", () => {
  const credential = Either.getOrThrow(Credential.make({ ...input, expiresAt: 1_767_225_600 }))

  it("has the parts of its input", () => {
    assert.strictEqual(credential.secretId, input.secretId)
    assert.strictEqual(Redacted.value(credential.secretKey), input.secretKey)
    assert.strictEqual(credential.token && Redacted.value(credential.token), input.token)
    assert.strictEqual(credential.expiresAt, 1_767_225_600)
  })

  it("needs neither token nor expiry", () => {
    const { expiresAt, token } = Either.getOrThrow(Credential.make({ secretId: "AKIDEXAMPLE", secretKey: "hunter2" }))
    assert.isUndefined(token)
    assert.isUndefined(expiresAt)
  })

  it("shows neither key nor token", () => {
    for (const shown of [
      JSON.stringify(credential),
      inspect(credential, { depth: null, showHidden: true }),
      `${credential}`
    ]) {
      assert.notInclude(shown, "hunter2")
      assert.isNotEmpty(shown)
    }
  })
})

it.each([
  ["token", "token", true],
  ["Token", "token", false],
  ["toke", "token", false],
  ["tokens", "token", false],
  ["", "token", false],
  ["", "", true]
])("%j is the token %j: %j", (text, token, expected) =>
  assert.strictEqual(Credential.matchesToken(text, Redacted.make(token)), expected)
)

it("names a part that is missing, like a variable of the environment that is not set", () =>
  assert.deepStrictEqual(
    Credential.make({ secretId: undefined as never, secretKey: undefined as never }),
    Either.left(["SecretId is missing", "SecretKey is missing"])
  ))
