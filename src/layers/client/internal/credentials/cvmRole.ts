/**
 * The role of a CVM instance: asks the metadata service of the instance for a key.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as BoundedTransport from "./boundedTransport.js"
import * as Metadata from "./metadata.js"
import type { CvmRoleOptions } from "./options.js"

/**
 * A source for the role of the CVM instance that the program runs on. It asks the metadata service of the instance.
 *
 * It limits the size and the time of every answer, follows no redirect, and shows no tracer or log what it asks or receives.
 *
 * @since 0.1.0
 * @category sources
 */
export const cvmRole = (
  options?: CvmRoleOptions
): Effect.Effect<CredentialProvider.Source, never, HttpClient.HttpClient> =>
  Effect.map(BoundedTransport.make, (transport) => Metadata.make(transport, options))

/**
 * The role of the instance that the program runs on. See {@link cvmRole}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCvmRole = (
  options?: CvmRoleOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, HttpClient.HttpClient> =>
  CredentialProvider.layerEffect(cvmRole(options))
