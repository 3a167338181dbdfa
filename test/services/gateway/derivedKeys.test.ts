import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Signature from "effect-tencentcloud/Signature"
import * as derivedKeys from "../../../src/services/gateway/internal/derivedKeys.js"

/** More than a new table has room for, so that it grows. */
const capacity = 1024

const bytesOf = (key: Signature.SigningKey) => [...Redacted.value(key)]

/** Keys whose bytes are read while they may be, and a count of how many were derived. */
const make = (most = capacity) => {
  let derivations = 0
  const bytes = derivedKeys.make({
    capacity: most,
    use: (_: undefined, key) => bytesOf(key),
    derive: (secretKey, scope) => {
      derivations += 1
      return Signature.signingKey(secretKey, scope)
    }
  })
  return {
    bytes: (credential: derivedKeys.Credential, scope: Signature.Scope) => bytes(credential, scope, undefined),
    /** How many keys were derived since the last time. */
    takeDerivations: () => {
      const count = derivations
      derivations = 0
      return count
    }
  }
}

const scope = { date: "2026-01-01", service: "ebs" }

const credentialAt = (index: number) => ({ secretId: `AKID${index}`, secretKey: Redacted.make(`key ${index}`) })

const credential = FC.record({
  secretId: FC.constantFrom("AKID1", "AKID2", "AKID3"),
  secretKey: FC.constantFrom("one", "two", "three").map((key) => Redacted.make(key))
})

const someScope = FC.record({
  date: FC.constantFrom("2026-01-01", "2026-01-02"),
  service: FC.constantFrom("ebs", "cvm")
})

describe("a table of derived keys", () => {
  it.prop(
    "passes each use the bytes of its own key, after any other use",
    [FC.array(FC.tuple(credential, someScope), { maxLength: 100 })],
    ([uses]) => {
      const { bytes } = make()
      for (const [credential, scope] of uses) {
        assert.deepStrictEqual(bytes(credential, scope), bytesOf(Signature.signingKey(credential.secretKey, scope)))
      }
    }
  )

  it("derives each of many keys once for a product and a day", () => {
    const { bytes, takeDerivations } = make(8 * capacity)
    const credentials = Array.from({ length: 200 }, (_, index) => credentialAt(index))
    const scopes = ["ebs", "cvm"].flatMap((service) => ["2026-01-01", "2026-01-02"].map((date) => ({ service, date })))
    const all = () => credentials.flatMap((each) => scopes.map((scope) => bytes(each, scope)))
    const first = all()
    assert.strictEqual(takeDerivations(), credentials.length * scopes.length)
    assert.deepStrictEqual(all(), first)
    assert.strictEqual(takeDerivations(), 0)
    assert.strictEqual(new Set(first.map(String)).size, first.length)
  })

  it("derives again when a SecretKey has changed", () => {
    const { bytes, takeDerivations } = make()
    const [before, after] = ["before", "after"].map((key) => ({ secretId: "AKID", secretKey: Redacted.make(key) }))
    if (before === undefined || after === undefined) return assert.fail()
    assert.notDeepEqual(bytes(before, scope), bytes(after, scope))
    assert.strictEqual(takeDerivations(), 2)
  })

  it("recognizes a SecretKey that is equal, in another object", () => {
    const { bytes, takeDerivations } = make()
    bytes({ secretId: "AKID", secretKey: Redacted.make("key") }, scope)
    bytes({ secretId: "AKID", secretKey: Redacted.make("key") }, scope)
    assert.strictEqual(takeDerivations(), 1)
  })

  it("drops the keys that were used least recently, and keeps one that is used often", () => {
    const { bytes, takeDerivations } = make()
    const often = credentialAt(0)
    bytes(often, scope)
    const flood = 20 * capacity
    for (let index = 1; index <= flood; index++) {
      bytes(credentialAt(index), scope)
      if (index % 10 === 0) bytes(often, scope)
    }
    assert.strictEqual(takeDerivations(), flood + 1)
    // The latest first, since each that is derived again drops another one.
    for (let index = flood; index > flood - capacity / 2; index--) bytes(credentialAt(index), scope)
    assert.isBelow(takeDerivations(), capacity / 4)
    bytes(credentialAt(1), scope)
    assert.strictEqual(takeDerivations(), 1)
  })
})
