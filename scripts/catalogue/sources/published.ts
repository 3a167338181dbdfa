/** Reads the published examples of `tccli`: raw requests and answers, as people wrote them. */
import * as Either from "effect/Either"
import * as Json from "../../../src/domain/wire/Json.js"
import * as Parameters from "../../../src/domain/wire/Parameters.js"
import { commonNames } from "../../../src/domain/wire/Request.js"
import type { Parameter } from "../../../src/domain/wire/SignatureV1.js"
import * as Catalogue from "../catalogue.js"
import * as Tccli from "./tccli.js"

/** The parameters of a request. Those of a query are texts. */
export interface Request {
  readonly mode: "request" | "form"
  readonly parameters: Json.JsonObject
}

/** What an answer holds: one result, or those of a stream's events. */
export interface Answer {
  readonly results: ReadonlyArray<Json.JsonObject>
  /** Whether the results stand in no envelope. */
  readonly bare: boolean
}

const queryOf = (text: string): Either.Either<Request, string> => {
  const query = text.slice(text.indexOf("?") + 1).trim()
  // A value may hold an ampersand. Where each parameter has its own line, only the first of a line separates.
  const parts = query.split(/\r?\n\s*&/.test(query) ? /\s*\r?\n\s*&/ : /\s*&\s*/)
  const parameters: Array<Parameter> = []
  for (const part of parts.map((one) => one.trim().replace(/^&/, ""))) {
    if (part === "" || part.startsWith("<")) continue
    const parsed = Parameters.parse(part.replaceAll("&", "%26").replaceAll("+", "%2B"))
    if (Either.isLeft(parsed)) return Either.left(`\`${part}\` is no parameter`)
    parameters.push(...parsed.right.filter(([name]) => !commonNames.has(name)))
  }
  return Either.mapBoth(Parameters.unflatten(parameters), {
    onLeft: ({ kind, name }) => `the parameter ${name} has a fault: ${kind}`,
    onRight: (nested): Request => ({ mode: "form", parameters: nested })
  })
}

const objectOf = (text: string): Either.Either<Json.JsonObject, string> => {
  const parsed = Json.parse(text)
  if (Either.isLeft(parsed)) return Either.left(`it is no JSON: ${parsed.left.reason}`)
  return Json.isObject(parsed.right) ? Either.right(parsed.right) : Either.left("it is no JSON object")
}

/** The request of an example. Fails with a clause if there is none that can be read. */
export const requestOf = ({ input }: Tccli.Example): Either.Either<Request, string> => {
  const text = (input ?? "").trim()
  if (/^https?:\/\//.test(text)) return queryOf(text)
  if (!text.startsWith("POST") && !text.startsWith("{")) return Either.left("it is no request")
  const begin = /(?:^|\n)\s*\{/.exec(text)
  if (begin === null) return Either.left("it has no JSON body")
  return Either.map(
    objectOf(text.slice(begin.index).trim()),
    (parameters): Request => ({ mode: "request", parameters })
  )
}

const eventsOf = (text: string): Either.Either<Answer, string> => {
  const events = [...text.matchAll(/^data:\s*(\{.*)$/gm)].map(([, data = ""]) => objectOf(data.trim()))
  if (events.length === 0) return Either.left("it is no answer")
  return Either.map(Either.all(events), (results): Answer => ({ results, bare: true }))
}

/** The answer of an example. Fails with a clause if there is none that can be read. */
export const answerOf = ({ output }: Tccli.Example): Either.Either<Answer, string> => {
  const text = (output ?? "").trim()
  if (!text.startsWith("{")) return eventsOf(text)
  return Either.flatMap(objectOf(text), (whole): Either.Either<Answer, string> => {
    const { Response: response } = whole
    if (response === undefined) return Either.right({ results: [whole], bare: true })
    return Json.isObject(response)
      ? Either.right({ results: [response], bare: false })
      : Either.left("its Response is no object")
  })
}

/** Texts and numbers, by `Object.Member`. */
export type Values = ReadonlyMap<string, ReadonlySet<string>>

/** The texts and numbers that the examples of a version hold. Those of a query are left out. */
export const values = (version: Tccli.Version): Values => {
  const found = new Map<string, Set<string>>()
  const visit = (value: Json.Json | undefined, object: string): void => {
    if (value === undefined || !Json.isObject(value)) return
    for (const member of version.objects[object] ?? []) {
      const inner = Object.hasOwn(value, member.name) ? value[member.name] : undefined
      const type = Catalogue.elementOf(Tccli.typeOf(member))
      for (const item of Array.isArray(inner) ? inner : [inner]) {
        if (Object.hasOwn(version.objects, type)) visit(item, type)
        else if (typeof item === "string" || typeof item === "number" || typeof item === "bigint") {
          const name = `${object}.${member.name}`
          found.set(name, (found.get(name) ?? new Set()).add(String(item)))
        }
      }
    }
  }
  for (const [name, { input, output }] of Object.entries(version.actions)) {
    for (const example of version.examples[name] ?? []) {
      const [request, answer] = [requestOf(example), answerOf(example)]
      if (Either.isRight(request) && request.right.mode === "request") visit(request.right.parameters, input)
      if (Either.isRight(answer)) for (const result of answer.right.results) visit(result, output)
    }
  }
  return found
}
