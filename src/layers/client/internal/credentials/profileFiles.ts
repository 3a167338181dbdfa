/** The source that reads profiles from files, over what it needs. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Credential from "../../../../domain/rules/Credential.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import type { FilesOptions } from "./options.js"
import * as Profile from "./profile.js"
import * as ProfileKey from "./profileKey.js"
import * as Roles from "./roles.js"
import type * as Sts from "./sts.js"
import type { ReadText } from "./textFile.js"

/** What the source needs. */
export interface Needs {
  readonly readText: ReadText
  /**
   * How to assume the role of a profile. `without client` says that the program has no HTTP client for that. `another role` says that
   * the environment names the role to assume, which takes the place of the profile's own.
   */
  readonly roles: Sts.Obtain | "without client" | "another role"
}

const usualIniFiles = ["~/.tencentcloud/credentials", "/etc/tencentcloud/credentials"]

const defaultTimeout = Duration.seconds(10)

export const make = ({ readText, roles }: Needs, options: FilesOptions = {}): CredentialProvider.Source => {
  const sts = options.sts ?? {}

  const assume = (
    { credential, role }: ProfileKey.ProfileKey,
    choice: Profile.Choice
  ): Effect.Effect<Credential.Credential.Input, string> => {
    if (role === undefined || roles === "another role") return Effect.succeed(credential)
    const named = `its profile \`${choice.profile}\` assumes a role`
    return roles === "without client"
      ? Effect.fail(`${named}, which needs an \`HttpClient\`: provide one, such as \`FetchHttpClient.layer\``)
      : Effect.flatMap(Profile.configuration(readText, choice), ({ endpointOf }) =>
          Roles.assume(roles, credential, {
            ...sts,
            roleArn: role.roleArn,
            sessionName: role.sessionName ?? sts.sessionName,
            profileEndpoint: endpointOf("sts")
          })
        ).pipe(Effect.mapError((reason) => `${named}, and ${reason}`))
  }

  const place = (path: string, read: ProfileKey.Reader, choice: Profile.Choice): CredentialProvider.Source =>
    CredentialProvider.source({
      name: `file ${path}`,
      refreshable: true,
      // The file, and then STS.
      timeout: Duration.sum(defaultTimeout, sts.timeout ?? defaultTimeout),
      load: Effect.flatMap(Effect.zip(Profile.readFile(readText, path), Clock.currentTimeMillis), ([text, now]) =>
        Effect.flatMap(read(text, choice.profile, now), (found) => assume(found, choice))
      )
    })

  const placesOf = (choice: Profile.Choice) => {
    const { file, profile, resolve } = choice
    return [
      ...(file === undefined ? usualIniFiles : [file]).map((path) => place(resolve(path), ProfileKey.readIni, choice)),
      ...(file === undefined ? Profile.tccliFiles(profile, "credential") : []).map((path) =>
        place(resolve(path), ProfileKey.readTccli, choice)
      )
    ]
  }

  return {
    refreshable: true,
    load: Profile.choose(options).pipe(
      Effect.mapError((reason) => [{ source: "files", reason }]),
      Effect.flatMap((choice) => CredentialProvider.chain(placesOf(choice)).load)
    )
  }
}
