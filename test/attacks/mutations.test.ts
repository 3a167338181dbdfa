/**
 * Mutations of signed requests: none is accepted as another request than its caller signed, and no other spelling of the same request
 * is refused. What must come of a mutation is known from how it is made, and a verifier of its own has to agree.
 *
 * `SEED=7` and `MUTATIONS=20000` change the seed and the number of mutations of each kind.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { Gateway } from "effect-tencentcloud/Gateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as Random from "../fixtures/Random.js"
import { type Base, keys, kinds, now } from "./mutations/kinds.js"
import type { Mutation } from "./mutations/mutation.js"
import { isAuthentic, type Sent } from "./mutations/reference.js"
import { Connection, canBeWritten, countHandled, layer, toWire } from "./mutations/served.js"
import * as V1 from "./mutations/v1.js"
import * as V3 from "./mutations/v3.js"

const { MUTATIONS: count = "2000", SEED: seed = "1" } = process.env

const each = Number(count)
const sample = Math.ceil(each / 10)

/** The codes of the checks that come before the signature, and of the one that states a hash of the body. */
const early = new Set([
  "UnsupportedProtocol",
  "RequestSizeLimitExceeded",
  "MissingParameter",
  "InvalidParameter",
  "InvalidParameterValue",
  "NoSuchProduct",
  "NoSuchVersion",
  "InvalidAction",
  "InvalidRequest"
])

interface Mutated extends Pick<Mutation, "name" | "expected"> {
  readonly sent: Sent
}

/** Mutations of one kind, all of them in turn, each of a request of its own. */
function* mutationsOf(kind: string, total: number): Generator<Mutated> {
  const random = Random.make(Number(seed) * 1000 + Object.keys(kinds).indexOf(kind))
  const make = kinds[kind] as (random: Random.Random) => Base
  for (let made = 0, turn = 0; made < total; turn++) {
    const base = make(random)
    const mutations = base.v3 === undefined ? V1.mutations : V3.mutations
    const { change, expected, name } = mutations[turn % mutations.length] as Mutation
    const sent = change(base, random)
    if (sent === undefined) continue
    made += 1
    yield { name, expected, sent }
  }
}

const show = ({ body, headers, method, path, query }: Sent): string =>
  [`${method} ${path}?${query}`, ...headers.map((header) => header.join(": ")), "", Buffer.from(body).toString()].join(
    "\n"
  )

/** Returns what is wrong with the answer to a mutation, if anything is. */
const findFault = (expected: Mutation["expected"], code: string | undefined, hasRun: boolean): string | undefined => {
  const isRefused = code?.startsWith("AuthFailure") ?? false
  switch (expected) {
    case "accepted":
      return code === undefined && hasRun ? undefined : "a valid form is refused"
    case "authentic":
      return isRefused ? "a valid form is refused" : undefined
    case "unauthentic":
      return isRefused && !hasRun ? undefined : "a wrong request is accepted, or fails with another code"
    case "refused":
      return code !== undefined && (isRefused || early.has(code)) && !hasRun ? undefined : "a wrong request is accepted"
  }
}

const report = (kind: string, { name, sent }: Mutated, fault: string, code: string | undefined): string =>
  `${fault}. Seed ${seed}, ${kind}, ${name}, answered ${code ?? "with a result"}\n${show(sent)}`

describe("a signed request", () => {
  for (const kind of Object.keys(kinds)) {
    it.effect(`${kind}: ${each} mutations, none accepted wrongly, and no valid form refused`, () =>
      Effect.gen(function* () {
        const gateway = yield* Gateway
        const run = Runtime.runSync(yield* Effect.runtime<never>())
        const faults: Array<string> = []
        const seen = new Set<string>()
        for (const mutated of mutationsOf(kind, each)) {
          const { expected, name, sent } = mutated
          seen.add(name)
          const isValid = expected === "accepted" || expected === "authentic"
          // The author of the mutation and the document have to agree.
          if (isAuthentic(sent, Object.values(keys), now) !== isValid) {
            faults.push(report(kind, mutated, `the reference does not agree that it is ${expected}`, undefined))
          }
          const before = countHandled()
          const { body } = run(gateway.handle(toWire(sent)))
          const code: string | undefined = JSON.parse(body).Response.Error?.Code
          const fault = findFault(expected, code, countHandled() > before)
          if (fault !== undefined) faults.push(report(kind, mutated, fault, code))
        }
        assert.isEmpty(faults, faults.slice(0, 3).join("\n\n"))
        assert.isAbove(seen.size, 30)
      }).pipe(Effect.provide(layer))
    )
  }

  for (const kind of Object.keys(kinds)) {
    it.live(`${kind}: ${sample} mutations over a socket`, () =>
      Effect.gen(function* () {
        const { port } = yield* NodeGateway.serve({ shutdownGrace: 0 })
        const connection = yield* Effect.acquireRelease(
          Effect.sync(() => new Connection(port)),
          (connection) => Effect.sync(() => connection.close())
        )
        let turn = 0
        for (const mutated of mutationsOf(kind, sample)) {
          const { expected, sent } = mutated
          if (!canBeWritten(sent)) continue
          turn += 1
          // A client that calls through a proxy writes the whole URL.
          const origin = turn % 5 === 0 ? "http://ebs.tencentcloudapi.com" : ""
          const before = countHandled()
          const answer = yield* Effect.promise(() => connection.send(sent, origin))
          const [, body] = /^HTTP\/1\.1 200 .*?\r\n\r\n(\{.*\})$/s.exec(answer) ?? []
          const code: string | undefined = body === undefined ? "closed" : JSON.parse(body).Response.Error?.Code
          // Node itself refuses some of them, before the gateway sees them.
          const isRefusedByNode = code === "InvalidRequest" || code === "closed"
          const isWrong = expected === "refused" || expected === "unauthentic"
          const hasRun = countHandled() > before
          const fault = isRefusedByNode && isWrong && !hasRun ? undefined : findFault(expected, code, hasRun)
          assert.isUndefined(fault, report(kind, mutated, fault ?? "", `${code}\n${answer}`))
        }
      }).pipe(Effect.scoped, Effect.provide(layer))
    )
  }
})
