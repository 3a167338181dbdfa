/**
 * Keys that a service gives, for a time: the role of a CVM instance, the role of a pod in TKE, and any role that another key
 * may assume.
 *
 * Every answer is bounded in size and in time, no redirect is followed, and neither a tracer nor a log sees what was asked or
 * answered.
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
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Codec from "../../domain/contract/Codec.js"
import * as ErrorCode from "../../domain/errors/ErrorCode.js"
import * as Issue from "../../domain/errors/Issue.js"
import type * as Credential from "../../domain/rules/Credential.js"
import * as Endpoint from "../../domain/wire/Endpoint.js"
import * as Json from "../../domain/wire/Json.js"
import * as CredentialProvider from "../../services/client/CredentialProvider.js"
import * as CredentialProviderLayers from "./CredentialProvider.js"
import * as BoundedTransport from "./internal/boundedTransport.js"
import * as Sts from "./internal/sts.js"
import * as TextFile from "./internal/textFile.js"
import * as Variable from "./internal/variable.js"

/**
 * How the metadata service of an instance is asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface CvmRoleOptions {
  /** The name of the role. Default: the one that the instance has. */
  readonly roleName?: string | undefined
  /** Default: `http://metadata.tencentyun.com`. */
  readonly endpoint?: string | undefined
  /** How long each of the two answers may take. Default: 2 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}

const folder = "/latest/meta-data/cam/security-credentials/"

const isRoleName = (text: string): boolean => /^[\w+=,.@-]{1,128}$/.test(text)

const CvmKey = Codec.fromSchema(
  Schema.Struct({
    TmpSecretId: Schema.String,
    TmpSecretKey: Schema.String,
    Token: Schema.String,
    /** UNIX seconds. */
    ExpiredTime: Schema.Int
  })
)

/** Reads the metadata service's answer. Fails with a clause about it, which repeats nothing of it but a code. */
const readCvmKey = (body: string): Either.Either<Credential.Credential.Input, string> =>
  Either.gen(function* () {
    const json = yield* Either.mapLeft(Json.parse(body), ({ reason }) => reason)
    const code = Json.isObject(json) ? json.Code : undefined
    if (code !== "Success") {
      return yield* Either.left(ErrorCode.isErrorCode(code) ? `has the code \`${code}\`` : "does not say `Success`")
    }
    const key = yield* Either.mapLeft(
      CvmKey.decode(json, "response"),
      (issues) => `holds no key: ${issues.map(Issue.format).join(", ")}`
    )
    return {
      secretId: key.TmpSecretId,
      secretKey: Redacted.make(key.TmpSecretKey),
      token: Redacted.make(key.Token),
      expiresAt: key.ExpiredTime
    }
  })

/**
 * The role of the CVM instance that the program runs on, as the metadata service of the instance knows it.
 *
 * @since 0.1.0
 * @category sources
 */
export const cvmRole = (
  options: CvmRoleOptions = {}
): Effect.Effect<CredentialProvider.Source, never, HttpClient.HttpClient> =>
  Effect.map(BoundedTransport.make, (transport) => {
    const timeout = Duration.decode(options.timeout ?? "2 seconds")

    const ask = (endpoint: Endpoint.Endpoint, role: string): Effect.Effect<string, string> =>
      transport
        .send(
          {
            method: "GET",
            path: folder + role,
            query: "",
            headers: { accept: "text/plain, application/json", "content-type": "text/plain" },
            body: ""
          },
          endpoint
        )
        .pipe(
          Effect.mapError(
            ({ reason }) => `asking ${endpoint.host}, which answers on instances alone, failed: ${reason}`
          ),
          Effect.timeoutFail({
            duration: timeout,
            onTimeout: () => `${endpoint.host} gave no answer within ${Duration.format(timeout)}`
          }),
          Effect.flatMap(({ body, status }) => {
            if (status === 200) return Effect.succeed(body)
            return Effect.fail(
              status === 404
                ? `the instance has no ${role === "" ? "role" : `role \`${role}\``}: bind it in the console`
                : `${endpoint.host} answered with HTTP ${status}`
            )
          })
        )

    return CredentialProvider.source({
      name: "CVM role",
      refreshable: true,
      // Each answer has its own bound, which says more.
      timeout: Duration.times(timeout, 3),
      load: Effect.gen(function* () {
        const endpoint = yield* Either.mapLeft(
          Endpoint.fromString(options.endpoint ?? "http://metadata.tencentyun.com"),
          (expected) => `\`endpoint\` should be ${expected}`
        )
        const role = options.roleName ?? (yield* ask(endpoint, "")).trim()
        if (!isRoleName(role)) return yield* Effect.fail(`${endpoint.host} answered with no name of a role`)
        return yield* Either.mapLeft(
          readCvmKey(yield* ask(endpoint, role)),
          (reason) => `the answer of ${endpoint.host} ${reason}`
        )
      })
    })
  })

