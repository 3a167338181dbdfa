/**
 * Roles that STS, the Security Token Service, gives a key for: the role of a pod in TKE, and any role that another key may
 * assume.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Credential from "../../../../domain/rules/Credential.js"
import * as Json from "../../../../domain/wire/Json.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as Sts from "./sts.js"
import * as TextFile from "./textFile.js"
import * as Variable from "./variable.js"

/**
 * How to ask STS, the Security Token Service, for a key.
 *
 * @since 0.1.0
 * @category models
 */
export interface StsOptions {
  /** The host of STS. Default: `sts.tencentcloudapi.com`. */
  readonly endpoint?: string | undefined
  /** The time limit of the answer. Default: 10 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
  /** How long the key lasts, up to 12 hours. Default: the service's own, 2 hours. */
  readonly duration?: Duration.DurationInput | undefined
  /** The name of the session in the logs of the cloud. Default: `effect-tencentcloud-` and the time. */
  readonly sessionName?: string | undefined
}

/** The members that every request for a session has. */
const session = (options: StsOptions, roleArn: string, sessionName = options.sessionName) =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? `effect-tencentcloud-${now}`,
    ...(options.duration === undefined ? {} : { DurationSeconds: Math.floor(Duration.toSeconds(options.duration)) })
  }))

const tkeVariables = Config.all({
  region: Variable.required("TKE_REGION"),
  providerId: Variable.required("TKE_PROVIDER_ID"),
  tokenFile: Variable.required("TKE_WEB_IDENTITY_TOKEN_FILE"),
  roleArn: Variable.required("TKE_ROLE_ARN")
})

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
  options: StsOptions = {}
): Effect.Effect<CredentialProvider.Source, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const obtain = yield* Sts.make(options.endpoint)
    return CredentialProvider.source({
      name: "TKE OIDC",
      refreshable: true,
      timeout: options.timeout,
      load: Effect.gen(function* () {
        const { providerId, region, roleArn, tokenFile } = yield* Variable.read(tkeVariables)
        const token = yield* TextFile.read(files, tokenFile).pipe(
          Effect.map((text) => text.trim()),
          Effect.filterOrFail(
            (token) => token !== "",
            () => "is empty"
          ),
          Effect.mapError((reason) => `the file of TKE_WEB_IDENTITY_TOKEN_FILE, ${tokenFile}, ${reason}`)
        )
        const common = yield* session(options, roleArn)
        return yield* obtain(undefined, (client) =>
          client.call(
            Sts.AssumeRoleWithWebIdentity,
            { ...common, ProviderId: providerId, WebIdentityToken: token },
            { region }
          )
        )
      })
    })
  })

/**
 * The role to assume, and the key that may assume it.
 *
 * @since 0.1.0
 * @category models
 */
export interface AssumeRoleOptions extends StsOptions {
  /** The source of the key that assumes the role. It can be any source, another role included. */
  readonly from: CredentialProvider.Source
  /** The role, such as `qcs::cam::uin/100000000001:roleName/reader`. Default: `TENCENTCLOUD_ROLE_ARN`. */
  readonly roleArn?: string | undefined
  /** The name of the session. Default: `TENCENTCLOUD_ROLE_SESSION_NAME`, and without it `effect-tencentcloud-` and the time. */
  readonly sessionName?: string | undefined
  /** A CAM policy that allows less than the role does: `{ version: "2.0", statement: [ … ] }`. Default: none. */
  readonly policy?: Json.JsonObject | undefined
  /** The id that the owner of the role asks callers of other accounts for. Default: none. */
  readonly externalId?: string | undefined
  /** The region of STS, which gives the same keys everywhere. Default: `ap-guangzhou`. */
  readonly region?: string | undefined
}

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
  Effect.map(Sts.make(options.endpoint), (obtain) => {
    const assume = (key: Credential.Credential): CredentialProvider.Source =>
      CredentialProvider.source({
        name: "AssumeRole",
        refreshable: true,
        timeout: options.timeout,
        load: Effect.gen(function* () {
          const roleArn =
            options.roleArn ?? (yield* Effect.mapError(Variable.required("TENCENTCLOUD_ROLE_ARN"), Variable.toReason))
          const sessionName = yield* Variable.first("TENCENTCLOUD_ROLE_SESSION_NAME")
          const common = yield* session(options, roleArn, options.sessionName ?? Option.getOrUndefined(sessionName))
          const policy =
            options.policy === undefined
              ? undefined
              : yield* Either.mapLeft(Json.stringify(options.policy), ({ reason }) => `\`policy\` ${reason}`)
          return yield* obtain(key, (client) =>
            client.call(
              Sts.AssumeRole,
              {
                ...common,
                // The service decodes this member once more than the others.
                Policy: policy === undefined ? undefined : encodeURIComponent(policy),
                ExternalId: options.externalId
              },
              { region: options.region ?? "ap-guangzhou" }
            )
          )
        })
      })
    return { refreshable: true, load: Effect.flatMap(options.from.load, (key) => assume(key).load) }
  })

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
