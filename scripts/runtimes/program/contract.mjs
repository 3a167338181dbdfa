/** The product that the program calls. Both ends import it, each in a runtime of its own. */
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { ResourceNotFound } from "effect-tencentcloud/CommonError"

const options = { product: "demo", version: "2026-01-01" }

export const Find = ApiClient.callable(
  Action.make("DescribeThing", {
    ...options,
    request: Schema.Struct({ Name: Schema.String }),
    response: Schema.Struct({ Name: Schema.String }),
    errors: [ResourceNotFound]
  })
)

export const Count = ApiClient.callable(
  Action.stream("DescribeCount", {
    ...options,
    request: Schema.Struct({ To: Schema.Int }),
    event: Schema.Struct({ Number: Schema.Int }),
    errors: []
  })
)
