import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Signature from "effect-tencentcloud/Signature"
import * as signingKeys from "../../../src/services/client/internal/signingKeys.js"

const make = (capacity = 10) => {
  let derivations = 0
  const bytes = signingKeys.make({
    capacity,
    use: (_: undefined, key) => [...Redacted.value(key)],
    derive: (secretKey, scope) => {
      derivations += 1
      return Signature.signingKey(secretKey, scope)
    }
  })
  /** Uses a key, and returns how many were derived for it: none or one. */
  return (secretKey: string, scope: Signature.Scope, secretId = "AKID"): number => {
    const before = derivations
    const credential = { secretId, secretKey: Redacted.make(secretKey) }
    assert.deepStrictEqual(bytes(credential, scope, undefined), [
      ...Redacted.value(Signature.signingKey(credential.secretKey, scope))
    ])
    return derivations - before
  }
}

const ebs = { date: "2026-01-01", service: "ebs" }
const cvm = { date: "2026-01-01", service: "cvm" }
const tomorrow = { date: "2026-01-02", service: "ebs" }

describe("the signing keys of a client", () => {
  it("are derived once for a product and a day", () => {
    const derivations = make()
    const counts = [ebs, ebs, cvm, ebs, tomorrow, tomorrow, cvm].map((scope) => derivations("key", scope))
    assert.deepStrictEqual(counts, [1, 0, 1, 0, 1, 0, 0])
  })

  it("are derived again when the SecretKey has changed", () => {
    const derivations = make()
    assert.deepStrictEqual(
      ["one", "one", "two", "two", "one"].map((key) => derivations(key, ebs)),
      [1, 0, 1, 0, 1]
    )
  })

  it("are kept for the SecretIds that were used last", () => {
    const derivations = make(2)
    assert.deepStrictEqual(
      ["a", "b", "a", "c", "a", "b"].map((secretId) => derivations("key", ebs, secretId)),
      [1, 1, 0, 1, 0, 1]
    )
  })
})
