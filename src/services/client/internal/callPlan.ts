/** Decides everything about a call before anything is sent: checks the options, and checks and encodes the request. */
import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Action from "../../../domain/contract/Action.js"
import { InvalidRequestInput } from "../../../domain/errors/ClientError.js"
import type * as Issue from "../../../domain/errors/Issue.js"
import { retriedBy } from "../../../domain/rules/internal/retried.js"
import * as Secrets from "../../../domain/rules/internal/secrets.js"
import * as Message from "../../../domain/rules/Message.js"
import * as RetryPolicy from "../../../domain/rules/RetryPolicy.js"
import * as Endpoint from "../../../domain/wire/Endpoint.js"
import * as Region from "../../../domain/wire/Region.js"
import type * as Request from "../../../domain/wire/Request.js"
import type { Draft, SignatureMethod } from "../Signer.js"
import * as EndpointSettings from "./endpointSettings.js"
import { type Options, override, type SetOptions, settle } from "./options.js"
import * as RetryBudget from "./retryBudget.js"
import { misspelt, showOption, withMeant } from "./showOption.js"
import { isThrottling } from "./verdict.js"

/** How the calls of an action are made: all that does not depend on the request. */
export interface CallPlan {
  readonly request: Request.Request
  /** In the order in which the client tries them. */
  readonly endpoints: Arr.NonEmptyReadonlyArray<Endpoint.Endpoint>
  readonly encoding: Request.Encoding | undefined
  readonly signatureMethod: Draft["method"]
  readonly unsignedPayload: boolean
  readonly timeout: Duration.Duration
  readonly deadline: Duration.Duration | undefined
  readonly idleTimeout: Duration.Duration
  /** When a call is retried. */
  readonly schedule: Schedule.Schedule<unknown, RetryPolicy.Failure>
  /** Whether the policy retries an error as long as it has retries. */
  readonly isRetried: (error: RetryPolicy.Failure) => boolean
  /** Whether a throttled call waits for its second, in place of what a policy says. */
  readonly waitsForSecond: boolean
  /** What retries cost. `undefined` is no limit. */
  readonly budget: RetryBudget.Prices | undefined
  /** What a success puts back into the budget of its host. */
  readonly successWorth: number
  /** Calls per second. `false` is no limit. */
  readonly rateLimit: number | false | undefined
  readonly tracing: boolean
  readonly propagateTrace: boolean
  readonly check: boolean
  /** How answers are read. */
  readonly mode: "response" | "strict"
  /** Whether the request has a member `ClientToken`. */
  readonly takesToken: boolean
  /** What nobody may see of requests and answers. */
  readonly isSecret: Secrets.IsSecret
  readonly onRequest: Options["onRequest"]
  readonly onResponse: Options["onResponse"]
  /** Where in the program the call was made, if the options ask for it. */
  readonly callSite: Error | undefined
}

const fault = (path: string, expected: string, value?: string): Issue.Issue => ({
  kind: "value",
  path: [path],
  expected,
  found: "",
  ...(value === undefined ? {} : { value })
})

/** Whether a duration is above zero. A negative one is decoded as zero. */
const isLimit = (input: Duration.DurationInput): boolean =>
  Option.exists(Duration.decodeUnknown(input), Duration.greaterThan(Duration.zero))

/** Whether an input is a number that is not negative. */
const isAmount = (input: unknown): boolean => typeof input === "number" && input >= 0

const isBudget = (input: RetryPolicy.Budget | false): boolean =>
  input === false ||
  (typeof input === "object" &&
    input !== null &&
    [input.tokens, input.retry, input.timeout, input.success].every((each) => each === undefined || isAmount(each)))

const isBoolean = (input: boolean): boolean => typeof input === "boolean"

/** Whether a header carries a text unchanged: it drops white space around a value. */
const isHeaderValue = (input: string): boolean =>
  typeof input === "string" && /^([\x21-\x7e]+( +[\x21-\x7e]+)*)?$/.test(input)

/** Checks one option, if it is set. */
const check = <A>(value: A | undefined, holds: (value: A) => boolean, name: string, expected: string) =>
  value === undefined || holds(value) ? [] : [fault(`options.${name}`, expected, showOption(value))]

const encodings: ReadonlyArray<string> = ["json", "query", "form", "multipart", "octet-stream"]

/** The public gateway accepts a form only with version 1. */
const signatureMethodOf = ({ encoding, signatureMethod }: SetOptions): SignatureMethod =>
  signatureMethod ?? (encoding === "form" ? "HmacSHA256" : "TC3-HMAC-SHA256")

const isFunction = (input: unknown): boolean => typeof input === "function"

const isListOfTexts = (input: unknown): boolean =>
  Array.isArray(input) && input.every((element) => typeof element === "string")

