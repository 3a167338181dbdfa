/**
 * Keys in files: the profiles of the INI files that the SDKs share, and those of the command line, `tccli`.
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
import * as Codec from "../../domain/contract/Codec.js"
import * as Issue from "../../domain/errors/Issue.js"
import * as Credential from "../../domain/rules/Credential.js"
import * as Json from "../../domain/wire/Json.js"
import * as CredentialProvider from "../../services/client/CredentialProvider.js"
import * as CredentialProviderLayers from "./CredentialProvider.js"
import * as TextFile from "./internal/textFile.js"
import * as Variable from "./internal/variable.js"

/**
 * Which key of which file.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: `TENCENTCLOUD_PROFILE`, then `TCCLI_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** An INI file, the only one to look into. Default: `TENCENTCLOUD_CREDENTIALS_FILE`, and without it the usual places. */
  readonly file?: string | undefined
}

/** Reads a profile out of a file's text. Fails with a clause about the file, which quotes nothing of it. */
type Reader = (text: string, profile: string, now: number) => Either.Either<Credential.Credential, string>

const unusable = (profile: string, faults: ReadonlyArray<string>): string =>
  `its profile \`${profile}\` cannot be used, mend it: ${faults.join(", ")}`

const decode = <A>(codec: Codec.Codec<A>, members: unknown, profile: string): Either.Either<A, string> =>
  Either.mapLeft(codec.decode(members, "response"), (issues) => unusable(profile, issues.map(Issue.format)))

const check = (input: Credential.Credential.Input, profile: string): Either.Either<Credential.Credential, string> =>
  Either.mapLeft(
    // Beside a permanent key, which has no token, there often is an empty one.
    Credential.make({ ...input, token: input.token === "" ? undefined : input.token }),
    (faults) => unusable(profile, faults)
  )

const IniProfile = Codec.fromSchema(
  Schema.Struct({ secret_id: Schema.String, secret_key: Schema.String, token: Schema.optional(Schema.String) })
)

const readIni: Reader = (text, profile) => {
  // Editors of Windows put a mark in front, which would be taken for a part of the first line.
  const file: unknown = Ini.parse(text.replace(/^\uFEFF/, ""))
  // Sections whose names have dots come as a tree.
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
    /** Of a key that `tccli` got by a login in the browser. */
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
      return yield* Either.left(`its profile \`${profile}\` stands for the role of an instance: use that source`)
    }
    const credential = yield* decode(TccliProfile, file, profile)
    if (credential.expiresAt !== undefined && credential.expiresAt * 1000 <= now) {
      return yield* Either.left(`the key of its profile \`${profile}\` has expired: log in with \`tccli\` again`)
    }
    return yield* check(credential, profile)
  })

const readText = (files: FileSystem.FileSystem, path: string): Effect.Effect<string, string> =>
  path.startsWith("~/")
    ? Effect.fail("HOME is not set")
    : Effect.mapError(TextFile.read(files, path), (reason) => `it ${reason}`)

/** What decides which file is read. */
interface Choice {
  readonly profile: string
  readonly file: string | undefined
  /** The path of a file; one that begins with `~/` stays as it is where there is no home. */
  readonly at: (path: string) => string
}

const choose = (options: Options): Effect.Effect<Choice, string> =>
  Effect.map(
    Effect.all([
      Variable.first("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"),
      Variable.first("TENCENTCLOUD_CREDENTIALS_FILE"),
      Variable.first("HOME", "USERPROFILE")
    ]),
    ([profile, file, home]) => ({
      profile: options.profile ?? Option.getOrElse(profile, () => "default"),
      file: options.file ?? Option.getOrUndefined(file),
      at: (path) => (path.startsWith("~/") && Option.isSome(home) ? home.value + path.slice(1) : path)
    })
  )

/** A profile of the command line is a file. Its name must not lead to another folder. */
const tccliFile = (profile: string, kind: "credential" | "configure"): ReadonlyArray<string> =>
  /[/\\]/.test(profile) ? [] : [`~/.tccli/${profile}.${kind}`]

const usualIniFiles = ["~/.tencentcloud/credentials", "/etc/tencentcloud/credentials"]

/**
 * Files, asked in turn until one has the profile:
 *
 * 1. `~/.tencentcloud/credentials`, then `/etc/tencentcloud/credentials`: INI, a section for each profile, with `secret_id`,
 *    `secret_key` and, for a temporary key, `token`
 * 2. `~/.tccli/<profile>.credential`: JSON, with `secretId`, `secretKey` and `token`
 *
 * A file that is named, by the option or by `TENCENTCLOUD_CREDENTIALS_FILE`, is the only one: another account's key must not
 * take the place of one that was asked for.
 *
 * @since 0.1.0
 * @category sources
 */
export const source = (options: Options = {}): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (files) => {
    const place = (path: string, read: Reader, profile: string) =>
      CredentialProvider.source({
        name: `file ${path}`,
        load: Effect.flatMap(Effect.zip(readText(files, path), Clock.currentTimeMillis), ([text, now]) =>
          read(text, profile, now)
        ),
        refreshable: true
      })
    const places = ({ at, file, profile }: Choice) => [
      ...(file === undefined ? usualIniFiles : [file]).map((path) => place(at(path), readIni, profile)),
      ...(file === undefined ? tccliFile(profile, "credential") : []).map((path) => place(at(path), readTccli, profile))
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
 * The key of a profile. It is read when a key is first needed, and again when the service has refused it or when it nears its
 * end.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: Options
): Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem> =>
  CredentialProviderLayers.layerEffect(source(options))

const TccliConfigure = Codec.fromSchema(Schema.Struct({ _sys_param: Schema.Struct({ region: Schema.String }) }))

/**
 * The region to call: `TENCENTCLOUD_REGION`, or else the one of the profile in `~/.tccli/<profile>.configure`. There is none
 * where the file cannot be read or does not tell.
 *
 * @since 0.1.0
 * @category regions
 */
export const region = (
  options: Pick<Options, "profile"> = {}
): Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const variable = yield* Variable.first("TENCENTCLOUD_REGION")
    if (Option.isSome(variable)) return variable.value
    const files = yield* FileSystem.FileSystem
    const { at, profile } = yield* choose(options)
    const [path] = tccliFile(profile, "configure")
    if (path === undefined) return ""
    const file = yield* parseObject(yield* readText(files, at(path)))
    const { _sys_param } = yield* decode(TccliConfigure, file, profile)
    return _sys_param.region
  }).pipe(Effect.option, Effect.map(Option.filter((name) => name !== "")))
