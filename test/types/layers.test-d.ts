/** What each layer gives, what building it can fail with, and what it needs: exactly. */
import type * as Experimental from "@effect/experimental/RateLimiter"
import type { HttpClient } from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Signer from "effect-tencentcloud/Signer"
import * as Transport from "effect-tencentcloud/Transport"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import type * as Clients from "effect-tencentcloud/ApiClient"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import type { Address, GatewayServer, ListenError, TlsError } from "effect-tencentcloud/NodeGateway"
import type { Handlers } from "effect-tencentcloud/Gateway"
import { describe, expectTypeOf, it } from "vitest"

describe("the client's layers", () => {
  it("need what is left to choose", () => {
    expectTypeOf(ApiClient.layerServices()).toEqualTypeOf<
      Layer.Layer<ApiClient.ApiClient, never, Transport.Transport | Signer.Signer | ClockSync.ClockSync | CredentialProvider.CredentialProvider | Throttle.Throttle>
    >()
    expectTypeOf(ApiClient.layerHttp()).toEqualTypeOf<Layer.Layer<ApiClient.ApiClient, never, CredentialProvider.CredentialProvider | HttpClient>>()
    expectTypeOf(ApiClient.layer()).toEqualTypeOf<Layer.Layer<ApiClient.ApiClient, ConfigError>>()
    expectTypeOf(Signer.layer).toEqualTypeOf<Layer.Layer<Signer.Signer, never, CredentialProvider.CredentialProvider | ClockSync.ClockSync>>()
    expectTypeOf(Transport.layerHttp).toEqualTypeOf<Layer.Layer<Transport.Transport, never, HttpClient>>()
    expectTypeOf(InProcess.layerTransport).toEqualTypeOf<Layer.Layer<Transport.Transport, never, Gateway.Gateway>>()
    expectTypeOf(InProcess.layer).toEqualTypeOf<Layer.Layer<ApiClient.ApiClient | Gateway.Gateway, never, Handlers>>()
    expectTypeOf(InProcess.layerWith({ region: "ap-guangzhou" })).toEqualTypeOf<Layer.Layer<ApiClient.ApiClient | Gateway.Gateway, never, Handlers>>()
  })

  it("take the options of a call, and no others", () => {
    expectTypeOf(ApiClient.layerServices).parameter(0).toEqualTypeOf<Clients.Options | undefined>()
    // @ts-expect-error
    ApiClient.layer({ regoin: "ap-guangzhou" })
    // @ts-expect-error
    InProcess.layerWith({ regoin: "ap-guangzhou" })
  })

  it("find a credential", () => {
    expectTypeOf(CredentialProvider.layerStatic({ secretId: "", secretKey: "" })).toEqualTypeOf<Layer.Layer<CredentialProvider.CredentialProvider>>()
    expectTypeOf(CredentialProvider.layerEnvironment).toEqualTypeOf<Layer.Layer<CredentialProvider.CredentialProvider>>()
    expectTypeOf(CredentialProvider.layerConfig({ secretId: Config.string("ID"), secretKey: Config.redacted("KEY") })).toEqualTypeOf<
      Layer.Layer<CredentialProvider.CredentialProvider, ConfigError>
    >()
    // @ts-expect-error no key
    CredentialProvider.layerStatic({ secretId: "" })
  })
})