const checkOptions = (options: SetOptions): ReadonlyArray<Issue.Issue> => [
  ...misspelt(options),
  ...check(options.region, Region.isRegion, "region", "a region name such as `ap-guangzhou`"),
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
  ...check(options.idleTimeout, isLimit, "idleTimeout", "a duration above zero, such as `5 minutes`"),
  ...check(
    options.retryBudget,
    isBudget,
    "retryBudget",
    "numbers of tokens, none of them negative, such as `{ tokens: 500 }`, or `false`"
  ),
  ...check(
    options.rateLimit,
    (limit) => limit === false || (isAmount(limit) && limit >= 1),
    "rateLimit",
    "a number of calls per second, at least 1, or `false`"
  ),
  ...check(options.check, isBoolean, "check", "`true` or `false`"),
  ...check(options.strict, isBoolean, "strict", "`true` or `false`"),
  ...check(options.tracing, isBoolean, "tracing", "`true` or `false`"),
  ...check(options.propagateTrace, isBoolean, "propagateTrace", "`true` or `false`"),
  ...check(
    options.callSite,
    (site) => typeof site === "boolean" || site instanceof Error,
    "callSite",
    "`true`, `false` or an error"
  ),
  ...check(options.onRequest, isFunction, "onRequest", "a function"),
  ...check(options.onResponse, isFunction, "onResponse", "a function"),
  ...check(options.secrets, isListOfTexts, "secrets", "a list of names"),
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
    (unsigned) => unsigned === false || (unsigned === true && signatureMethodOf(options) === "TC3-HMAC-SHA256"),
    "unsignedPayload",
    "`true`, which needs the signature method `TC3-HMAC-SHA256`, or `false`"
  )
]

const endpointsOf = (
  { host, product }: Action.Action.Any,
  { endpoint }: SetOptions
): Either.Either<Arr.NonEmptyReadonlyArray<Endpoint.Endpoint>, Issue.Issue> => {
  const chosen =
    typeof endpoint === "function"
      ? Either.mapLeft(
          Either.try(() => endpoint(product)),
          (error) =>
            fault(
              "options.endpoint",
              error instanceof EndpointSettings.InvalidSetting
                ? error.message
                : "a function that returns an endpoint for each product"
            )
        )
      : Either.right(endpoint === undefined ? { site: "product" as const } : endpoint)
  return chosen.pipe(
    Either.flatMap((choices) =>
      Either.all(
        (Array.isArray(choices) ? choices : [choices]).map((choice) =>
          Either.mapLeft(Endpoint.ofChoice(host ?? product, choice), (expected) =>
            fault("options.endpoint", expected, showOption(choice))
          )
        )
      )
    ),
    Either.flatMap((endpoints) =>
      Arr.isNonEmptyArray(endpoints)
        ? Either.right(endpoints)
        : Either.left(fault("options.endpoint", "an endpoint, or a list of at least one", "an empty list"))
    )
  )
}

/**
 * The endpoints that remain when a host cannot be reached. After a host with TLS, none without TLS remains: otherwise somebody on the
 * way, without a certificate, could make the client send the call in clear.
 */
export const remainingEndpoints = (
  endpoints: CallPlan["endpoints"],
  host: string
): CallPlan["endpoints"] | undefined => {
  const [unreachable, others] = Arr.partition(endpoints, (endpoint) => endpoint.host !== host)
  const needsTls = unreachable.some(({ protocol }) => protocol === "https")
  const remaining = others.filter(({ protocol }) => !needsTls || protocol === "https")
  return Arr.isNonEmptyReadonlyArray(remaining) ? remaining : undefined
}

/** Fills in the ClientToken, which makes a request safe to repeat. */
const withClientToken = (parameters: unknown, id: string): unknown =>
  typeof parameters === "object" && parameters !== null && Reflect.get(parameters, "ClientToken") === undefined
    ? { ...parameters, ClientToken: id }
    : parameters

const defaultRetry = RetryPolicy.exponential({
  while: (error, call) => RetryPolicy.isRetryable(error, call) && !isThrottling(error)
})

/** When a call is retried, and for what. */
type Retrying = Pick<CallPlan, "schedule" | "isRetried" | "waitsForSecond" | "budget" | "successWorth">

/**
 * The schedule of a policy for a call, and its budget. A user writes the policy, so it may be anything at run time. The budget does not
 * cut a policy that the user chose, unless the user chose the budget too.
 */
const retryingOf = (
  { retry, retryBudget }: SetOptions,
  call: RetryPolicy.Call
): Either.Either<Retrying, Issue.Issue> => {
  const policy = retry ?? defaultRetry
  return Either.try(() => policy(call)).pipe(
    Either.filterOrLeft(Schedule.isSchedule, () => undefined),
    Either.mapBoth({
      onLeft: () =>
        fault("options.retry", "a policy that returns a schedule for each call, such as `RetryPolicy.none`"),
      onRight: (schedule) => {
        const isRetried = retriedBy<RetryPolicy.Failure, RetryPolicy.Call>(policy) ?? RetryPolicy.isRetryable
        const prices = RetryBudget.pricesOf(retryBudget === false ? undefined : retryBudget)
        const isUnlimited = retryBudget === false || (retryBudget === undefined && retry !== undefined)
        return {
          schedule,
          isRetried: (error: RetryPolicy.Failure) => isRetried(error, call),
          waitsForSecond: retry === undefined,
          budget: isUnlimited ? undefined : prices,
          successWorth: prices.success
        }
      }
    })
  )
}

