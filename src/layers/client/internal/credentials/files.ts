/**
 * Finds keys in files: the profiles of the INI files that the SDKs share, and the profiles of the command line, `tccli`.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Ini from "ini"
import * as Codec from "../../../../domain/contract/Codec.js"
import * as Issue from "../../../../domain/errors/Issue.js"
import * as Credential from "../../../../domain/rules/Credential.js"
import * as Json from "../../../../domain/wire/Json.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as TextFile from "./textFile.js"
import * as Variable from "./variable.js"

/**
 * The profile to read, and the file that holds it.
 *
 * @since 0.1.0
 * @category models
 */
export interface FilesOptions {
  /** The name of the profile. Default: `TENCENTCLOUD_PROFILE`, then `TCCLI_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** The path of an INI file. No other file is read. Default: `TENCENTCLOUD_CREDENTIALS_FILE`, and without it the usual places. */
  readonly file?: string | undefined
}

/** Reads a profile from the text of a file. Fails with a clause about the file, which quotes nothing of it. */
type Reader = (text: string, profile: string, now: number) => Either.Either<Credential.Credential, string>

const invalidProfile = (profile: string, faults: ReadonlyArray<string>): string =>
  `its profile \`${profile}\` cannot be used: ${faults.join(", ")}`

const decode = <A>(codec: Codec.Codec<A>, members: unknown, profile: string): Either.Either<A, string> =>
  Either.mapLeft(codec.decode(members, "response"), (issues) => invalidProfile(profile, issues.map(Issue.format)))

const check = (input: Credential.Credential.Input, profile: string): Either.Either<Credential.Credential, string> =>
  Either.mapLeft(
    // A permanent key has no token, but files often hold an empty one beside it.
    Credential.make({ ...input, token: input.token === "" ? undefined : input.token }),
    (faults) => invalidProfile(profile, faults)
  )

const IniProfile = Codec.fromSchema(
  Schema.Struct({ secret_id: Schema.String, secret_key: Schema.String, token: Schema.optional(Schema.String) })
)

const readIni: Reader = (text, profile) => {
  // Editors on Windows write a byte order mark, which would become part of the first line.
  const file: unknown = Ini.parse(text.replace(/^\uFEFF/, ""))
  // The parser turns a section whose name has dots into a tree.
  const section = profile
    .split(".")
    .reduce((tree, name) => (Predicate.isReadonlyRecord(tree) ? tree[name] : undefined), file)
  return Predicate.isReadonlyRecord(section)
    ? Either.flatMap(decode(IniProfile, section, profile), ({ secret_id, secret_key, token }) =>
        check({ secretId: secret_id, secretKey: secret_key, token }, profile)
      )
    : Either.left(
        `it has no profile \`${profile}\`: add a section \`[${profile}]\` with \`secret_id\` and \`secret_key\`, or choose another profile`
      )
}

const TccliProfile = Codec.fromSchema(
  Schema.Struct({
    secretId: Schema.String,
    secretKey: Schema.String,
    token: Schema.optional(Schema.String),
    /** In UNIX seconds. `tccli` writes it for a key from a login in the browser. */
    expiresAt: Schema.optional(Schema.Number)
  })
)

const parseObject = (text: string): Either.Either<Json.JsonObject, string> =>
  Either.flatMap(
    Either.mapLeft(Json.parse(text), ({ reason }) => `it ${reason}`),
    Either.liftPredicate(Json.isObject, () => "it holds no JSON object")
  )

const readTccli: Reader = (text, profile, now) =>
  Either.gen(function* () {
    const file = yield* parseObject(text)
    if (file.type === "cvm-role") {
      return yield* Either.left(
        `its profile \`${profile}\` is the role of an instance: use \`CredentialSources.cvmRole\``
      )
    }
    const credential = yield* decode(TccliProfile, file, profile)
    if (credential.expiresAt !== undefined && credential.expiresAt * 1000 <= now) {
      return yield* Either.left(`the key of its profile \`${profile}\` has expired: log in with \`tccli\` again`)
    }
    return yield* check(credential, profile)
  })

