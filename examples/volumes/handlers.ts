/**
 * The handler of each action. It fails only with errors that the contract declares: anything else does not compile.
 */
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import type * as Layer from "effect/Layer"
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
import type { Call, Handlers } from "effect-tencentcloud/Gateway"
import * as Gateway from "effect-tencentcloud/Gateway"
import { Ebs } from "./contract.js"
import * as State from "./state.js"
import * as Storage from "./storage.js"

/** How long the storage needs to resize a volume. */
const resizeTime = "500 millis"

const findZone = (state: State.State, zone: string) =>
  Effect.mapError(
    HashMap.get(state.zones, zone),
    () => new InvalidParameterValue({ message: `The zone \`${zone}\` does not exist.` })
  )

const findInstance = (state: State.State, instanceId: string) =>
  Effect.mapError(
    HashMap.get(state.instances, instanceId),
    () => new ResourceNotFound({ message: `The instance \`${instanceId}\` does not exist.` })
  )

/** A volume of the caller that is ready. */
const findVolume = (state: State.State, volumeId: string, { account }: Call) =>
  Effect.gen(function* () {
    const volume = yield* Effect.mapError(
      HashMap.get(state.volumes, volumeId),
      () => new ResourceNotFound({ message: `The volume \`${volumeId}\` does not exist.` })
    )
    if (volume.owner !== account) {
      return yield* new UnauthorizedOperation({ message: `The volume \`${volumeId}\` belongs to another account.` })
    }
    if (volume.State === "RESIZING") {
      return yield* new ResourceUnavailable({ message: `The volume \`${volumeId}\` is still being resized.` })
    }
    return volume
  })

/** The same, if it is not attached to an instance. */
const findIdleVolume = (state: State.State, volumeId: string, call: Call) =>
  Effect.flatMap(findVolume(state, volumeId, call), (volume) =>
    volume.InstanceId === undefined
      ? Effect.succeed(volume)
      : new ResourceInUse({ message: `The volume \`${volumeId}\` is attached to \`${volume.InstanceId}\`.` })
  )

export const EbsLive: Layer.Layer<Handlers, never, Storage.Storage> = Gateway.handlers(Ebs, {
  CreateVolume: ({ Size, Zone }, { account }) =>
    Storage.change((state) =>
      Effect.gen(function* () {
        const zone = yield* findZone(state, Zone)
        const owned = HashMap.size(HashMap.filter(state.volumes, ({ owner }) => owner === account))
        if (owned >= state.quota) {
          return yield* new LimitExceeded({ message: `You have ${owned} volumes, and your quota is ${state.quota}.` })
        }
        if (zone.free < Size) {
          return yield* new ResourceInsufficient({ message: `The zone \`${Zone}\` is sold out: take another one.` })
        }
        const [VolumeId, next] = State.addVolume(state, { Zone, Size, owner: account })
        return [{ VolumeId }, next]
      })
    ),

  DescribeVolumes: ({ VolumeIds, Zone }, { account }) =>
    Effect.gen(function* () {
      if (VolumeIds !== undefined && Zone !== undefined) {
        return yield* new InvalidParameter({ message: "`VolumeIds` and `Zone` cannot be given together." })
      }
      const { volumes } = yield* Storage.state
      const found = [...HashMap.values(volumes)].filter(
        (volume) =>
          volume.owner === account &&
          (VolumeIds?.includes(volume.VolumeId) ?? true) &&
          (Zone === undefined || volume.Zone === Zone)
      )
      return { TotalCount: found.length, Volumes: found }
    }),

  AttachVolume: ({ InstanceId, VolumeId }, call) =>
    Storage.change((state) =>
      Effect.gen(function* () {
        const volume = yield* findIdleVolume(state, VolumeId, call)
        const { zone } = yield* findInstance(state, InstanceId)
        if (zone !== volume.Zone) {
          return yield* new UnsupportedOperation({
            message: `The volume is in \`${volume.Zone}\` and the instance in \`${zone}\`.`
          })
        }
        return [{}, State.setVolume(state, { ...volume, State: "ATTACHED", InstanceId })]
      })
    ),

  DetachVolume: ({ VolumeId }, call) =>
    Storage.change((state) =>
      Effect.gen(function* () {
        const { InstanceId, ...volume } = yield* findVolume(state, VolumeId, call)
        if (InstanceId === undefined) {
          return yield* new UnsupportedOperation({ message: `The volume \`${VolumeId}\` is not attached.` })
        }
        const { hangs } = yield* findInstance(state, InstanceId)
        if (hangs) {
          return yield* new FailedOperation({ message: `The instance \`${InstanceId}\` did not let go of the volume.` })
        }
        return [{}, State.setVolume(state, { ...volume, State: "AVAILABLE" })]
      })
    ),

  ResizeVolume: ({ Size, VolumeId }, call) =>
    Effect.gen(function* () {
      const { TaskId, volume } = yield* Storage.change((state) =>
        Effect.gen(function* () {
          const volume = yield* findIdleVolume(state, VolumeId, call)
          if (Size <= volume.Size) {
            return yield* new InvalidParameterValue({ message: `The volume has ${volume.Size} GB, and can only grow.` })
          }
          const [TaskId, next] = State.beginResize(state, volume)
          return [{ TaskId, volume }, next]
        })
      )
      const grow = Storage.change((state) => Effect.succeed([undefined, State.endResize(state, TaskId, volume, Size)]))
      yield* Storage.start(Effect.delay(grow, resizeTime))
      return { TaskId }
      // A caller who hangs up in between must not leave a volume waiting for a task that was never started.
    }).pipe(Effect.uninterruptible),

  DeleteVolume: ({ VolumeId }, call) =>
    Storage.change((state) =>
      Effect.map(findIdleVolume(state, VolumeId, call), (volume) => [{}, State.removeVolume(state, volume)])
    ),

  DescribeTask: ({ TaskId }, { account }) =>
    Effect.gen(function* () {
      const { tasks } = yield* Storage.state
      const task = yield* HashMap.get(tasks, TaskId).pipe(
        Effect.filterOrFail(({ owner }) => owner === account),
        Effect.mapError(() => new ResourceNotFound({ message: `The task \`${TaskId}\` does not exist.` }))
      )
      if (task.status === "FAILED") {
        return yield* new InternalErrorAsyncRequestError({ message: `The task \`${TaskId}\` failed: ${task.reason}.` })
      }
      return { Status: task.status }
    }),

  InquiryPriceCreateVolume: ({ Size, Zone }) =>
    Effect.gen(function* () {
      const { price } = yield* findZone(yield* Storage.state, Zone)
      // A mistake of ours, which no caller can correct, is a defect. The log shows its cause, the answer does not.
      if (price === undefined) return yield* Effect.dieMessage(`the zone ${Zone} was opened without a price`)
      return { PricePerHour: price * Size }
    })
})
