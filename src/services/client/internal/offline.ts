/** Keeps calls away from the real cloud: under `TENCENTCLOUD_OFFLINE`, and with the public key of the emulator. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Host from "../../../domain/wire/Host.js"
import * as Environment from "./environment.js"

const name = "TENCENTCLOUD_OFFLINE"

// Any other value forbids calls: a value that was misspelt must not allow them.
const allows = new Set(["", "0", "false", "no", "off"])

const forbids: Effect.Effect<boolean> = /* #__PURE__ */ Effect.suspend(() =>
  // A variable that may not be read counts as not set.
  Environment.read(Config.option(Config.string(name))).pipe(
    Effect.map(Option.exists((value) => !allows.has(value.trim().toLowerCase()))),
    Effect.orElseSucceed(() => true)
  )
)

/**
 * Whether `TENCENTCLOUD_OFFLINE` forbids calls to the real cloud. It counts in the configuration of the program, and in the environment
 * of the process, which the configuration may leave out.
 */
export const isOffline: Effect.Effect<boolean> = /* #__PURE__ */ Effect.suspend(() =>
  Effect.zipWith(
    forbids,
    Effect.withConfigProvider(forbids, ConfigProvider.fromEnv()),
    (inProgram, inProcess) => inProgram || inProcess
  )
)

/** Why a call to a host of the real cloud is refused. */
export const offlineReason = (host: string): string => `\`${name}\` is set, and ${host} is a host of the real cloud`

/** Fails if a host may not be asked. */
export const check = (host: string): Effect.Effect<void, { readonly reason: string }> =>
  Effect.flatMap(isOffline, (offline) =>
    offline && Host.isCloud(host) ? Effect.fail({ reason: offlineReason(host) }) : Effect.void
  )
