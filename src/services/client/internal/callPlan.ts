import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Action from "../../../domain/contract/Action.js"
import { InvalidRequestInput } from "../../../domain/errors/ClientError.js"
import type * as Issue from "../../../domain/errors/Issue.js"
import * as Message from "../../../domain/rules/Message.js"
import * as RetryPolicy from "../../../domain/rules/RetryPolicy.js"
import * as Endpoint from "../../../domain/wire/Endpoint.js"
import * as Json from "../../../domain/wire/Json.js"
import * as Region from "../../../domain/wire/Region.js"
import * as Request from "../../../domain/wire/Request.js"
import type { Options } from "../ApiClient.js"
import type { Draft, SignatureMethod } from "../Signer.js"

/** Everything about the calls of an action that does not depend on what is asked: made once for the client's own options. */
export interface Terms {
  readonly request: Request.Request
  /** In the order in which they are tried. */
  readonly endpoints: Arr.NonEmptyReadonlyArray<Endpoint.Endpoint>
  readonly encoding: Request.Encoding | undefined
  readonly signatureMethod: Draft["method"]
  readonly unsignedPayload: boolean
  readonly timeout: Duration.Duration
  readonly deadline: Duration.Duration | undefined
  /** When a call is tried again. */
  readonly schedule: Schedule.Schedule<unknown, RetryPolicy.Failure>
  readonly tracing: boolean
  readonly propagateTrace: boolean
  readonly check: boolean
  /** How answers are read. */
  readonly mode: "response" | "strict"
  readonly takesToken: boolean
}

const fault = (path: string, expected: string): Issue.Issue => ({ kind: "value", path: [path], expected, found: "" })

/** A negative duration is decoded as none. */
const isLimit = (input: Duration.DurationInput): boolean =>
  Option.exists(Duration.decodeUnknown(input), Duration.greaterThan(Duration.zero))

const isBoolean = (input: boolean): boolean => typeof input === "boolean"

/** What a header carries as it is: white space around a value is none of it. */
const isHeaderValue = (input: string): boolean =>
  typeof input === "string" && /^([\x21-\x7e]+( +[\x21-\x7e]+)*)?$/.test(input)

/** A check of one option, where it is given at all. */
const check = <A>(value: A | undefined, holds: (value: A) => boolean, name: string, expected: string) =>
  value === undefined || holds(value) ? [] : [fault(`options.${name}`, expected)]

const encodings: ReadonlyArray<string> = ["json", "query", "form", "multipart", "octet-stream"]

/** The public gateway takes a form with version 1 only. */
const methodOf = ({ encoding, signatureMethod }: Options): SignatureMethod =>
  signatureMethod ?? (encoding === "form" ? "HmacSHA256" : "TC3-HMAC-SHA256")

const checkOptions = (options: Options): ReadonlyArray<Issue.Issue> => [
  ...check(options.region, Region.isRegion, "region", "the name of a region, such as `ap-guangzhou`"),
  ...check(options.language, Message.isLanguage, "language", "`en-US` or `zh-CN`"),
  ...check(options.traceId, isHeaderValue, "traceId", "printable ASCII, without spaces around it"),
  ...check(
    options.encoding,
    (encoding) => encodings.includes(encoding),
    "encoding",
    "`json`, `query`, `form`, `multipart` or `octet-stream`"
  ),
  ...check(options.timeout, isLimit, "timeout", "a duration above zero, such as `30 seconds`"),
  ...check(options.deadline, isLimit, "deadline", "a duration above zero, such as `5 minutes`"),
  ...check(options.check, isBoolean, "check", "`true` or `false`"),
  ...check(options.strict, isBoolean, "strict", "`true` or `false`"),
  ...check(options.tracing, isBoolean, "tracing", "`true` or `false`"),
  ...check(options.propagateTrace, isBoolean, "propagateTrace", "`true` or `false`"),
  ...check(
    options.signatureMethod,
    (method) =>
      method === "TC3-HMAC-SHA256" ||
      (/^HmacSHA(1|256)$/.test(method) && (options.encoding === "query" || options.encoding === "form")),
    "signatureMethod",
    "`TC3-HMAC-SHA256`, or `HmacSHA1` or `HmacSHA256`, which need the encoding `query` or `form`"
  ),
  ...check(
    options.unsignedPayload,
    (unsigned) => unsigned === false || (unsigned === true && methodOf(options) === "TC3-HMAC-SHA256"),
    "unsignedPayload",
    "`true`, which needs the signature method `TC3-HMAC-SHA256`, or `false`"
  )
]

const endpointsOf = (
  product: string,
  { endpoint }: Options
): Either.Either<Arr.NonEmptyReadonlyArray<Endpoint.Endpoint>, Issue.Issue> => {
  const chosen =
    typeof endpoint === "function"
      ? Either.mapLeft(
          Either.try(() => endpoint(product)),
          () => "a function that gives an endpoint for each product"
        )
      : Either.right(endpoint === undefined ? { site: "product" as const } : endpoint)
  return chosen.pipe(
    Either.flatMap((choices) =>
      Either.all((Array.isArray(choices) ? choices : [choices]).map((choice) => Endpoint.ofChoice(product, choice)))
    ),
    Either.flatMap((endpoints) =>
      Arr.isNonEmptyArray(endpoints) ? Either.right(endpoints) : Either.left("an endpoint, or a list of one at least")
    ),
    Either.mapLeft((expected) => fault("options.endpoint", expected))
  )
}

/**
 * The other endpoints, where a host cannot be reached. In the place of one over TLS there is none without: whoever stands between
 * and has no certificate for it is not to read the call instead.
 */
