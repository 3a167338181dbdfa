/**
 * Finds keys in files: the profiles of the INI files that the SDKs share, and the profiles of the command line, `tccli`.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as BoundedTransport from "./boundedTransport.js"
import type { FilesOptions } from "./options.js"
import * as Profile from "./profile.js"
import * as ProfileFiles from "./profileFiles.js"
import * as Sts from "./sts.js"
import * as TextFile from "./textFile.js"
import * as Variable from "./variable.js"

/**
 * A source that reads files, one after the other, until one has the profile:
 *
 * 1. `~/.tencentcloud/credentials`, then `/etc/tencentcloud/credentials`: INI, a section for each profile, with `secret_id`,
 *    `secret_key` and, for a temporary key, `token`
 * 2. `~/.tccli/<profile>.credential`: JSON, with `secretId`, `secretKey` and `token`
 *
 * If a profile has a `role-arn`, its key assumes that role, under the name in `role-session-name`. That needs an `HttpClient`: where
 * the program provides none, the source says so, and has no key.
 *
 * If you name a file, by the option or by `TENCENTCLOUD_CREDENTIALS_FILE`, the source reads no other file. The key of another
 * account must not replace the one that you asked for.
 *
 * @since 0.1.0
 * @category sources
 */
export const files = (options?: FilesOptions): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const client = yield* Effect.serviceOption(HttpClient.HttpClient)
    const roles = Option.isNone(client)
      ? "without client"
      : yield* Effect.provideService(
          Effect.flatMap(BoundedTransport.make, Sts.make),
          HttpClient.HttpClient,
          client.value
        )
    const readText = TextFile.fromFileSystem(yield* FileSystem.FileSystem)
    return ProfileFiles.make({ readText, roles }, options)
  })

/**
 * The key of a profile. The client reads it at the first call, and again when the service rejects it or when it is about to expire.
 * See {@link files}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFiles = (
  options?: FilesOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem> =>
  CredentialProvider.layerEffect(files(options))

/**
 * Returns the region to call: `TENCENTCLOUD_REGION`, or else the region of the profile in `~/.tccli/<profile>.configure`. Returns
 * none if the file cannot be read or names no region. `ApiClient.layer` uses this region, unless its options have one.
 *
 * @since 0.1.0
 * @category regions
 */
export const region = (
  options: Pick<FilesOptions, "profile"> = {}
): Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const variable = yield* Variable.first("TENCENTCLOUD_REGION")
    if (Option.isSome(variable)) return variable
    const readText = TextFile.fromFileSystem(yield* FileSystem.FileSystem)
    const { region } = yield* Effect.flatMap(Profile.choose(options), (choice) =>
      Profile.configuration(readText, choice)
    )
    return Option.fromNullable(region)
  }).pipe(Effect.orElseSucceed(() => Option.none()))
