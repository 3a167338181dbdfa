/**
 * One entry for each row of the specification's error codes, in its order: the code, and its real cause.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { ApiError } from "effect-tencentcloud/ApiError"
import * as CommonError from "effect-tencentcloud/CommonError"
import * as Ebs from "../volumes/contract.js"
import { as, asLatecomer, put } from "./clients.js"
import type { Failure } from "./handle.js"
import * as Releases from "./releases.js"
import { instances, keys, type World, zones } from "./world.js"

export interface Provocation {
  /** The class of the code. */
  readonly error: ApiError.AnyClass
  /** How it is provoked, in words. */
  readonly cause: string
  readonly provoke: Effect.Effect<unknown, Failure, World>
}

const owner = as(keys.owner)

const create = Ebs.CreateVolume({ Zone: zones.roomy, Size: 20 })

/** A volume that is attached to an instance. */
const attached = (InstanceId: string) =>
  Effect.tap(create, ({ VolumeId }) => Ebs.AttachVolume({ VolumeId, InstanceId }))

/** Calls until the task has ended. */
const finished = (TaskId: string) =>
  Effect.repeat(Ebs.DescribeTask({ TaskId }), {
    until: ({ Status }) => Status !== "RUNNING",
    schedule: Schedule.spaced("100 millis")
  })

