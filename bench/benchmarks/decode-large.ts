import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Envelope from "effect-tencentcloud/Envelope"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"
import { type Benchmark, timeOf, verify } from "../harness.js"
import { largeAnswer } from "../instances.js"

const { response } = DescribeInstances.action

const decode = (text: string) => {
  const envelope = Either.getOrThrow(Envelope.decode(text))
  return envelope._tag === "Success" ? Either.getOrThrow(response.decode(envelope.response, "response")) : undefined
}

/** What a wrong type becomes. */
const isChecked = (text: string): boolean => {
  const envelope = Either.getOrThrow(Envelope.decode(text.replace('"CPU":8', '"CPU":"eight"')))
  return envelope._tag === "Success" && Either.isLeft(response.decode(envelope.response, "response"))
}

export const decodeLarge: Benchmark = {
  name: "decode-large",
  what: "an answer of 100 instances, typed and checked",
  unit: "µs",
  goals: [
    { against: "theirs", is: "at most", value: 2.5 },
    { against: "floor", is: "at most", value: 2.5 }
  ],
  prepare: (pace) =>
    Effect.gen(function* () {
      const decoded = decode(largeAnswer)
      const [first] = decoded?.InstanceSet ?? []
      yield* verify("ours", decoded?.InstanceSet?.length === 100, "instances are missing")
      yield* verify("ours", first?.Tags?.length === 3 && first.IPv6Addresses === undefined, "it is another instance")
      yield* verify("ours", isChecked(largeAnswer), "a wrong type is accepted")
      const parse = timeOf(pace, (times) => {
        for (let done = 0; done < times; done++) JSON.parse(largeAnswer)
      })
      return {
        turns: {
          ours: timeOf(pace, (times) => {
            for (let done = 0; done < times; done++) decode(largeAnswer)
          }),
          // The official client does no more than the floor.
          floor: parse
        },
        roles: () => ({ ours: "ours", theirs: "floor", floor: "floor" })
      }
    })
}
