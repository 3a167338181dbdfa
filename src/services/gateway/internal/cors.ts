/** Lets the pages of listed origins call a gateway from a browser: answers preflights, and adds headers to answers. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as CommonError from "../../../domain/errors/CommonError.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import * as Step from "../../internal/runtime/step.js"

/** Which pages may call. */
export interface Cors {
  readonly origins: ReadonlyArray<string> | "*"
}

/** As much of a gateway as answers requests. */
interface Answerer {
  readonly handle: (request: Wire.WireRequest) => Effect.Effect<Wire.WireResponse>
  readonly judge: (head: Wire.WireRequest) => Effect.Effect<Wire.WireResponse | undefined>
  readonly refuse: (error: CommonError.CommonError, request?: Wire.WireRequest) => Effect.Effect<Wire.WireResponse>
}

/** In seconds. Browsers keep what a preflight says for two hours at most. */
const maxAge = "7200"

/** An origin as a browser writes it, from one that may have capitals and a slash at its end. Undefined if a text is none. */
const readOrigin = (text: string): string | undefined => {
  if (text === "*" || text === "null") return text
  const origin = text.toLowerCase().replace(/\/$/, "")
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/.test(origin) || !URL.canParse(origin)) return undefined
  // A browser leaves out the port that a scheme has anyway. A scheme of an app has no such port, and its origin here is `null`.
  const parsed = new URL(origin).origin
  return parsed === "null" ? origin : parsed
}

/** What is wrong with the option, as a sentence. */
export const faultOf = ({ origins }: Cors): string | undefined => {
  const wrong = origins === "*" ? undefined : origins.find((origin) => readOrigin(origin) === undefined)
  if (wrong === undefined) return undefined
  return `\`cors.origins\` has \`${wrong}\`, which is no origin: expected a scheme, a host and maybe a port, such as \`http://localhost:5173\``
}

/** Whether a browser asks if it may send a request. */
const isPreflight = ({ headers, method }: Wire.WireRequest): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined

/** Whether a list of header names can go into a header of the answer. */
const isNames = (text: string): boolean => text.length <= 4096 && /^[\w!#$%&'*+.^`|~, -]+$/.test(text)

/** Allows what the browser asks for. The signature decides about the rest. */
const preflight = (headers: Wire.Headers, wanted: string | undefined): Wire.WireResponse => ({
  status: 204,
  headers: {
    ...headers,
    "access-control-allow-methods": "GET, POST",
    ...(wanted !== undefined && isNames(wanted) ? { "access-control-allow-headers": wanted } : {}),
    "access-control-max-age": maxAge
  },
  body: ""
})

/** The headers that let the page of a request read the answer. Undefined if it may not. */
const makeAllow = (origins: Cors["origins"]): ((origin: string | undefined) => Wire.Headers | undefined) => {
  const known = new Set(origins === "*" ? ["*"] : origins.map(readOrigin))
  if (known.has("*")) {
    const headers = { "access-control-allow-origin": "*" }
    return () => headers
  }
  return (origin) =>
    origin !== undefined && known.has(origin) ? { "access-control-allow-origin": origin, vary: "origin" } : undefined
}

/** No page is allowed to read an answer with these. They keep a cache from giving the answer to one that is. */
const notAllowed: Wire.Headers = { vary: "origin" }

const decorate = (answer: Wire.WireResponse, allowed: Wire.Headers | undefined): Wire.WireResponse => {
  const headers =
    allowed === undefined
      ? notAllowed
      : // A client needs the date, to set its clock right. Every server adds it.
        { ...allowed, "access-control-expose-headers": ["date", ...Object.keys(answer.headers)].join(", ") }
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** Answers the preflights of a gateway before its checks, and adds the headers to all of its other answers. */
export const addTo = (gateway: Answerer, { origins }: Cors): Answerer => {
  const allow = makeAllow(origins)
  const handle = (step: Step.StepContext<never>, request: Wire.WireRequest): Effect.Effect<Wire.WireResponse> => {
    const { headers } = request
    const allowed = allow(headers.origin)
    if (allowed !== undefined && isPreflight(request)) {
      return Exit.succeed(preflight(allowed, headers["access-control-request-headers"]))
    }
    return Step.flatMapNow(step, gateway.handle(request), (answer) => Exit.succeed(decorate(answer, allowed)))
  }
  const judge = (step: Step.StepContext<never>, head: Wire.WireRequest) =>
    Step.flatMapNow(step, gateway.judge(head), (answer) =>
      Exit.succeed(answer === undefined ? undefined : decorate(answer, allow(head.headers.origin)))
    )
  return {
    handle: (request) => Step.makeFrom(request, handle),
    judge: (head) => Step.makeFrom(head, judge),
    refuse: (error, request) =>
      Effect.map(gateway.refuse(error, request), (answer) => decorate(answer, allow(request?.headers.origin)))
  }
}
