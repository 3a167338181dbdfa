/** Finds the profile that a program uses, and what the command line, `tccli`, keeps for it beside the key. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Json from "../../../../domain/wire/Json.js"
import type { FilesOptions } from "./options.js"
import type { ReadText } from "./textFile.js"
import * as Variable from "./variable.js"

/** Which profile to read, and where. */
export interface Choice {
  readonly profile: string
  readonly file: string | undefined
  /** Replaces the `~` of a path by the home folder. A program without a home folder keeps the path as it is. */
  readonly resolve: (path: string) => string
}

/** Chooses the profile: by the options, or else by the environment. */
export const choose = (options: Pick<FilesOptions, "profile" | "file">): Effect.Effect<Choice, string> =>
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
export const tccliFiles = (profile: string, kind: "credential" | "configure"): ReadonlyArray<string> =>
  /[/\\]/.test(profile) ? [] : [`~/.tccli/${profile}.${kind}`]

/** Reads a file of a profile. Fails with a clause about the file. */
export const readFile = (readText: ReadText, path: string): Effect.Effect<string, string> =>
  path.startsWith("~/") ? Effect.fail("HOME is not set") : Effect.mapError(readText(path), (reason) => `it ${reason}`)

/** Parses a JSON object. Fails with a clause about the file, which quotes nothing of it. */
export const parseObject = (text: string): Either.Either<Json.JsonObject, string> =>
  Either.flatMap(
    Either.mapLeft(Json.parse(text), ({ reason }) => `it ${reason}`),
    Either.liftPredicate(Json.isObject, () => "it holds no JSON object")
  )

/** What the command line keeps for a profile beside its key. */
export interface Configuration {
  readonly region: string | undefined
  /** The host that the profile has for a product, if it has one of its own. */
  readonly endpointOf: (product: string) => string | undefined
}

export const noConfiguration: Configuration = { region: undefined, endpointOf: () => undefined }

const textOf = (section: unknown, name: string): string | undefined => {
  const value = Json.isObject(section) ? section[name] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}

/** The command line, written in Python, cannot name a module `as`. */
const sectionName = (product: string): string => (product === "as" ? "autoscaling" : product)

/** Reads the configuration of a profile. One that cannot be read counts as empty. */
export const configuration = (readText: ReadText, { profile, resolve }: Choice): Effect.Effect<Configuration> => {
  const [path] = tccliFiles(profile, "configure")
  if (path === undefined) return Effect.succeed(noConfiguration)
  return readFile(readText, resolve(path)).pipe(
    Effect.flatMap(parseObject),
    Effect.map((file) => ({
      region: textOf(file._sys_param, "region"),
      endpointOf: (product: string) => textOf(file[sectionName(product)], "endpoint")
    })),
    Effect.orElseSucceed(() => noConfiguration)
  )
}
