/** The roles that STS gives a key for, over what they need: a function that asks STS, and one that reads a file. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Credential from "../../../../domain/rules/Credential.js"
import * as Json from "../../../../domain/wire/Json.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import type { AssumeRoleOptions, StsOptions } from "./options.js"
import * as Sts from "./sts.js"
import type { ReadText } from "./textFile.js"
import * as Variable from "./variable.js"

const tkeVariables = Config.all({
  region: Variable.required("TKE_REGION"),
  providerId: Variable.required("TKE_PROVIDER_ID"),
  tokenFile: Variable.required("TKE_WEB_IDENTITY_TOKEN_FILE"),
  roleArn: Variable.required("TKE_ROLE_ARN")
})

/** The role of a pod of TKE. */
export const ofPod = (obtain: Sts.Obtain, readText: ReadText, options: StsOptions = {}): CredentialProvider.Source =>
  CredentialProvider.source({
    name: "TKE OIDC",
    refreshable: true,
    timeout: options.timeout,
    load: Effect.gen(function* () {
      const { providerId, region, roleArn, tokenFile } = yield* Effect.mapError(tkeVariables, Variable.toReason)
      const token = yield* readText(tokenFile).pipe(
        Effect.map((text) => text.trim()),
        Effect.filterOrFail(
          (token) => token !== "",
          () => "is empty"
        ),
        Effect.mapError((reason) => `the file of TKE_WEB_IDENTITY_TOKEN_FILE, ${tokenFile}, ${reason}`)
      )
      const common = yield* Sts.sessionOf(options, roleArn)
      return yield* obtain(
        undefined,
        (client) =>
          client.call(
            Sts.AssumeRoleWithWebIdentity,
            { ...common, ProviderId: providerId, WebIdentityToken: token },
            { region }
          ),
        options
      )
    })
  })

/** A role, and how to assume it. */
export interface Role extends Sts.Settings, Pick<AssumeRoleOptions, "policy" | "externalId" | "region"> {
  readonly roleArn: string
}

/** Assumes a role with a key. */
export const assume = (
  obtain: Sts.Obtain,
  key: Credential.Credential,
  role: Role
): Effect.Effect<Credential.Credential.Input, string> =>
  Effect.gen(function* () {
    const common = yield* Sts.sessionOf(role, role.roleArn)
    const policy =
      role.policy === undefined
        ? undefined
        : yield* Either.mapLeft(Json.stringify(role.policy), ({ reason }) => `\`policy\` ${reason}`)
    return yield* obtain(
      key,
      (client) =>
        client.call(
          Sts.AssumeRole,
          {
            ...common,
            // The service decodes this member once more than the others.
            Policy: policy === undefined ? undefined : encodeURIComponent(policy),
            ExternalId: role.externalId
          },
          { region: role.region ?? "ap-guangzhou" }
        ),
      role
    )
  })

/** A role that the key of a source assumes. The environment names it, unless the options do. */
export const ofKey = (obtain: Sts.Obtain, { from, ...options }: AssumeRoleOptions): CredentialProvider.Source => {
  const assumed = (key: Credential.Credential) =>
    CredentialProvider.source({
      name: "AssumeRole",
      refreshable: true,
      timeout: options.timeout,
      load: Effect.gen(function* () {
        const roleArn =
          options.roleArn ?? (yield* Effect.mapError(Variable.required("TENCENTCLOUD_ROLE_ARN"), Variable.toReason))
        const sessionName = yield* Variable.first("TENCENTCLOUD_ROLE_SESSION_NAME")
        return yield* assume(obtain, key, {
          ...options,
          roleArn,
          sessionName: options.sessionName ?? Option.getOrUndefined(sessionName)
        })
      })
    })
  return { refreshable: true, load: Effect.flatMap(from.load, (key) => assumed(key).load) }
}
