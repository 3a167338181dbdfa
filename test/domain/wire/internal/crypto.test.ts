import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as NodeCrypto from "../../../../src/domain/wire/internal/crypto.js"
import * as WebCrypto from "../../../../src/domain/wire/internal/webCrypto.js"

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"))
const repeat = (hex: string, times: number): Uint8Array => bytes(hex.repeat(times))

/** RFC 4231, section 4: the test cases of HMAC-SHA-256. */
const vectors: ReadonlyArray<readonly [name: string, key: Uint8Array, data: string | Uint8Array, expected: string]> = [
  ["1", repeat("0b", 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    "2, a key shorter than the output",
    Buffer.from("Jefe"),
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  ],
  [
    "3, data longer than 64 bytes with the key",
    repeat("aa", 20),
    repeat("dd", 50),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
  ],
  [
    "4, a key of 25 bytes",
    bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"),
    repeat("cd", 50),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
  ],
  ["5, the first 128 bits of the output", repeat("0c", 20), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"],
  [
    "6, a key longer than a block",
    repeat("aa", 131),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  ],
  [
    "7, a key and data longer than a block",
    repeat("aa", 131),
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
  ]
]

describe.each([
  { twin: "Node", hmacSha256Hex: NodeCrypto.hmacSha256Hex },
  { twin: "other runtimes", hmacSha256Hex: WebCrypto.hmacSha256Hex }
])("P6: hmacSha256Hex for $twin", ({ hmacSha256Hex }) => {
  it.each(vectors)("returns the output of RFC 4231, test case %s", (_, key, data, expected) => {
    assert.strictEqual(hmacSha256Hex(key, data).slice(0, expected.length), expected)
  })

  const key = FC.uint8Array({ minLength: 0, maxLength: 200 })
  // Characters of one to four bytes in UTF-8, lone surrogates, and messages longer than the buffer.
  const message = FC.oneof(
    FC.string({ unit: "binary", maxLength: 300 }),
    FC.array(FC.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
    FC.tuple(FC.string({ unit: "binary", minLength: 1, maxLength: 4 }), FC.integer({ min: 1000, max: 3000 })).map(
      ([text, times]) => text.repeat(times)
    ),
    FC.uint8Array({ maxLength: 300 }),
    FC.uint8Array({ minLength: 4090, maxLength: 4100 })
  )

  it("returns the same as createHmac after any other calls", () => {
    FC.assert(
      FC.property(FC.array(FC.tuple(key, message), { minLength: 1, maxLength: 5 }), (calls) => {
        for (const [key, data] of calls) {
          assert.strictEqual(hmacSha256Hex(key, data), createHmac("sha256", key).update(data).digest("hex"))
        }
      }),
      { numRuns: 500 }
    )
  })

  it.each([63, 64, 65])("returns the same as createHmac for a key of %i bytes", (length) => {
    const key = Uint8Array.from({ length }, (_, index) => index)
    assert.strictEqual(hmacSha256Hex(key, "签名"), createHmac("sha256", key).update("签名").digest("hex"))
  })
})

describe("P6: the twin for runtimes without node:crypto", () => {
  const bytes = FC.uint8Array({ maxLength: 200 })
  const text = FC.oneof(
    FC.string({ unit: "binary", maxLength: 200 }),
    FC.array(FC.integer({ min: 0, max: 0xffff }), { maxLength: 50 }).map((units) => String.fromCharCode(...units))
  )
  const data = FC.oneof(text, bytes)

  it("exports what the one for Node does", () => {
    assert.deepStrictEqual(Object.keys(WebCrypto), Object.keys(NodeCrypto))
  })

  it("returns the same hashes", () => {
    FC.assert(FC.property(data, (input) => assert.strictEqual(WebCrypto.sha256Hex(input), NodeCrypto.sha256Hex(input))))
  })

  it("returns the same HMACs as bytes and as Base64", () => {
    FC.assert(
      FC.property(data, text, (key, message) => {
        assert.deepStrictEqual([...WebCrypto.hmacSha256(key, message)], [...NodeCrypto.hmacSha256(key, message)])
        for (const hash of ["sha1", "sha256"] as const) {
          assert.strictEqual(WebCrypto.hmacBase64(hash, key, message), NodeCrypto.hmacBase64(hash, key, message))
        }
      })
    )
  })

  it("finds the same texts equal", () => {
    FC.assert(
      FC.property(text, text, (one, other) => {
        assert.isTrue(WebCrypto.equals(one, `${one}`))
        assert.strictEqual(WebCrypto.equals(one, other), NodeCrypto.equals(one, other))
      })
    )
  })
})