export const besides = (
  endpoints: Terms["endpoints"],
  host: string
): Arr.NonEmptyReadonlyArray<Endpoint.Endpoint> | undefined => {
  const [lost, others] = Arr.partition(endpoints, (endpoint) => endpoint.host !== host)
  const secure = lost.some(({ protocol }) => protocol === "https")
  const left = others.filter(({ protocol }) => !secure || protocol === "https")
  return Arr.isNonEmptyReadonlyArray(left) ? left : undefined
}

/** A ClientToken makes a request safe to repeat, so it is filled in where the action takes one. */
const withClientToken = (parameters: unknown, id: string): unknown =>
  typeof parameters === "object" && parameters !== null && Reflect.get(parameters, "ClientToken") === undefined
    ? { ...parameters, ClientToken: id }
    : parameters

/** Bytes have no form in JSON or in a query, so a request that holds some travels in parts. */
const encodingOf = (
  action: Action.Action.Any,
  parameters: unknown,
  asked: Request.Encoding | undefined
): Either.Either<Request.Encoding, string> => {
  const isBinary = (name: string) => Json.isObject(parameters) && parameters[name] instanceof Uint8Array
  if (!action.binary.some(isBinary)) return Either.right(asked ?? "json")
  const encoding = asked ?? "multipart"
  return encoding === "multipart" || encoding === "octet-stream"
    ? Either.right(encoding)
    : Either.left("holds bytes, which only multipart and octet-stream carry")
}

const defaultRetry = RetryPolicy.exponential()

/** The schedule that a policy has for a call. A policy is the user's own, and may be anything at run time. */
const scheduleOf = (
  { retry = defaultRetry }: Options,
  call: RetryPolicy.Call
): Either.Either<Terms["schedule"], Issue.Issue> =>
  Either.try(() => retry(call)).pipe(
    Either.filterOrLeft(Schedule.isSchedule, () => undefined),
    Either.mapLeft(() =>
      fault("options.retry", "a policy that gives a schedule for each call, such as `RetryPolicy.none`")
    )
  )

/** Version 1 has the common parameters beside those of the action, so their names are taken. */
const taken = (payload: Request.Payload): string | undefined =>
  payload.parameters.map(([name]) => name).find((name) => Request.commonNames.has(name))

/** Checks the options of a call of this action. */
export const terms = (action: Action.Action.Any, options: Options): Either.Either<Terms, InvalidRequestInput> => {
  const { name, product, version } = action
  const takesToken = action.request.members.includes("ClientToken")
  const idempotent = action.readOnly || takesToken
  return Either.gen(function* () {
    const faults = checkOptions(options)
    if (faults.length > 0) return yield* Either.left(faults)
    const endpoints = yield* Either.mapLeft(endpointsOf(product, options), (issue) => [issue])
    const schedule = yield* Either.mapLeft(scheduleOf(options, { product, action: name, idempotent }), (issue) => [
      issue
    ])
    return {
      request: {
        product,
        version,
        action: name,
        region: options.region,
        language: options.language,
        traceId: options.traceId,
        client: "effect-tencentcloud"
      },
      endpoints,
      encoding: options.encoding,
      signatureMethod: action.unsigned ? ("SKIP" as const) : methodOf(options),
      unsignedPayload: options.unsignedPayload ?? false,
      timeout: Duration.decode(options.timeout ?? "60 seconds"),
      deadline: options.deadline === undefined ? undefined : Duration.decode(options.deadline),
      schedule,
      tracing: options.tracing ?? true,
      propagateTrace: options.propagateTrace ?? false,
      check: options.check ?? true,
      mode: options.strict === true ? ("strict" as const) : ("response" as const),
      takesToken
    }
  }).pipe(Either.mapLeft((issues) => new InvalidRequestInput({ action: name, issues })))
}

/** Whether a request of this action needs an id of its own, for a ClientToken or to part its pieces. */
export const needsId = (action: Action.Action.Any, { encoding, takesToken }: Terms): boolean =>
  takesToken || encoding === "multipart" || action.binary.length > 0

/** Checks and encodes a request. `id` becomes its ClientToken, or the boundary of a multipart body. */
export const payload = <A extends Action.Action.Any>(
  action: A,
  input: Action.Action.Request<A>,
  terms: Terms,
  id: string
): Either.Either<Request.Payload, InvalidRequestInput> => {
  const refuse = (issues: ReadonlyArray<Issue.Issue>) =>
    Either.left(new InvalidRequestInput({ action: action.name, issues }))
  const { request: codec } = action
  // `Action.Request` is what this action's own codec takes.
  const encoded =
    terms.check || codec.unchecked === undefined
      ? codec.encode(input as never, "request")
      : Either.right(codec.unchecked(input as never))
  if (Either.isLeft(encoded)) return refuse(encoded.left)
  const parameters = terms.takesToken ? withClientToken(encoded.right, id) : encoded.right
  const made = Either.flatMap(encodingOf(action, parameters, terms.encoding), (encoding) =>
    Request.payload({ product: action.product, encoding, parameters, boundary: id })
  )
  if (Either.isLeft(made)) {
    const expected = `something that can be sent as ${terms.encoding ?? "json or multipart"}; it ${made.left}`
    return refuse([fault("request", expected)])
  }
  const isVersion1 = terms.signatureMethod === "HmacSHA1" || terms.signatureMethod === "HmacSHA256"
  const clash = isVersion1 ? taken(made.right) : undefined
  if (clash === undefined) return Either.right(made.right)
  const expected = `no member \`${clash}\` where version 1 signs, which has a common parameter of that name`
  return refuse([fault("request", expected)])
}
