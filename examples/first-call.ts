/**
 * A first call: whose key is this? Run it with `npx tsx examples/first-call.ts`, and with `TENCENTCLOUD_SECRET_ID` and
 * `TENCENTCLOUD_SECRET_KEY` in the environment.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { ApiError, catchFamily } from "effect-tencentcloud/ApiError"

/** A code that this action declares beside the common ones. */
class AccessKeyIllegal extends ApiError("AuthFailure.AccessKeyIllegal") {}

const GetCallerIdentity = ApiClient.callable(
  Action.make("GetCallerIdentity", {
    product: "sts",
    version: "2018-08-13",
    request: Schema.Struct({}),
    response: Schema.Struct({
      Arn: Schema.String,
      AccountId: Schema.String,
      UserId: Schema.String,
      PrincipalId: Schema.String,
      Type: Schema.String
    }),
    errors: [AccessKeyIllegal]
  })
)

const program = GetCallerIdentity().pipe(
  Effect.flatMap(({ AccountId, Arn }) => Console.log(`The key is ${Arn}, of the account ${AccountId}.`)),
  catchFamily("AuthFailure", (error) => Console.log(String(error))),
  Effect.catchTags({
    CredentialsUnavailable: (error) => Console.log(String(error)),
    TransportError: (error) => Console.log(String(error))
  })
  // What is left in the channel, and so fails the program: other common codes, and an answer that cannot be read.
)

NodeRuntime.runMain(Effect.provide(program, ApiClient.layer({ region: "ap-guangzhou" })))