describe("the gateway's layers", () => {
  it("need the services of the checks, and the handlers", () => {
    expectTypeOf(Gateway.layer()).toEqualTypeOf<
      Layer.Layer<Gateway.Gateway, never, Handlers | TimestampValidator.TimestampValidator | CredentialValidator.CredentialValidator | RateLimiter.RateLimiter | Authorizer.Authorizer>
    >()
    expectTypeOf(Gateway.layer({ maxResponseSize: 1 })).toEqualTypeOf<Layer.Layer<Gateway.Gateway, never, GatewayCheck.Services>>()
    expectTypeOf(Gateway.layer({ checks: [GatewayCheck.method, GatewayCheck.size] })).toEqualTypeOf<Layer.Layer<Gateway.Gateway, never, Handlers>>()
    expectTypeOf(Gateway.layer({ checks: [GatewayCheck.method, GatewayCheck.clock] })).toEqualTypeOf<Layer.Layer<Gateway.Gateway, never, Handlers | TimestampValidator.TimestampValidator>>()
  })

  it("can be composed one by one", () => {
    expectTypeOf(CredentialValidator.layer).toEqualTypeOf<Layer.Layer<CredentialValidator.CredentialValidator, never, KeyStore.KeyStore>>()
    expectTypeOf(KeyStore.layerMemory([])).toEqualTypeOf<Layer.Layer<KeyStore.KeyStore>>()
    expectTypeOf(Authorizer.layerAllowAll).toEqualTypeOf<Layer.Layer<Authorizer.Authorizer>>()
    expectTypeOf(Authorizer.layerPolicies({})).toEqualTypeOf<Layer.Layer<Authorizer.Authorizer, ConfigError>>()
    expectTypeOf(RateLimiter.layerStore()).toEqualTypeOf<Layer.Layer<RateLimiter.RateLimiter, never, Experimental.RateLimiterStore>>()
    expectTypeOf(RateLimiter.layerMemory()).toEqualTypeOf<Layer.Layer<RateLimiter.RateLimiter>>()
    expectTypeOf(RateLimiter.layerUnlimited).toEqualTypeOf<Layer.Layer<RateLimiter.RateLimiter>>()
    expectTypeOf(RateLimiter.layerStoreMemory()).toEqualTypeOf<Layer.Layer<Experimental.RateLimiterStore>>()
    expectTypeOf(ClockSync.layerSystem).toEqualTypeOf<Layer.Layer<ClockSync.ClockSync>>()
    expectTypeOf(ClockSync.layerLearning).toEqualTypeOf<Layer.Layer<ClockSync.ClockSync>>()
    expectTypeOf(ClockSync.layerSkewed("1 minute")).toEqualTypeOf<Layer.Layer<ClockSync.ClockSync>>()
    expectTypeOf(ClockSync.layerFixed(0)).toEqualTypeOf<Layer.Layer<ClockSync.ClockSync>>()
    expectTypeOf(Throttle.layerUnlimited).toEqualTypeOf<Layer.Layer<Throttle.Throttle>>()
    expectTypeOf(Throttle.layerLearning).toEqualTypeOf<Layer.Layer<Throttle.Throttle>>()
    expectTypeOf(Throttle.layerMemory()).toEqualTypeOf<Layer.Layer<Throttle.Throttle>>()
    expectTypeOf(Throttle.layerStore()).toEqualTypeOf<Layer.Layer<Throttle.Throttle, never, Experimental.RateLimiterStore>>()
    expectTypeOf(Throttle.layerConfig({ action: Config.integer("LIMIT") })).toEqualTypeOf<Layer.Layer<Throttle.Throttle, ConfigError>>()
    expectTypeOf(TimestampValidator.layer).toEqualTypeOf<Layer.Layer<TimestampValidator.TimestampValidator>>()
    expectTypeOf(TimestampValidator.layerSkewed("1 minute")).toEqualTypeOf<Layer.Layer<TimestampValidator.TimestampValidator>>()
    expectTypeOf(TimestampValidator.layerFixed(0)).toEqualTypeOf<Layer.Layer<TimestampValidator.TimestampValidator>>()
    expectTypeOf(TimestampValidator.layerConfig({ window: Config.duration("WINDOW") })).toEqualTypeOf<Layer.Layer<TimestampValidator.TimestampValidator, ConfigError>>()
  })

  it("listen, and can fail with ListenError", () => {
    expectTypeOf(NodeGateway.layer()).toEqualTypeOf<Layer.Layer<GatewayServer, ListenError, Gateway.Gateway>>()
    expectTypeOf(NodeGateway.serve()).toEqualTypeOf<Effect.Effect<Address, ListenError, Gateway.Gateway | Scope>>()
  })

  it("can fail with TlsError too, where they serve TLS", () => {
    expectTypeOf(NodeGateway.layer({ tls: "own" })).toEqualTypeOf<
      Layer.Layer<GatewayServer, ListenError | TlsError, Gateway.Gateway>
    >()
  })
})

describe("a program that lacks a service", () => {
  it("does not compile as a finished layer", () => {
    const gateway = Gateway.layer().pipe(Layer.provide([Authorizer.layerAllowAll, RateLimiter.layerUnlimited, TimestampValidator.layer]))
    expectTypeOf<Layer.Layer.Context<typeof gateway>>().toEqualTypeOf<Handlers | CredentialValidator.CredentialValidator>()
    // @ts-expect-error
    const finished: Layer.Layer<Gateway.Gateway> = gateway
    void finished
  })
})