const readText = (fileSystem: FileSystem.FileSystem, path: string): Effect.Effect<string, string> =>
  path.startsWith("~/")
    ? Effect.fail("HOME is not set")
    : Effect.mapError(TextFile.read(fileSystem, path), (reason) => `it ${reason}`)

/** Which profile to read, and where. */
interface Choice {
  readonly profile: string
  readonly file: string | undefined
  /** Replaces the `~` of a path by the home folder. A program without a home folder keeps the path as it is. */
  readonly resolve: (path: string) => string
}

const choose = (options: FilesOptions): Effect.Effect<Choice, string> =>
  Effect.map(
    Effect.all([
      Variable.first("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"),
      Variable.first("TENCENTCLOUD_CREDENTIALS_FILE"),
      Variable.first("HOME", "USERPROFILE")
    ]),
    ([profile, file, home]) => ({
      profile: options.profile ?? Option.getOrElse(profile, () => "default"),
      file: options.file ?? Option.getOrUndefined(file),
      resolve: (path) => (path.startsWith("~/") && Option.isSome(home) ? home.value + path.slice(1) : path)
    })
  )

/** The file of a profile of the command line. A name with a slash has none: it must not lead to another folder. */
const tccliFiles = (profile: string, kind: "credential" | "configure"): ReadonlyArray<string> =>
  /[/\\]/.test(profile) ? [] : [`~/.tccli/${profile}.${kind}`]

const usualIniFiles = ["~/.tencentcloud/credentials", "/etc/tencentcloud/credentials"]

/**
 * A source that reads files, one after the other, until one has the profile:
 *
 * 1. `~/.tencentcloud/credentials`, then `/etc/tencentcloud/credentials`: INI, a section for each profile, with `secret_id`,
 *    `secret_key` and, for a temporary key, `token`
 * 2. `~/.tccli/<profile>.credential`: JSON, with `secretId`, `secretKey` and `token`
 *
 * If you name a file, by the option or by `TENCENTCLOUD_CREDENTIALS_FILE`, the source reads no other file. The key of another
 * account must not replace the one that you asked for.
 *
 * @since 0.1.0
 * @category sources
 */
export const files = (
  options: FilesOptions = {}
): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fileSystem) => {
    const place = (path: string, read: Reader, profile: string) =>
      CredentialProvider.source({
        name: `file ${path}`,
        load: Effect.flatMap(Effect.zip(readText(fileSystem, path), Clock.currentTimeMillis), ([text, now]) =>
          read(text, profile, now)
        ),
        refreshable: true
      })
    const places = ({ file, profile, resolve }: Choice) => [
      ...(file === undefined ? usualIniFiles : [file]).map((path) => place(resolve(path), readIni, profile)),
      ...(file === undefined ? tccliFiles(profile, "credential") : []).map((path) =>
        place(resolve(path), readTccli, profile)
      )
    ]
    return {
      refreshable: true,
      load: choose(options).pipe(
        Effect.mapError((reason) => [{ source: "files", reason }]),
        Effect.flatMap((choice) => CredentialProvider.chain(places(choice)).load)
      )
    }
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

const TccliConfigure = Codec.fromSchema(Schema.Struct({ _sys_param: Schema.Struct({ region: Schema.String }) }))

/**
 * Returns the region to call: `TENCENTCLOUD_REGION`, or else the region of the profile in `~/.tccli/<profile>.configure`. Returns
 * none if the file cannot be read or names no region.
 *
 * @since 0.1.0
 * @category regions
 */
export const region = (
  options: Pick<FilesOptions, "profile"> = {}
): Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const variable = yield* Variable.first("TENCENTCLOUD_REGION")
    if (Option.isSome(variable)) return variable.value
    const fileSystem = yield* FileSystem.FileSystem
    const { profile, resolve } = yield* choose(options)
    const [path] = tccliFiles(profile, "configure")
    if (path === undefined) return ""
    const file = yield* parseObject(yield* readText(fileSystem, resolve(path)))
    const { _sys_param } = yield* decode(TccliConfigure, file, profile)
    return _sys_param.region
  }).pipe(Effect.option, Effect.map(Option.filter((name) => name !== "")))
