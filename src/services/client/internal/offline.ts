/** Keeps calls away from the real cloud: under `TENCENTCLOUD_OFFLINE`, and with the public key of the emulator. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CredentialsUnavailable } from "../../../domain/errors/ClientError.js"
import { isEmulatorKey, isSignedByEmulatorKey } from "../../../domain/rules/internal/emulatorKey.js"
import * as Host from "../../../domain/wire/Host.js"
import { TransportFault, type WireRequest } from "../../../domain/wire/Wire.js"
import type { Signer } from "../Signer.js"
import type { Transport } from "../Transport.js"

const name = "TENCENTCLOUD_OFFLINE"

// Any other value forbids calls: a value that was misspelt must not allow them.
const allows = new Set(["", "0", "false", "no", "off"])

const forbidsIn = (config: ConfigProvider.ConfigProvider): Effect.Effect<boolean> =>
  config.load(Config.option(Config.string(name))).pipe(
    Effect.map(Option.exists((value) => !allows.has(value.trim().toLowerCase()))),
    Effect.orElseSucceed(() => true)
  )

/**
 * Whether `TENCENTCLOUD_OFFLINE` forbids calls to the real cloud. It counts in the configuration of the program, and in the environment
 * of the process, which the configuration may leave out.
 */
export const isOffline: Effect.Effect<boolean> = /* #__PURE__ */ Effect.suspend(() =>
  Effect.zipWith(
    Effect.configProviderWith(forbidsIn),
    forbidsIn(ConfigProvider.fromEnv()),
    (inProgram, inProcess) => inProgram || inProcess
  )
)

const offlineReason = (host: string): string => `\`${name}\` is set, and ${host} is a host of the real cloud`

const emulatorReason = (host: string): string =>
  `the key is the public one of the emulator, and ${host} is a host of the real cloud`

const fault = (reason: string) => new TransportFault({ reason, sent: false, permanent: true })

/** Fails if a host may not be asked. */
export const check = (host: string): Effect.Effect<void, TransportFault> =>
  Effect.flatMap(isOffline, (offline) =>
    offline && Host.isCloud(host) ? Effect.fail(fault(offlineReason(host))) : Effect.void
  )

/**
 * What a client may not do. An attempt asks before it needs a connection, and again when it has signed, since the key may have changed
 * between the two.
 */
export class Guard {
  /** Whether there is nothing to ask before a connection: for a real key, and for a transport that stays in this process. */
  private isOpen: boolean

  constructor(
    private readonly isOffline: boolean,
    private readonly isLocal: boolean,
    private readonly signer: Signer["Type"]
  ) {
    this.isOpen = isLocal
  }

  /** Whether an attempt has to ask before it needs a connection to a host. */
  isAsked(host: string): boolean {
    return !this.isOpen && Host.isCloud(host)
  }

  /** Fails if a host of the cloud may not be asked, or not with the key that is there now. */
  beforeConnection(host: string, isSigned: boolean): Effect.Effect<void, TransportFault | CredentialsUnavailable> {
    if (this.isOffline) return Effect.fail(fault(offlineReason(host)))
    const { secretId } = this.signer
    if (!isSigned || secretId === undefined) return Effect.void
    return Effect.flatMap(secretId, (secretId) => {
      if (isEmulatorKey(secretId)) return Effect.fail(fault(emulatorReason(host)))
      this.isOpen = true
      return Effect.void
    })
  }

  /** Returns why a request that is signed may not be sent. */
  forbids({ body, headers, query }: WireRequest, host: string): TransportFault | undefined {
    return !this.isLocal && isSignedByEmulatorKey(headers.authorization, query, body) && Host.isCloud(host)
      ? fault(emulatorReason(host))
      : undefined
  }
}

/** Makes the guard of a client. */
export const makeGuard = (transport: Transport["Type"], signer: Signer["Type"]): Effect.Effect<Guard> =>
  Effect.map(isOffline, (offline) => new Guard(offline, transport.isLocal === true, signer))
