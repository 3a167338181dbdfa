/** Asks the metadata service of an instance for the key of its role. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Codec from "../../../../domain/contract/Codec.js"
import * as ErrorCode from "../../../../domain/errors/ErrorCode.js"
import * as Issue from "../../../../domain/errors/Issue.js"
import type * as Credential from "../../../../domain/rules/Credential.js"
import * as Endpoint from "../../../../domain/wire/Endpoint.js"
import * as Json from "../../../../domain/wire/Json.js"
import * as Offline from "../../../../services/client/internal/offline.js"
import type { Transport } from "../../../../services/client/Transport.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import type { CvmRoleOptions } from "./options.js"

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

/** Makes the source over a transport that limits the size of an answer. */
export const make = (transport: Transport["Type"], options: CvmRoleOptions = {}): CredentialProvider.Source => {
  const timeout = Duration.decode(options.timeout ?? "2 seconds")

  const ask = (endpoint: Endpoint.Endpoint, role: string): Effect.Effect<string, string> =>
    Effect.zipRight(
      Offline.check(endpoint.host),
      transport.send(
        {
          method: "GET",
          path: folder + role,
          query: "",
          headers: { accept: "text/plain, application/json", "content-type": "text/plain" },
          body: ""
        },
        endpoint
      )
    ).pipe(
      Effect.mapError(({ reason }) => `asking ${endpoint.host}, which answers only on instances, failed: ${reason}`),
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
}
