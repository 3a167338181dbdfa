import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import { BoundedMap } from "../../../src/services/internal/boundedMap.js"

/** The same, as slow as can be: a list of entries, oldest first. */
class Model {
  private all: Array<readonly [key: number, value: number]> = []

  constructor(private readonly capacity: number) {}

  entries = () => this.all

  get = (key: number) => this.all.find(([known]) => known === key)?.[1]

  delete = (key: number) => {
    this.all = this.all.filter(([known]) => known !== key)
  }

  use = (key: number) => {
    const value = this.get(key)
    if (value === undefined) return value
    this.delete(key)
    this.all.push([key, value])
    return value
  }

  set = (key: number, value: number) => {
    const place = this.all.findIndex(([known]) => known === key)
    if (place >= 0) this.all[place] = [key, value]
    else this.all.push([key, value])
    if (this.all.length > this.capacity) this.all.shift()
  }

  oldest = () => this.all[0]

  takeOldest = () => this.all.shift()
}

const key = FC.nat(12)

const step = FC.oneof(
  { arbitrary: FC.record({ does: FC.constant("set" as const), key, value: FC.nat() }), weight: 4 },
  FC.record({ does: FC.constantFrom("get" as const, "use" as const, "delete" as const), key }),
  FC.record({ does: FC.constantFrom("oldest" as const, "takeOldest" as const) })
)

describe("BoundedMap", () => {
  it.prop(
    "forgets the entry that was added or used first",
    { capacity: FC.nat(8), steps: FC.array(step, { maxLength: 200, size: "max" }) },
    ({ capacity, steps }) => {
      const map = new BoundedMap<number, number>(capacity)
      const model = new Model(capacity)
      for (const step of steps) {
        switch (step.does) {
          case "set":
            map.set(step.key, step.value)
            model.set(step.key, step.value)
            break
          case "get":
            assert.strictEqual(map.get(step.key), model.get(step.key))
            break
          case "use":
            assert.strictEqual(map.use(step.key), model.use(step.key))
            break
          case "delete":
            map.delete(step.key)
            model.delete(step.key)
            break
          case "oldest":
            assert.deepStrictEqual(map.oldest(), model.oldest())
            break
          case "takeOldest":
            assert.deepStrictEqual(map.takeOldest(), model.takeOldest())
            break
        }
        assert.deepStrictEqual([...map], model.entries())
        assert.strictEqual(map.size, model.entries().length)
      }
    },
    { fastCheck: { numRuns: 500 } }
  )

  it("holds no more memory after millions of uses of the same entries", () => {
    const map = new BoundedMap<number, number>(1000)
    for (let key = 0; key < 10; key++) map.set(key, key)
    const use = (count: number): number => {
      for (let index = 0; index < count; index++) map.use(index % 10)
      return process.memoryUsage().heapUsed
    }
    const before = use(100_000)
    assert.isBelow(use(5_000_000) - before, 100_000_000)
  })
})
