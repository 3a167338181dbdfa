/**
 * Looks for a key in every usual place, so that one program runs unchanged on a desk, on an instance and in a cluster.
 *
 * @since 0.1.0
 */
import * as PlatformError from "@effect/platform/Error"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as BoundedTransport from "./boundedTransport.js"
import type { ChainOptions } from "./options.js"
import * as Places from "./places.js"
import * as TextFile from "./textFile.js"

/**
 * A source that asks these places, one after the other, until one has a key:
 *
 * 1. the environment: `TENCENTCLOUD_SECRET_ID` …
 * 2. files: a profile, or the role that it names
 * 3. TKE OIDC: the role of the pod
 * 4. CVM role: the role of the instance
 *
 * If `TENCENTCLOUD_ROLE_ARN` is set, the key that it found assumes that role, as with the command line. A role that a profile names
 * is then not assumed.
 *
 * If no place has a key, the error names each with its reason. The chain logs nothing.
 *
 * @since 0.1.0
 * @category sources
 */
export const chain = (
  options?: ChainOptions
): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  Effect.flatMap(Effect.zip(BoundedTransport.make, FileSystem.FileSystem), ([transport, files]) =>
    Places.chain({ readText: TextFile.fromFileSystem(files), sts: transport, metadata: transport }, options)
  )

/**
 * The chain, with options. See {@link chain}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerChainWith = (
  options?: ChainOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  CredentialProvider.layerEffect(chain(options))

/**
 * The chain: environment, files, TKE OIDC, CVM role. See {@link chain}. The layer is never shared: each client
 * that you provide it to looks for its own key.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerChain: Layer.Layer<
  CredentialProvider.CredentialProvider,
  never,
  FileSystem.FileSystem | HttpClient.HttpClient
> = /* #__PURE__ */ Layer.fresh(/* #__PURE__ */ layerChainWith())

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
      // Loaded where it is used, so that a runtime without files can load this module.
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
 * What the sources need, from Node itself: `fetch`, and a `FileSystem` that can do nothing but read a text file. If your program has
 * `@effect/platform-node`, provide its layers instead.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNodePlatform: Layer.Layer<FileSystem.FileSystem | HttpClient.HttpClient> =
  /* #__PURE__ */ Layer.merge(FetchHttpClient.layer, /* #__PURE__ */ FileSystem.layerNoop({ readFileString }))

/**
 * The chain for Node, without any further package. See {@link chain}.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialSources from "effect-tencentcloud/CredentialSources"
 *
 * export const ApiClientLive = ApiClient.layerHttp({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(CredentialSources.layerNode),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNode: Layer.Layer<CredentialProvider.CredentialProvider> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.provide(layerChain, layerNodePlatform)
)