export const common: ReadonlyArray<Provocation> = [
  {
    error: CommonError.AuthFailureInvalidSecretId,
    cause: "a SecretId that is not one of a cloud API key",
    provoke: Ebs.DescribeVolumes().pipe(as({ secretId: "owner@example.com", secretKey: "made-up-8" }))
  },
  {
    error: CommonError.AuthFailureMFAFailure,
    cause: "a key that needs a second factor, without it",
    provoke: Ebs.DescribeVolumes().pipe(as(keys.guarded))
  },
  {
    error: CommonError.AuthFailureSecretIdNotFound,
    cause: "a key that has been disabled",
    provoke: Ebs.DescribeVolumes().pipe(as(keys.disabled))
  },
  {
    error: CommonError.AuthFailureSignatureExpire,
    cause: "a clock that is six minutes slow",
    provoke: Ebs.DescribeVolumes().pipe(asLatecomer(keys.owner))
  },
  {
    error: CommonError.AuthFailureSignatureFailure,
    cause: "the SecretKey of another SecretId",
    provoke: Ebs.DescribeVolumes().pipe(as({ ...keys.owner, secretKey: keys.neighbour.secretKey }))
  },
  {
    error: CommonError.AuthFailureTokenFailure,
    cause: "a temporary key whose time is over",
    provoke: Ebs.DescribeVolumes().pipe(as(keys.expired))
  },
  {
    error: CommonError.AuthFailureUnauthorizedOperation,
    cause: "a sub-account that may only describe deletes",
    provoke: Effect.flatMap(owner(create), ({ VolumeId }) => Ebs.DeleteVolume({ VolumeId }).pipe(as(keys.auditor)))
  },
  {
    error: CommonError.DryRunOperation,
    cause: "creating a volume with DryRun",
    provoke: Ebs.CreateVolume({ Zone: zones.roomy, Size: 20, DryRun: true }).pipe(owner)
  },
  {
    error: CommonError.FailedOperation,
    cause: "detaching a volume from an instance that hangs",
    provoke: attached(instances.hung).pipe(
      Effect.flatMap(({ VolumeId }) => Ebs.DetachVolume({ VolumeId })),
      owner
    )
  },
  {
    error: CommonError.InternalError,
    cause: "a defect in a handler: a zone without a price",
    provoke: Ebs.InquiryPriceCreateVolume({ Zone: zones.unpriced, Size: 20 }).pipe(owner)
  },
  {
    error: CommonError.InvalidAction,
    cause: "an action that only a later release has",
    provoke: Releases.CloneVolume({ VolumeId: "vol-00000001" }).pipe(owner)
  },
  {
    error: CommonError.InvalidParameter,
    cause: "an older client, which writes sizes as texts",
    provoke: Releases.CreateVolumeOfTextSize({ Zone: zones.roomy, Size: "20GB" }).pipe(owner)
  },
  {
    error: CommonError.InvalidParameterValue,
    cause: "an older client, which asks for 5 GB",
    provoke: Releases.CreateVolumeOfAnySize({ Zone: zones.roomy, Size: 5 }).pipe(owner)
  },
  {
    error: CommonError.LimitExceeded,
    cause: "creating volumes until the quota is used up",
    provoke: Effect.forever(create).pipe(as(keys.neighbour))
  },
  {
    error: CommonError.MissingParameter,
    cause: "an older client, which knows no zones",
    provoke: Releases.CreateVolumeWithoutZone({ Size: 20 }).pipe(owner)
  },
  {
    error: CommonError.NoSuchVersion,
    cause: "a client of a version that is served no more",
    provoke: Releases.DescribeVolumesOf2025().pipe(owner)
  },
  {
    error: CommonError.RequestLimitExceeded,
    cause: "the 21st request of a second",
    // If a second ends during the 21 calls, a later round fits into one.
    provoke: Effect.replicateEffect(Ebs.DescribeVolumes(), 21, { concurrency: "unbounded", discard: true }).pipe(
      Effect.repeatN(9),
      as(keys.auditor)
    )
  },
  {
    error: CommonError.ResourceInUse,
    cause: "deleting a volume that is attached",
    provoke: attached(instances.web).pipe(
      Effect.flatMap(({ VolumeId }) => Ebs.DeleteVolume({ VolumeId })),
      owner
    )
  },
  {
    error: CommonError.ResourceInsufficient,
    cause: "creating a volume in a zone that is sold out",
    provoke: Ebs.CreateVolume({ Zone: zones.soldOut, Size: 20 }).pipe(owner)
  },
  {
    error: CommonError.ResourceNotFound,
    cause: "deleting a volume twice",
    provoke: Effect.flatMap(create, ({ VolumeId }) => Effect.repeatN(Ebs.DeleteVolume({ VolumeId }), 1)).pipe(owner)
  },
  {
    error: CommonError.ResourceUnavailable,
    cause: "attaching a volume that is still being resized",
    provoke: create.pipe(
      Effect.tap(({ VolumeId }) => Ebs.ResizeVolume({ VolumeId, Size: 50 })),
      Effect.flatMap(({ VolumeId }) => Ebs.AttachVolume({ VolumeId, InstanceId: instances.web })),
      owner
    )
  },
  {
    error: CommonError.UnauthorizedOperation,
    cause: "deleting a volume of another account",
    provoke: Effect.flatMap(owner(create), ({ VolumeId }) => Ebs.DeleteVolume({ VolumeId }).pipe(as(keys.neighbour)))
  },
  {
    error: CommonError.UnknownParameter,
    cause: "a newer client, which asks for encryption",
    provoke: Releases.CreateEncryptedVolume({ Zone: zones.roomy, Size: 20, Encrypted: true }).pipe(owner)
  },
  {
    error: CommonError.UnsupportedOperation,
    cause: "attaching a volume to another zone's instance",
    provoke: attached(instances.elsewhere).pipe(owner)
  },
  {
    error: CommonError.UnsupportedProtocol,
    cause: "a PUT",
    provoke: put(Ebs.CreateVolume.action)
  },
  {
    error: CommonError.UnsupportedRegion,
    cause: "resizing in a region that does not offer it",
    provoke: Effect.flatMap(create, ({ VolumeId }) =>
      Ebs.ResizeVolume({ VolumeId, Size: 50 }, { region: "ap-chengdu" })
    ).pipe(owner)
  }
]

export const service: ReadonlyArray<Provocation> = [
  {
    error: CommonError.InternalErrorAsyncRequestError,
    cause: "a task that failed, since its zone was full",
    provoke: Ebs.CreateVolume({ Zone: zones.nearlyFull, Size: 80 }).pipe(
      Effect.flatMap(({ VolumeId }) => Ebs.ResizeVolume({ VolumeId, Size: 200 })),
      Effect.flatMap(({ TaskId }) => finished(TaskId)),
      owner
    )
  },
  {
    error: CommonError.InvalidParameter,
    cause: "a handler that refuses two filters at once",
    provoke: Ebs.DescribeVolumes({ VolumeIds: ["vol-00000001"], Zone: zones.roomy }).pipe(owner)
  }
]

export const all: ReadonlyArray<Provocation> = [...common, ...service]
