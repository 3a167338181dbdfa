/** The actions that the compile-time tests speak of. Nothing of these tests is ever run. */
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import { ApiError } from "effect-tencentcloud/ApiError"
import { ResourceInsufficient } from "effect-tencentcloud/CommonError"
import * as Product from "effect-tencentcloud/Product"
import * as ApiClient from "effect-tencentcloud/ApiClient"

export class VolumeAttached extends ApiError("ResourceInUse.VolumeAttached") {}
export class SnapshotRunning extends ApiError("ResourceInUse.SnapshotRunning") {}
export class TooOften extends ApiError("LimitExceeded.RateLimitExceeded") {}
export class RegionError extends ApiError("RegionError") {}

const ebs = { product: "ebs", version: "2026-01-01" }

export const CreateVolume = ApiClient.callable(
  Action.make("CreateVolume", {
    ...ebs,
    request: Schema.Struct({ Size: Schema.Int, Name: Schema.optional(Schema.String), DryRun: Schema.optional(Schema.Boolean) }),
    response: Schema.Struct({ VolumeId: Schema.String }),
    // One of its own, and one that is common anyway.
    errors: [TooOften, ResourceInsufficient]
  })
)

export const DeleteVolume = ApiClient.callable(
  Action.make("DeleteVolume", {
    ...ebs,
    request: Schema.Struct({ VolumeId: Schema.String }),
    response: Schema.Struct({}),
    errors: [VolumeAttached]
  })
)

/** The same, after one more error has been declared. */
export const DeleteVolumeNext = ApiClient.callable(
  Action.make("DeleteVolume", {
    ...ebs,
    request: Schema.Struct({ VolumeId: Schema.String }),
    response: Schema.Struct({}),
    errors: [VolumeAttached, SnapshotRunning]
  })
)

export const DescribeVolumes = ApiClient.callable(
  Action.make("DescribeVolumes", {
    ...ebs,
    request: Schema.Struct({ Limit: Schema.optional(Schema.Int) }),
    response: Schema.Struct({ TotalCount: Schema.Int }),
    errors: []
  })
)

export const Volumes = Product.make([CreateVolume, DeleteVolume, DescribeVolumes.action])
