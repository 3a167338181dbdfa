/** The gateway that the program calls, without an adapter. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import { ResourceNotFound } from "effect-tencentcloud/CommonError"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import { Count, Find } from "./contract.mjs"

/** The permanent key of a server, and the temporary one of a page. */
export const keys = {
  permanent: { secretId: "AKIDEXAMPLE", secretKey: "example-key" },
  temporary: { secretId: "AKIDTEMPORARY", secretKey: "temporary-key", token: "example-token" }
}

const identity = "100000000002"

const Handlers = Gateway.handlers(Product.make([Find, Count]), {
  DescribeThing: ({ Name }) =>
    Name === "lost" ? Effect.fail(new ResourceNotFound({ message: "no such thing" })) : Effect.succeed({ Name }),
  DescribeCount: ({ To }) => Stream.range(1, To).pipe(Stream.map((Number) => ({ Number })))
})

export const Live = Gateway.layer().pipe(
  Layer.provide(Handlers),
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    TimestampValidator.layer,
    KeyStore.layerMemory([
      { ...keys.permanent, identity },
      { ...keys.temporary, identity, session: { token: keys.temporary.token, expiresAt: 4_102_444_800 } }
    ]),
    RateLimiter.layerMemory({ action: 100 }),
    Authorizer.layerAllowAll
  ])
)