const noNames: ReadonlyArray<string> = []

/** The secrets that the contract lists, and those that the options do. */
const secretsOf = ({ secrets: own = noNames }: Action.Action.Any, { secrets: more = noNames }: Options) =>
  more.length === 0 ? own : [...own, ...more]

/** The region of a failure, if it is one: the option may hold anything. */
const regionOf = ({ region }: Options): string | undefined =>
  typeof region === "string" && Region.isRegion(region) ? region : undefined

/** Checks the options of a call of an action, and fills in the defaults. */
export const resolveOptions = (
  action: Action.Action.Any,
  given: Options
): Either.Either<CallPlan, InvalidRequestInput> => {
  const options = settle(given)
  const { name, product, version } = action
  const takesToken = action.request.members.includes("ClientToken")
  const idempotent = action.readOnly || takesToken
  return Either.gen(function* () {
    const faults = checkOptions(options)
    if (faults.length > 0) return yield* Either.left(faults)
    const endpoints = yield* Either.mapLeft(endpointsOf(action, options), (issue) => [issue])
    const retrying = yield* Either.mapLeft(retryingOf(options, { product, action: name, idempotent }), (issue) => [
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
      signatureMethod: action.unsigned ? ("SKIP" as const) : signatureMethodOf(options),
      unsignedPayload: options.unsignedPayload ?? false,
      timeout: Duration.decode(options.timeout ?? "60 seconds"),
      deadline: options.deadline === undefined ? undefined : Duration.decode(options.deadline),
      idleTimeout: Duration.decode(options.idleTimeout ?? "5 minutes"),
      ...retrying,
      rateLimit: options.rateLimit,
      tracing: options.tracing ?? true,
      propagateTrace: options.propagateTrace ?? false,
      check: options.check ?? true,
      mode: options.strict === true ? ("strict" as const) : ("response" as const),
      takesToken,
      isSecret: Secrets.listOf(secretsOf(action, options)),
      onRequest: options.onRequest,
      onResponse: options.onResponse,
      callSite: options.callSite instanceof Error ? options.callSite : undefined
    }
  }).pipe(
    Either.mapLeft((issues) => new InvalidRequestInput({ product, action: name, region: regionOf(options), issues }))
  )
}

/** Finds the plan for a call of an action, with the options of its part of the program and its own. */
export type Planner = (
  action: Action.Action.Any,
  part: Options | undefined,
  own: Options | undefined
) => Either.Either<CallPlan, InvalidRequestInput>

/** Makes the planner of a client. It keeps the plans of calls that have no options but the client's. */
export const makePlanner = (defaults: Options): Planner => {
  const plans = new WeakMap<Action.Action.Any, Either.Either<CallPlan, InvalidRequestInput>>()
  // A function may give another endpoint for each call.
  const isKept = typeof defaults.endpoint !== "function" || EndpointSettings.isConstant(defaults.endpoint)
  const defaultPlan = (action: Action.Action.Any) => {
    const known = plans.get(action)
    if (known !== undefined) return known
    const plan = resolveOptions(action, defaults)
    if (isKept && Either.isRight(plan)) plans.set(action, plan)
    return plan
  }
  return (action, part, own) => {
    if (part === undefined && own === undefined) return defaultPlan(action)
    const inPart = part === undefined ? defaults : override(defaults, part)
    return resolveOptions(action, own === undefined ? inPart : override(inPart, own))
  }
}

/** Whether a request of an action needs an id: for its ClientToken, or as the boundary of its multipart body. */
export const needsId = (action: Action.Action.Any, { encoding, takesToken }: CallPlan): boolean =>
  takesToken || encoding === "multipart" || action.binary.length > 0

const invalid = (
  { name, product }: Action.Action.Any,
  { request: { region } }: CallPlan,
  issues: ReadonlyArray<Issue.Issue>
): Either.Either<never, InvalidRequestInput> =>
  Either.left(new InvalidRequestInput({ product, action: name, region, issues }))

/** Checks a request, and writes it with the codec of its action. `id` becomes its ClientToken. */
export const writeParameters = <A extends Action.Action.Any>(
  action: A,
  request: Action.Action.Request<A>,
  plan: CallPlan,
  id: string
): Either.Either<unknown, InvalidRequestInput> => {
  const { request: codec } = action
  // `request` has the type that this action's own codec encodes.
  const written =
    plan.check || codec.unchecked === undefined
      ? codec.encode(request as never, "request")
      : Either.right(codec.unchecked(request as never))
  if (Either.isLeft(written)) {
    return invalid(
      action,
      plan,
      written.left.map((issue) => withMeant(issue, codec.members))
    )
  }
  return Either.right(plan.takesToken ? withClientToken(written.right, id) : written.right)
}
