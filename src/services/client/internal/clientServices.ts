/** The services that a client makes its calls with. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Deprecations from "../../internal/deprecations.js"
import * as CircuitBreaker from "../CircuitBreaker.js"
import { ClockSync } from "../ClockSync.js"
import { CredentialProvider } from "../CredentialProvider.js"
import { Signer } from "../Signer.js"
import { Throttle } from "../Throttle.js"
import { Transport } from "../Transport.js"
import { type TimedTransport, timed } from "./callbackTransport.js"
import { DeviationLog } from "./deviations.js"
import * as Offline from "./offline.js"
import { Repair } from "./repair.js"
import { RetryBudget } from "./retryBudget.js"

/** What a client makes its calls with. */
export interface ClientServices {
  readonly transport: TimedTransport
  readonly signer: Signer["Type"]
  readonly clock: ClockSync["Type"]
  readonly credentials: CredentialProvider["Type"]
  readonly throttle: Throttle["Type"]
  readonly breaker: CircuitBreaker.CircuitBreaker["Type"]
  readonly guard: Offline.Guard
  readonly budget: RetryBudget
  readonly clockRepair: Repair
  readonly credentialRepair: Repair
  readonly deprecations: Deprecations.Deprecations
  readonly deviations: DeviationLog
  /** The `Date` header that the clock saw last. Dates count seconds, so the clock needs each of them once. */
  observedDate: string
  /** How many calls have succeeded. */
  successes: number
}

/** Collects the services of a client. The circuit breaker is the client's own, unless the program provides one. */
export const make: Effect.Effect<
  ClientServices,
  never,
  Transport | Signer | ClockSync | CredentialProvider | Throttle
> = Effect.gen(function* () {
  const given = yield* Effect.serviceOption(CircuitBreaker.CircuitBreaker)
  const transport = yield* Transport
  const signer = yield* Signer
  return {
    transport: timed(transport),
    signer,
    clock: yield* ClockSync,
    credentials: yield* CredentialProvider,
    throttle: yield* Throttle,
    breaker: Option.isSome(given) ? given.value : yield* CircuitBreaker.make(),
    guard: yield* Offline.makeGuard(transport, signer),
    budget: new RetryBudget(),
    clockRepair: new Repair(),
    credentialRepair: new Repair(),
    deprecations: Deprecations.make(),
    deviations: new DeviationLog(),
    observedDate: "",
    successes: 0
  }
})
