/**
 * The state of the product: plain values, and functions from one state to the next.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type * as Contract from "./contract.js"

/** A data centre: what is left of its storage, in gigabytes, and what one costs by the hour. */
export interface Zone {
  readonly free: number
  readonly price: number | undefined
}

/** An instance to which volumes are attached. One that hangs does not detach them. */
export interface Instance {
  readonly zone: string
  readonly hangs: boolean
}

/** A volume and its account, which is not in the contract and so in no answer. */
export type Volume = typeof Contract.Volume.Type & { readonly owner: string }

/** Work that continues after its answer, and how it ended. */
export type Task = { readonly owner: string } & (
  | { readonly status: "RUNNING" | "SUCCEEDED" }
  | { readonly status: "FAILED"; readonly reason: string }
)

export interface State {
  /** How many volumes an account may have. */
  readonly quota: number
  readonly zones: HashMap.HashMap<string, Zone>
  readonly instances: HashMap.HashMap<string, Instance>
  readonly volumes: HashMap.HashMap<string, Volume>
  readonly tasks: HashMap.HashMap<string, Task>
  /** How many names exist so far. */
  readonly named: number
}

/** No volumes yet. */
export const make = (given: {
  readonly quota: number
  readonly zones: Readonly<Record<string, Zone>>
  readonly instances: Readonly<Record<string, Instance>>
}): State => ({
  quota: given.quota,
  zones: HashMap.fromIterable(Object.entries(given.zones)),
  instances: HashMap.fromIterable(Object.entries(given.instances)),
  volumes: HashMap.empty(),
  tasks: HashMap.empty(),
  named: 0
})

const name = (prefix: string, { named }: State): string => `${prefix}-${(named + 1).toString(36).padStart(8, "0")}`

const take = (state: State, zone: string, gigabytes: number): State => ({
  ...state,
  zones: HashMap.modify(state.zones, zone, (known) => ({ ...known, free: known.free - gigabytes }))
})

export const setVolume = (state: State, volume: Volume): State => ({
  ...state,
  volumes: HashMap.set(state.volumes, volume.VolumeId, volume)
})

export const addVolume = (
  state: State,
  volume: Pick<Volume, "Zone" | "Size" | "owner">
): readonly [VolumeId: string, State] => {
  const VolumeId = name("vol", state)
  const added = setVolume(state, { ...volume, VolumeId, State: "AVAILABLE" })
  return [VolumeId, take({ ...added, named: state.named + 1 }, volume.Zone, volume.Size)]
}

export const removeVolume = (state: State, { Size, VolumeId, Zone }: Volume): State =>
  take({ ...state, volumes: HashMap.remove(state.volumes, VolumeId) }, Zone, -Size)

/** Marks the volume as waiting, and adds the task that will resize it. */
export const beginResize = (state: State, volume: Volume): readonly [TaskId: string, State] => {
  const TaskId = name("task", state)
  const tasks = HashMap.set(state.tasks, TaskId, { owner: volume.owner, status: "RUNNING" as const })
  return [TaskId, setVolume({ ...state, tasks, named: state.named + 1 }, { ...volume, State: "RESIZING" })]
}

/** Resizes the volume. If its zone has no room, the task fails and the volume stays the same. */
export const endResize = (state: State, TaskId: string, volume: Volume, Size: number): State => {
  const more = Size - volume.Size
  const fits = Option.exists(HashMap.get(state.zones, volume.Zone), ({ free }) => free >= more)
  const task: Task = fits
    ? { owner: volume.owner, status: "SUCCEEDED" }
    : { owner: volume.owner, status: "FAILED", reason: `the zone \`${volume.Zone}\` has no room for ${more} GB more` }
  const ended = { ...state, tasks: HashMap.set(state.tasks, TaskId, task) }
  return fits ? take(setVolume(ended, { ...volume, Size }), volume.Zone, more) : setVolume(ended, volume)
}
