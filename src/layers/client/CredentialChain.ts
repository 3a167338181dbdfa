/**
 * Looks for a key wherever one is usually found, so that one program runs unchanged on a desk, on an instance and in a cluster.
 *
 * @since 0.1.0
 */

import * as PlatformError from "@effect/platform/Error"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as CredentialProvider from "../../services/client/CredentialProvider.js"
import * as CredentialFiles from "./CredentialFiles.js"
import * as CredentialProviderLayers from "./CredentialProvider.js"
import * as CredentialRemote from "./CredentialRemote.js"
import * as Variable from "./internal/variable.js"

/**
 * What the sources of the chain are told.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly files?: CredentialFiles.Options | undefined
  readonly cvmRole?: CredentialRemote.CvmRoleOptions | undefined
  /** For the token of a pod and for `TENCENTCLOUD_ROLE_ARN`. */
  readonly sts?: CredentialRemote.StsOptions | undefined
}

/**
 * Asks in turn, until one has a key:
 *
 * 1. the environment: `TENCENTCLOUD_SECRET_ID` …
 * 2. files: a profile
 * 3. TKE OIDC: the role of the pod
 * 4. CVM role: the role of the instance
 *
 * Where `TENCENTCLOUD_ROLE_ARN` is set, the key that was found is used to assume that role, as the command line does.
 *
 * Where none has a key, the error names each with its reason. Nothing is logged.
 *
 * @since 0.1.0
 * @category sources
 */
export const source = (
  options: Options = {}
): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const from = CredentialProvider.chain([
      CredentialProviderLayers.environment,
      yield* CredentialFiles.source(options.files),
      yield* CredentialRemote.tkeOidc(options.sts),
      yield* CredentialRemote.cvmRole(options.cvmRole)
    ])
    const role = yield* CredentialRemote.assumeRole({ ...options.sts, from })
    return {
      refreshable: true,
      load: Variable.first("TENCENTCLOUD_ROLE_ARN").pipe(
        Effect.mapError((reason) => [{ source: "AssumeRole", reason }]),
        Effect.flatMap((roleArn) => (Option.isSome(roleArn) ? role.load : from.load))
      )
    }
  })

/**
 * The chain, with options. See {@link source}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWith = (
  options?: Options
): Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  CredentialProviderLayers.layerEffect(source(options))

/**
 * The chain: environment, files, TKE OIDC, CVM role. See {@link source}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  CredentialProvider.CredentialProvider,
  never,
  FileSystem.FileSystem | HttpClient.HttpClient
> = layerWith()

const reasons: Readonly<Record<string, PlatformError.SystemErrorReason>> = {
  ENOENT: "NotFound",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
  EISDIR: "BadResource",
  ENOTDIR: "BadResource"
}

const readFileString = (path: string): Effect.Effect<string, PlatformError.SystemError> =>
  Effect.tryPromise({
    try: async (signal) => {
      // Only where a file is read, so that this module can be loaded where there are none.
      const { readFile } = await import("node:fs/promises")
      return await readFile(path, { encoding: "utf8", signal })
    },
    catch: (cause) =>
      new PlatformError.SystemError({
        reason: (Predicate.hasProperty(cause, "code") && reasons[String(cause.code)]) || "Unknown",
        module: "FileSystem",
        method: "readFileString",
        pathOrDescriptor: path
      })
  })

/**
 * What the sources need, from Node itself: `fetch`, and the reading of files – of everything that a FileSystem does, that
 * alone. A program that has `@effect/platform-node` gives its layers instead.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNodePlatform: Layer.Layer<FileSystem.FileSystem | HttpClient.HttpClient> = Layer.merge(
  FetchHttpClient.layer,
  FileSystem.layerNoop({ readFileString })
)

/**
 * The chain in Node, without any further package.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialChain from "effect-tencentcloud/CredentialChain"
 *
 * export const ApiClientLive = ApiClient.layerHttp({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(CredentialChain.layerNode),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNode: Layer.Layer<CredentialProvider.CredentialProvider> = Layer.provide(layer, layerNodePlatform)
