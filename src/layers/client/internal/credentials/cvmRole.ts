/**
 * The role of a CVM instance: asks the metadata service of the instance for a key.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Codec from "../../../../domain/contract/Codec.js"
import * as ErrorCode from "../../../../domain/errors/ErrorCode.js"
import * as Issue from "../../../../domain/errors/Issue.js"
import type * as Credential from "../../../../domain/rules/Credential.js"
import * as Endpoint from "../../../../domain/wire/Endpoint.js"
import * as Json from "../../../../domain/wire/Json.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as BoundedTransport from "./boundedTransport.js"

/**
 * How to ask the metadata service of an instance.
 *
 * @since 0.1.0
 * @category models
 */
export interface CvmRoleOptions {
  /** The name of the role. Default: the role that the instance has. */
  readonly roleName?: string | undefined
  /** The address of the metadata service. Default: `http://metadata.tencentyun.com`. */
  readonly endpoint?: string | undefined
  /** The time limit of each of the two answers. Default: 2 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}

const folder = "/latest/meta-data/cam/security-credentials/"

const isRoleName = (text: string): boolean => /^[\w+=,.@-]{1,128}$/.test(text)

const CvmKey = Codec.fromSchema(
  Schema.Struct({
    TmpSecretId: Schema.String,
    TmpSecretKey: Schema.String,
    Token: Schema.String,
    /** In UNIX seconds. */
    ExpiredTime: Schema.Int
  })
)

/** Reads the answer of the metadata service. Fails with a clause about it, which repeats nothing of it but a code. */
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
 * A source for the role of the CVM instance that the program runs on. It asks the metadata service of the instance.
 *
 * It limits the size and the time of every answer, follows no redirect, and shows no tracer or log what it asks or receives.
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
            ({ reason }) => `asking ${endpoint.host}, which answers only on instances, failed: ${reason}`
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
      // Each answer has a limit of its own, which gives a better reason.
      timeout: Duration.times(timeout, 3),
      load: Effect.gen(function* () {
        const endpoint = yield* Either.mapLeft(
          Endpoint.fromString(options.endpoint ?? "http://metadata.tencentyun.com"),
          (expected) => `\`endpoint\` should be ${expected}`
        )
        const role = options.roleName ?? (yield* ask(endpoint, "")).trim()
        if (!isRoleName(role)) return yield* Effect.fail(`${endpoint.host} answered without the name of a role`)
        return yield* Either.mapLeft(
          readCvmKey(yield* ask(endpoint, role)),
          (reason) => `the answer of ${endpoint.host} ${reason}`
        )
      })
    })
  })

/**
 * The role of the instance that the program runs on. See {@link cvmRole}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCvmRole = (
  options?: CvmRoleOptions
): Layer.Layer<CredentialProvider.CredentialProvider, never, HttpClient.HttpClient> =>
  CredentialProvider.layerEffect(cvmRole(options))
