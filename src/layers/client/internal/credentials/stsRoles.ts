/**
 * Roles that STS, the Security Token Service, gives a key for: the role of a pod in TKE, and any role that another key may
 * assume.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as BoundedTransport from "./boundedTransport.js"
import type { AssumeRoleOptions, StsOptions } from "./options.js"
import * as Roles from "./roles.js"
import * as Sts from "./sts.js"
import * as TextFile from "./textFile.js"

const obtain = /* #__PURE__ */ Effect.flatMap(BoundedTransport.make, Sts.make)

/**
 * A source for the role of the TKE pod that the program runs in. It exchanges the token of the pod's service account for a key by
 * `AssumeRoleWithWebIdentity`, which is not signed.
 *
 * The cluster sets `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN`, and renews the token. The
 * source reads the variables and the token again for each key.
 *
 * @since 0.1.0
 * @category sources
 */
export const tkeOidc = (
  options?: StsOptions
): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  Effect.zipWith(obtain, FileSystem.FileSystem, (obtain, files) =>
    Roles.ofPod(obtain, TextFile.fromFileSystem(files), options)
  )

/**
 * A source for a role that it assumes with the key of another source. It asks that source again for each new key of the role.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as CredentialSources from "effect-tencentcloud/CredentialSources"
 *
 * // The role of the instance assumes a role of another account, which assumes a third role.
 * export const CredentialLive = CredentialProvider.layerEffect(
 *   CredentialSources.cvmRole().pipe(
 *     Effect.flatMap((from) =>
 *       CredentialSources.assumeRole({ from, roleArn: "qcs::cam::uin/100000000002:roleName/entry", externalId: "team-1" })
 *     ),
 *     Effect.flatMap((from) =>
 *       CredentialSources.assumeRole({ from, roleArn: "qcs::cam::uin/100000000003:roleName/reader" })
 *     )
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category sources
 */
export const assumeRole = (
  options: AssumeRoleOptions
): Effect.Effect<CredentialProvider.Source, never, HttpClient.HttpClient> =>
  Effect.map(obtain, (obtain) => Roles.ofKey(obtain, options))

/**
 * The role of the pod that the program runs in. See {@link tkeOidc}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTkeOidc = (
  options?: StsOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  CredentialProvider.layerEffect(tkeOidc(options))

/**
 * A role that another key assumes. See {@link assumeRole}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAssumeRole = (
  options: AssumeRoleOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, HttpClient.HttpClient> =>
  CredentialProvider.layerEffect(assumeRole(options))
