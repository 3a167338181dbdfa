import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as RateLimit from "../../../src/domain/rules/RateLimit.js"

const call: RateLimit.Call = {
  product: "ebs",
  action: "DescribeVolumes",
  accessRegion: "ap-guangzhou",
  account: "100000000001",
  identity: "100000000002",
  address: "203.0.113.7",
  limit: undefined
}

const limits = { action: 20, account: 100, accountGlobal: 200, address: 50 }

const keys = (changed: Partial<RateLimit.Call>) =>
  Object.fromEntries(RateLimit.buckets({ ...call, ...changed }, limits).map(({ key, kind }) => [kind, key]))

it("a call counts in a bucket for each limit, and in no other", () => {
  const kinds = (limits: RateLimit.Limits, changed: Partial<RateLimit.Call> = {}) =>
    RateLimit.buckets({ ...call, ...changed }, limits).map(({ kind, limit }) => [kind, limit])
  assert.deepStrictEqual(kinds(limits), [
    ["action", 20],
    ["account", 100],
    ["accountGlobal", 200],
    ["address", 50]
  ])
  assert.deepStrictEqual(kinds({}), [])
  assert.deepStrictEqual(kinds({ address: 50 }, { address: undefined }), [])
  assert.deepStrictEqual(kinds({ action: 20 }, { limit: 5 }), [["action", 5]])
  assert.deepStrictEqual(kinds({}, { limit: 5 }), [["action", 5]])
})

describe("calls count separately", () => {
  const all = ["action", "account", "accountGlobal", "address"]
  it.each<[Partial<RateLimit.Call>, ReadonlyArray<string>]>([
    [{}, []],
    [{ limit: 5 }, []],
    [{ product: "cvm" }, ["action"]],
    [{ action: "CreateVolume" }, ["action"]],
    [{ identity: "100000000003" }, ["action"]],
    [{ accessRegion: "ap-shanghai" }, ["action", "account"]],
    [{ account: "200000000001" }, ["action", "account", "accountGlobal"]],
    [{ address: "203.0.113.8" }, ["address"]]
  ])("with %o in %j", (changed, apart) => {
    const [before, after] = [keys({}), keys(changed)]
    assert.deepStrictEqual(
      all.filter((kind) => before[kind] !== after[kind]),
      apart
    )
  })
})

it.prop(
  "no names, however chosen, make two different callers one",
  [
    FC.record({
      product: FC.string(),
      action: FC.string(),
      accessRegion: FC.string(),
      account: FC.string(),
      identity: FC.string()
    }),
    FC.string()
  ],
  ([names, other]) => {
    const parts = Object.keys(names) as ReadonlyArray<keyof typeof names>
    for (const part of parts.filter((part) => names[part] !== other)) {
      assert.notStrictEqual(keys({ ...names, [part]: other }).action, keys(names).action)
    }
  }
)

it("calls count separately if only the border between two names moves", () =>
  assert.notStrictEqual(keys({ product: "a", action: "b/c" }).action, keys({ product: "a/b", action: "c" }).action))