/**
 * How STS, the Security Token Service, is asked for a key.
 *
 * @since 0.1.0
 * @category models
 */
export interface StsOptions {
  /** Default: `sts.tencentcloudapi.com`. */
  readonly endpoint?: string | undefined
  /** How long the answer may take. Default: 10 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
  /** How long the key is to last: up to 12 hours. Default: the service's own, 2 hours. */
  readonly duration?: Duration.DurationInput | undefined
  /** What the session is called in the logs of the cloud. Default: `effect-tencentcloud-` and the time. */
  readonly sessionName?: string | undefined
}

/** What is common to every request for a session. */
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
 * The role of the pod in TKE that the program runs in: the token of its service account, exchanged for a key by
 * `AssumeRoleWithWebIdentity`, which is not signed.
 *
 * The cluster sets `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN`, and renews the token.
 * Both are read again for each key.
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
        const { providerId, region, roleArn, tokenFile } = yield* Effect.mapError(tkeVariables, Variable.whyNot)
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
 * Which role is assumed, and with which key.
 *
 * @since 0.1.0
 * @category models
 */
export interface AssumeRoleOptions extends StsOptions {
  /** The key that asks for the role. Any source will do, another role too. */
  readonly from: CredentialProvider.Source
  /** `qcs::cam::uin/100000000001:roleName/reader`. Default: `TENCENTCLOUD_ROLE_ARN`. */
  readonly roleArn?: string | undefined
  /** Default: `TENCENTCLOUD_ROLE_SESSION_NAME`, and without it `effect-tencentcloud-` and the time. */
  readonly sessionName?: string | undefined
  /** A CAM policy that leaves less than the role has: `{ version: "2.0", statement: [ … ] }`. */
  readonly policy?: Json.JsonObject | undefined
  /** What the role's owner demands of callers of other accounts. */
  readonly externalId?: string | undefined
  /** Default: `ap-guangzhou`. STS gives the same keys everywhere. */
  readonly region?: string | undefined
}

/**
 * A role, assumed with the key of another source, which is looked up for each new key of the role.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as CredentialRemote from "effect-tencentcloud/CredentialRemote"
 *
 * // An instance's role may assume a role of another account, and that one a third.
 * export const CredentialLive = CredentialProvider.layerEffect(
 *   CredentialRemote.cvmRole().pipe(
 *     Effect.flatMap((from) =>
 *       CredentialRemote.assumeRole({ from, roleArn: "qcs::cam::uin/100000000002:roleName/entry", externalId: "team-1" })
 *     ),
 *     Effect.flatMap((from) =>
 *       CredentialRemote.assumeRole({ from, roleArn: "qcs::cam::uin/100000000003:roleName/reader" })
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
            options.roleArn ?? (yield* Effect.mapError(Variable.required("TENCENTCLOUD_ROLE_ARN"), Variable.whyNot))
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
                // The service decodes it once more than the rest.
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
 * The role of the instance: see {@link cvmRole}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCvmRole = (
  options?: CvmRoleOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, HttpClient.HttpClient> =>
  CredentialProviderLayers.layerEffect(cvmRole(options))

/**
 * The role of the pod: see {@link tkeOidc}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTkeOidc = (
  options?: StsOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem | HttpClient.HttpClient> =>
  CredentialProviderLayers.layerEffect(tkeOidc(options))

/**
 * A role: see {@link assumeRole}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAssumeRole = (
  options: AssumeRoleOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, HttpClient.HttpClient> =>
  CredentialProviderLayers.layerEffect(assumeRole(options))
