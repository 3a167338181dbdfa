import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Product from "effect-tencentcloud/Product"

const action = <const Name extends string>(name: Name, version: string) =>
  Action.make(name, { product: "ebs", version, request: Schema.Struct({}), response: Schema.Struct({}), errors: [] })

const CreateVolume = action("CreateVolume", "2026-01-01")
const DeleteVolume = action("DeleteVolume", "2026-01-01")
const DescribeVolumes = action("DescribeVolumes", "2025-01-01")

it("a product has its actions by name, made of actions or values that have one", () => {
  const Volumes = Product.make([
    CreateVolume,
    { action: DeleteVolume },
    Object.assign(() => 1, { action: DescribeVolumes })
  ])
  assert.strictEqual(Volumes.name, "ebs")
  assert.deepStrictEqual(Volumes.versions, ["2026-01-01", "2025-01-01"])
  assert.deepStrictEqual(Object.keys(Volumes.actions), ["CreateVolume", "DeleteVolume", "DescribeVolumes"])
  assert.strictEqual(Volumes.actions.CreateVolume, CreateVolume)
  assert.strictEqual(Volumes.actions.DeleteVolume, DeleteVolume)
  assert.strictEqual(Volumes.actions.DescribeVolumes, DescribeVolumes)
})
