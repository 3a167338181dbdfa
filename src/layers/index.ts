/**
 * Every way in which a service can be provided, by the name of the service.
 *
 * @since 0.1.0
 */
export * as AddressList from "./AddressList.js"
export * as ApiClient from "./ApiClient.js"
export * as Authorizer from "./Authorizer.js"
export * as CircuitBreaker from "./CircuitBreaker.js"
export * as ClockSync from "./ClockSync.js"
export * as CredentialChain from "./CredentialChain.js"
export * as CredentialFiles from "./CredentialFiles.js"
export * as CredentialProvider from "./CredentialProvider.js"
export * as CredentialRemote from "./CredentialRemote.js"
export * as CredentialValidator from "./CredentialValidator.js"
export * as FaultInjector from "./FaultInjector.js"
export * as Gateway from "./Gateway.js"
export * as HttpGateway from "./HttpGateway.js"
export * as InProcess from "./InProcess.js"
export * as Journal from "./Journal.js"
export * as KeyStore from "./KeyStore.js"
export * as NodeGateway from "./NodeGateway.js"
export * as NodeHttpClient from "./NodeHttpClient.js"
export * as RateLimiter from "./RateLimiter.js"
export * as RateLimiterStore from "./RateLimiterStore.js"
export * as ReplayGuard from "./ReplayGuard.js"
export * as Signer from "./Signer.js"
export * as Transport from "./Transport.js"
export * as WebGateway from "./WebGateway.js"
