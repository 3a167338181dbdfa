/**
 * The actions of the product "ebs", block storage. Each has its request, its response, and the codes of its own failures. The
 * clients and the gateway are both made from these values.
 */
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import {
  FailedOperation,
  InternalErrorAsyncRequestError,
  InvalidParameter,
  InvalidParameterValue,
  LimitExceeded,
  ResourceInsufficient,
  ResourceInUse,
  ResourceNotFound,
  ResourceUnavailable,
  UnauthorizedOperation,
  UnsupportedOperation
} from "effect-tencentcloud/CommonError"
import * as Product from "effect-tencentcloud/Product"

const ebs = {
  product: "ebs",
  version: "2026-01-01",
  regions: ["ap-chengdu", "ap-guangzhou", "ap-shanghai"]
}

/** In gigabytes. */
const Size = Schema.Int.pipe(Schema.between(10, 32_000))

/** A volume, as its owner sees it. */
export const Volume = Schema.Struct({
  VolumeId: Schema.String,
  Zone: Schema.String,
  Size,
  State: Schema.Literal("AVAILABLE", "ATTACHED", "RESIZING"),
  InstanceId: Schema.optional(Schema.String)
})

/** The name of the volume in CAM, for policies. */
const resources = ({ VolumeId }: { readonly VolumeId: string }): ReadonlyArray<string> => [
  `qcs::ebs:::volume/${VolumeId}`
]

/** What can be wrong with a volume that a request names: there is none, it is another account's, it is not ready. */
const ofVolume = [ResourceNotFound, UnauthorizedOperation, ResourceUnavailable] as const

export const CreateVolume = ApiClient.callable(
  Action.make("CreateVolume", {
    ...ebs,
    request: Schema.Struct({ Zone: Schema.String, Size, DryRun: Schema.optional(Schema.Boolean) }),
    response: Schema.Struct({ VolumeId: Schema.String }),
    errors: [InvalidParameterValue, LimitExceeded, ResourceInsufficient]
  })
)

export const DescribeVolumes = ApiClient.callable(
  Action.make("DescribeVolumes", {
    ...ebs,
    request: Schema.Struct({
      VolumeIds: Schema.optional(Schema.Array(Schema.String)),
      Zone: Schema.optional(Schema.String)
    }),
    response: Schema.Struct({ TotalCount: Schema.Int, Volumes: Schema.Array(Volume) }),
    errors: [InvalidParameter]
  })
)

export const AttachVolume = ApiClient.callable(
  Action.make("AttachVolume", {
    ...ebs,
    request: Schema.Struct({ VolumeId: Schema.String, InstanceId: Schema.String }),
    response: Schema.Struct({}),
    errors: [...ofVolume, ResourceInUse, UnsupportedOperation],
    resources
  })
)

export const DetachVolume = ApiClient.callable(
  Action.make("DetachVolume", {
    ...ebs,
    request: Schema.Struct({ VolumeId: Schema.String }),
    response: Schema.Struct({}),
    errors: [...ofVolume, FailedOperation, UnsupportedOperation],
    resources
  })
)

/** Continues after its answer: the task in the answer shows how it ended. Not yet available in Chengdu. */
export const ResizeVolume = ApiClient.callable(
  Action.make("ResizeVolume", {
    ...ebs,
    regions: ["ap-guangzhou", "ap-shanghai"],
    request: Schema.Struct({ VolumeId: Schema.String, Size }),
    response: Schema.Struct({ TaskId: Schema.String }),
    errors: [...ofVolume, ResourceInUse, InvalidParameterValue],
    resources
  })
)

export const DeleteVolume = ApiClient.callable(
  Action.make("DeleteVolume", {
    ...ebs,
    request: Schema.Struct({ VolumeId: Schema.String }),
    response: Schema.Struct({}),
    errors: [...ofVolume, ResourceInUse],
    resources
  })
)

/** A failed task is a failure of this action, so no caller mistakes it for a success. */
export const DescribeTask = ApiClient.callable(
  Action.make("DescribeTask", {
    ...ebs,
    request: Schema.Struct({ TaskId: Schema.String }),
    response: Schema.Struct({ Status: Schema.Literal("RUNNING", "SUCCEEDED") }),
    errors: [ResourceNotFound, InternalErrorAsyncRequestError]
  })
)

export const InquiryPriceCreateVolume = ApiClient.callable(
  Action.make("InquiryPriceCreateVolume", {
    ...ebs,
    request: Schema.Struct({ Zone: Schema.String, Size }),
    response: Schema.Struct({ PricePerHour: Schema.Number }),
    errors: [InvalidParameterValue]
  })
)

export const Ebs = Product.make([
  CreateVolume,
  DescribeVolumes,
  AttachVolume,
  DetachVolume,
  ResizeVolume,
  DeleteVolume,
  DescribeTask,
  InquiryPriceCreateVolume
])
