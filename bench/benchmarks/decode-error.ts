import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Envelope from "effect-tencentcloud/Envelope"
import { DescribeInstances, InvalidInstanceIdMalformed } from "effect-tencentcloud/products/cvm"
import { type Benchmark, timeOf, verify } from "../harness.js"
import { call, errorAnswer, product, requestId } from "../instances.js"
import { makeClient } from "../official.js"

const where = { product, action: call.action, region: call.region }

const decode = (text: string): unknown => {
  const envelope = Either.getOrThrow(Envelope.decode(text))
  return envelope._tag === "Failure" ? DescribeInstances.action.decodeError({ ...envelope, ...where }) : undefined
}

const client = makeClient("127.0.0.1")

/** What its parser needs of a response of `node-fetch`. */
const response = (text: string) => ({
  status: 200,
  headers: { get: () => null },
  json: async () => JSON.parse(text)
})

type Parse = (answer: ReturnType<typeof response>) => Promise<unknown>

// A method that is private to its types only.
const parseResponse: Parse = Reflect.get(client, "parseResponse").bind(client)

const decodeOfficially = (text: string): Promise<unknown> =>
  parseResponse(response(text)).then(
    () => undefined,
    (error: unknown) => error
  )

const decodeByHand = (text: string): Error & { code?: string; requestId?: string } => {
  const { Error: error, RequestId } = JSON.parse(text).Response
  return Object.assign(new Error(error.Message), { code: error.Code, requestId: RequestId })
}

const isRight = (error: unknown): boolean =>
  error instanceof Error &&
  Reflect.get(error, "code") === "InvalidInstanceId.Malformed" &&
  Reflect.get(error, "requestId") === requestId &&
  error.message.includes("ins-00000001")

export const decodeError: Benchmark = {
  name: "decode-error",
  what: "the text of an error answer to the error",
  unit: "µs",
  goals: [{ against: "floor", is: "at most", value: 1.5 }],
  prepare: (pace) =>
    Effect.gen(function* () {
      const error = decode(errorAnswer)
      yield* verify("ours", isRight(error) && error instanceof InvalidInstanceIdMalformed, "it is another error")
      yield* verify(
        "theirs",
        isRight(yield* Effect.promise(() => decodeOfficially(errorAnswer))),
        "it is another error"
      )
      yield* verify("floor", isRight(decodeByHand(errorAnswer)), "it is another error")
      return {
        turns: {
          ours: timeOf(pace, (times) => {
            for (let done = 0; done < times; done++) decode(errorAnswer)
          }),
          theirs: timeOf(pace, async (times) => {
            for (let done = 0; done < times; done++) await decodeOfficially(errorAnswer)
          }),
          floor: timeOf(pace, (times) => {
            for (let done = 0; done < times; done++) decodeByHand(errorAnswer)
          })
        }
      }
    })
}
