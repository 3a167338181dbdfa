/** What each layer gives, what building it can fail with, and what it needs: exactly. */
import type { RateLimiterStore } from "@effect/experimental/RateLimiter"
import type { HttpClient } from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import * as Layers from "effect-tencentcloud/layers/index"
import type * as Clients from "effect-tencentcloud/services/ApiClient"
import type { ApiClient } from "effect-tencentcloud/services/ApiClient"
import type { Authorizer } from "effect-tencentcloud/services/Authorizer"
import type { ClockSync } from "effect-tencentcloud/services/ClockSync"
import type { CredentialProvider } from "effect-tencentcloud/services/CredentialProvider"
import type { CredentialValidator } from "effect-tencentcloud/services/CredentialValidator"
import type { Gateway } from "effect-tencentcloud/services/Gateway"
import * as GatewayCheck from "effect-tencentcloud/services/GatewayCheck"
import type { Address, GatewayServer, ListenError } from "effect-tencentcloud/services/GatewayServer"
import type { Handlers } from "effect-tencentcloud/services/Handlers"
import type { KeyStore } from "effect-tencentcloud/services/KeyStore"
import type { RateLimiter } from "effect-tencentcloud/services/RateLimiter"
import type { Signer } from "effect-tencentcloud/services/Signer"
import type { Transport } from "effect-tencentcloud/services/Transport"
import { describe, expectTypeOf, it } from "vitest"

describe("the client's layers", () => {
  it("need what is left to choose", () => {
    expectTypeOf(Layers.ApiClient.layer()).toEqualTypeOf<
      Layer.Layer<ApiClient, never, Transport | Signer | ClockSync | CredentialProvider | RateLimiter>
    >()
    expectTypeOf(Layers.ApiClient.layerHttp()).toEqualTypeOf<Layer.Layer<ApiClient, never, CredentialProvider | HttpClient>>()
    expectTypeOf(Layers.ApiClient.layerDefault()).toEqualTypeOf<Layer.Layer<ApiClient, ConfigError>>()
    expectTypeOf(Layers.Signer.layer).toEqualTypeOf<Layer.Layer<Signer, never, CredentialProvider | ClockSync>>()
    expectTypeOf(Layers.Transport.layerHttp).toEqualTypeOf<Layer.Layer<Transport, never, HttpClient>>()
    expectTypeOf(Layers.Transport.layerInProcess).toEqualTypeOf<Layer.Layer<Transport, never, Gateway>>()
    expectTypeOf(Layers.InProcess.layer).toEqualTypeOf<Layer.Layer<ApiClient | Gateway, never, Handlers>>()
    expectTypeOf(Layers.InProcess.layerWith({ region: "ap-guangzhou" })).toEqualTypeOf<Layer.Layer<ApiClient | Gateway, never, Handlers>>()
  })

  it("take the options of a call, and no others", () => {
    expectTypeOf(Layers.ApiClient.layer).parameter(0).toEqualTypeOf<Clients.Options | undefined>()
    // @ts-expect-error
    Layers.ApiClient.layerDefault({ regoin: "ap-guangzhou" })
    // @ts-expect-error
    Layers.InProcess.layerWith({ regoin: "ap-guangzhou" })
  })

  it("find a credential", () => {
    expectTypeOf(Layers.CredentialProvider.layerStatic({ secretId: "", secretKey: "" })).toEqualTypeOf<Layer.Layer<CredentialProvider>>()
    expectTypeOf(Layers.CredentialProvider.layerEnvironment).toEqualTypeOf<Layer.Layer<CredentialProvider>>()
    expectTypeOf(Layers.CredentialProvider.layerConfig({ secretId: Config.string("ID"), secretKey: Config.redacted("KEY") })).toEqualTypeOf<
      Layer.Layer<CredentialProvider, ConfigError>
    >()
    // @ts-expect-error no key
    Layers.CredentialProvider.layerStatic({ secretId: "" })
  })
})

describe("the gateway's layers", () => {
  it("need what the checks ask, and the handlers", () => {
    expectTypeOf(Layers.Gateway.layer()).toEqualTypeOf<
      Layer.Layer<Gateway, never, Handlers | ClockSync | CredentialValidator | RateLimiter | Authorizer>
    >()
    expectTypeOf(Layers.Gateway.layer({ maxResponseSize: 1 })).toEqualTypeOf<Layer.Layer<Gateway, never, GatewayCheck.Services>>()
    expectTypeOf(Layers.Gateway.layer({ checks: [GatewayCheck.method, GatewayCheck.size] })).toEqualTypeOf<Layer.Layer<Gateway, never, Handlers>>()
    expectTypeOf(Layers.Gateway.layer({ checks: [GatewayCheck.method, GatewayCheck.clock] })).toEqualTypeOf<Layer.Layer<Gateway, never, Handlers | ClockSync>>()
  })

  it("are chosen one by one", () => {
    expectTypeOf(Layers.CredentialValidator.layer).toEqualTypeOf<Layer.Layer<CredentialValidator, never, KeyStore | ClockSync>>()
    expectTypeOf(Layers.KeyStore.layerMemory([])).toEqualTypeOf<Layer.Layer<KeyStore>>()
    expectTypeOf(Layers.Authorizer.layerAllowAll).toEqualTypeOf<Layer.Layer<Authorizer>>()
    expectTypeOf(Layers.Authorizer.layerPolicies({})).toEqualTypeOf<Layer.Layer<Authorizer, ConfigError>>()
    expectTypeOf(Layers.RateLimiter.layer()).toEqualTypeOf<Layer.Layer<RateLimiter, never, RateLimiterStore>>()
    expectTypeOf(Layers.RateLimiter.layerMemory()).toEqualTypeOf<Layer.Layer<RateLimiter>>()
    expectTypeOf(Layers.RateLimiter.layerUnlimited).toEqualTypeOf<Layer.Layer<RateLimiter>>()
    expectTypeOf(Layers.RateLimiterStore.layerMemory()).toEqualTypeOf<Layer.Layer<RateLimiterStore>>()
    expectTypeOf(Layers.ClockSync.layerSystem).toEqualTypeOf<Layer.Layer<ClockSync>>()
    expectTypeOf(Layers.ClockSync.layerLearning).toEqualTypeOf<Layer.Layer<ClockSync>>()
    expectTypeOf(Layers.ClockSync.layerOff("1 minute")).toEqualTypeOf<Layer.Layer<ClockSync>>()
    expectTypeOf(Layers.ClockSync.layerFixed(0)).toEqualTypeOf<Layer.Layer<ClockSync>>()
  })

  it("listen, or fail with ListenError", () => {
    expectTypeOf(Layers.NodeGateway.layer()).toEqualTypeOf<Layer.Layer<GatewayServer, ListenError, Gateway>>()
    expectTypeOf(Layers.NodeGateway.serve()).toEqualTypeOf<Effect.Effect<Address, ListenError, Gateway | Scope>>()
  })
})

describe("a program that lacks a service", () => {
  it("does not compile as a finished layer", () => {
    const gateway = Layers.Gateway.layer().pipe(Layer.provide([Layers.Authorizer.layerAllowAll, Layers.RateLimiter.layerUnlimited, Layers.ClockSync.layerSystem]))
    expectTypeOf<Layer.Layer.Context<typeof gateway>>().toEqualTypeOf<Handlers | CredentialValidator>()
    // @ts-expect-error
    const finished: Layer.Layer<Gateway> = gateway
    void finished
  })
})
