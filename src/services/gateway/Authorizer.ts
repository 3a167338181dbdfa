/**
 * Decides whether a caller may perform an operation.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Policy from "../../domain/rules/Policy.js"
import * as Step from "../internal/runtime/step.js"
import { PortError } from "./internal/portFailure.js"

/**
 * An operation, and its caller.
 *
 * @since 0.1.0
 * @category models
 */
export interface Attempt {
  /** The uin of the main account. */
  readonly account: string
  /** The uin of the caller. */
  readonly identity: string
  /** `ebs:CreateVolume`. */
  readonly operation: string
  /** The resources of the operation. All of them have to be allowed. */
  readonly resources: ReadonlyArray<string>
  readonly address: string | undefined
  readonly requestId: string
}

/**
 * The caller may not perform the operation on this resource.
 *
 * @since 0.1.0
 * @category errors
 */
export class Denied {
  readonly _tag = "Denied"
  readonly operation: string
  readonly resource: string

  constructor(props: { readonly operation: string; readonly resource: string }) {
    this.operation = props.operation
    this.resource = props.resource
  }
}

/**
 * An Authorizer could not do its work. A gateway answers `InternalError`, and logs the kind of failure without its message.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthorizerError extends PortError {
  readonly _tag = "AuthorizerError"
}

/**
 * Decides whether a caller may perform an operation.
 *
 * @since 0.1.0
 * @category tags
 */
export class Authorizer extends Context.Tag("effect-tencentcloud/Authorizer")<
  Authorizer,
  {
    /** Fails with the first resource on which the caller may not perform the operation, or if it cannot decide. */
    readonly authorize: (attempt: Attempt) => Effect.Effect<void, Denied | AuthorizerError>
    /** With `soft`, a gateway accepts a denied call, and its journal says which permission is missing. Default: `enforce`. */
    readonly mode?: "enforce" | "soft"
  }
>() {}

/**
 * Makes the service from the policies of each caller.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  policiesOf: (attempt: Attempt) => Effect.Effect<ReadonlyArray<Policy.Policy>, AuthorizerError>
): Authorizer["Type"] => ({
  authorize: (attempt) =>
    Step.flatMap(policiesOf(attempt), (policies) => {
      const { address, operation } = attempt
      // An operation without resources needs a policy for any resource.
      const resources = attempt.resources.length === 0 ? ["*"] : attempt.resources
      const resource = resources.find(
        (resource) => Policy.evaluate(policies, { action: operation, resource, address }) !== "allowed"
      )
      return resource === undefined ? Effect.void : Exit.fail(new Denied({ operation, resource }))
    })
})
