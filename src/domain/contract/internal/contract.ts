/** Makes the contract of an action out of codecs: what contracts written by hand and generated ones have in common. */

import * as ApiError from "../../errors/ApiError.js"
import * as CommonError from "../../errors/CommonError.js"
import type { Action, TypeId as Mark, Options } from "../Action.js"
import type { Codec } from "../Codec.js"

export const TypeId: Mark = Symbol.for("effect-tencentcloud/Action") as Mark

const readOnlyName = /^(Describe|Get|List|Query|Search|Check|Inquiry|Inquire)(?![a-z])/

const lazily = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** What makes a contract, its codecs made already. */
type Parts<Request, Response, Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>> = Omit<
  Options<Codec<Request>, Errors>,
  "request"
> & { readonly request: Codec<Request>; readonly response: Codec<Response> }

export const make = <
  const Name extends string,
  Request,
  Response,
  const Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>,
  const Streams extends boolean
>(
  name: Name,
  parts: Parts<Request, Response, Errors>,
  streams: Streams
): Action<Name, Request, Response, InstanceType<Errors[number]>, Streams> => {
  const decodeError = lazily(() =>
    ApiError.decoder<Errors[number] | (typeof CommonError.classes)[number]>([...parts.errors, ...CommonError.classes])
  )
  return {
    [TypeId]: TypeId,
    name,
    product: parts.product,
    version: parts.version,
    request: parts.request,
    response: parts.response,
    streams,
    errors: parts.errors,
    decodeError: (answer) => decodeError()(answer),
    readOnly: parts.readOnly ?? readOnlyName.test(name),
    rateLimit: parts.rateLimit,
    regions: parts.regions,
    resources: parts.resources ?? (() => ["*"]),
    offline: parts.offline ?? false,
    intl: parts.intl,
    unsigned: parts.unsigned ?? false,
    deprecated: parts.deprecated,
    binary: parts.binary ?? []
  }
}
