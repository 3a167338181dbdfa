import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { BoundedBody, GrowingBytes, readWeb } from "../../../src/services/internal/boundedBody.js"

/** The bytes that a function leaves in memory, in buffers and in the heap, while its result is held. */
const held = <A>(make: () => A): readonly [number, A] => {
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  const made = make()
  const after = process.memoryUsage()
  return [after.arrayBuffers - arrayBuffers + Math.max(0, after.heapUsed - heapUsed), made]
}

describe("a body that grows", () => {
  it("holds its pieces in their order, whatever their sizes", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.uint8Array({ maxLength: 3000 })), (pieces) => {
        const body = new GrowingBytes()
        const copies = pieces.map((piece) => Uint8Array.from(piece))
        for (const piece of pieces) body.add(piece)
        assert.deepStrictEqual(Buffer.from(body.bytes), Buffer.concat(pieces))
        assert.strictEqual(body.size, Buffer.concat(pieces).byteLength)
        // The pieces belong to others.
        assert.deepStrictEqual(
          pieces.map((piece) => Uint8Array.from(piece)),
          copies
        )
      })
    )
  })

  it("keeps its only piece as it is", () => {
    const piece = new Uint8Array([1, 2, 3])
    const body = new GrowingBytes()
    body.add(piece)
    assert.strictEqual(body.bytes, piece)
    assert.strictEqual(body.take(), piece)
    assert.strictEqual(body.size, 0)
    body.add(new Uint8Array([4]))
    body.add(new Uint8Array([5]))
    assert.deepStrictEqual([...piece], [1, 2, 3])
    assert.deepStrictEqual([...body.bytes], [4, 5])
  })

  it("C1: takes memory in proportion to its bytes, in pieces of one byte", () => {
    const [size, body] = held(() => {
      const body = new BoundedBody(4_000_000)
      for (let index = 0; index < 2_000_000; index++) body.add(Buffer.of(index & 0xff))
      return body
    })
    assert.strictEqual(body.bytes.byteLength, 2_000_000)
    // A list would hold a buffer of its own for each byte: 200 MB.
    assert.isBelow(size, 60_000_000)
  })

  it("keeps nothing behind its limit", async () => {
    const body = new BoundedBody(3)
    assert.isTrue(body.add(new Uint8Array(3)))
    assert.isFalse(body.add(new Uint8Array(1)))
    assert.isFalse(body.add(new Uint8Array(1000)))
    assert.strictEqual(body.bytes.byteLength, 4)
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1
        controller.enqueue(new Uint8Array(10))
      }
    })
    assert.isTrue((await readWeb(endless.getReader(), 95)).isTooLarge)
    assert.isBelow(pulled, 15)
  })
})
