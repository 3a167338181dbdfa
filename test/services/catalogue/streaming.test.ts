/** The actions that can stream, each by its module. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { ApiClient } from "effect-tencentcloud/ApiClient"
import { products } from "effect-tencentcloud/products"
import { Transport } from "effect-tencentcloud/Transport"
import * as Client from "../../fixtures/Client.js"

/** The list of the official client for Go: the product, its version, the action, and whether its request has a boolean `Stream`. */
const streaming: ReadonlyArray<readonly [product: string, version: string, action: string, asks: boolean]> = [
  ["cloudmate", "2025-10-30", "CloudMateAgent", false],
  ["cls", "2020-10-16", "ChatCompletions", true],
  ["dataagent", "2025-05-13", "ChatAI", false],
  ["dataagent", "2025-05-13", "ExecuteAgentApiV1", false],
  ["es", "2025-01-01", "ChatCompletions", true],
  ["es", "2025-01-01", "ParseDocument", false],
  ["hunyuan", "2023-09-01", "ChatCompletions", true],
  ["hunyuan", "2023-09-01", "ChatTranslations", true],
  ["hunyuan", "2023-09-01", "CreateThread", false],
  ["hunyuan", "2023-09-01", "FilesDeletions", false],
  ["hunyuan", "2023-09-01", "FilesList", false],
  ["hunyuan", "2023-09-01", "FilesUploads", false],
  ["hunyuan", "2023-09-01", "GetThreadMessageList", false],
  ["hunyuan", "2023-09-01", "GetThreadMessage", false],
  ["hunyuan", "2023-09-01", "GetThread", false],
  ["hunyuan", "2023-09-01", "GroupChatCompletions", true],
  ["hunyuan", "2023-09-01", "ImageQuestion", true],
  ["hunyuan", "2023-09-01", "RunThread", true],
  ["ig", "2021-05-18", "GetLLMDiagnosisDrugChat", false],
  ["ig", "2021-05-18", "GetLLMDiagnosisDrug", false],
  ["ig", "2021-05-18", "GetLLMDiagnosisHealth", false],
  ["ig", "2021-05-18", "GetLLMReportInterpretation", false],
  ["lkeap", "2024-05-22", "ChatCompletions", true],
  ["lkeap", "2024-05-22", "ReconstructDocumentSSE", false],
  ["tdai", "2025-07-17", "CreateChatCompletion", false],
  ["trtc", "2019-07-22", "TextToSpeechSSE", false],
  ["waf", "2018-01-25", "GenerateLLMSecAnswer", false]
]

interface Member {
  (request: unknown, options: { readonly check: boolean }): Effect.Effect<unknown, Error, ApiClient>
  readonly stream: (request: unknown, options: { readonly check: boolean }) => Stream.Stream<unknown, Error, ApiClient>
}

const isMember = (value: unknown): value is Member => Predicate.isFunction(value) && "stream" in value

const membersOf = (product: string, version: string) =>
  Effect.promise(async (): Promise<object> => (await products[product]?.[version]?.()) ?? {})

/** A client whose transport keeps the bodies that it sends, and answers with an event stream of one event. */
const streams = (sent: Array<unknown>) =>
  Client.layer(
    Layer.succeed(Transport, {
      send: ({ body }) =>
        Effect.sync(() => {
          sent.push(JSON.parse(String(body)))
          const bytes = new TextEncoder().encode('data: {"RequestId":"r-1"}\n\n')
          return { status: 200, headers: { "content-type": "text/event-stream" }, body: "", stream: Stream.make(bytes) }
        })
    })
  )

describe("an action that can stream", () => {
  it.effect.each(streaming)(
    "A4: %s %s %s has `.stream`, and a plain call names it",
    ([product, version, action, asks]) =>
      Effect.gen(function* () {
        const sent: Array<unknown> = []
        const member = Reflect.get(yield* membersOf(product, version), action)
        if (!isMember(member)) return assert.fail(`${action} has no \`.stream\``)
        yield* Effect.gen(function* () {
          const events = yield* Stream.runCollect(member.stream({}, { check: false }))
          assert.deepStrictEqual<unknown>(Chunk.toReadonlyArray(events), [{ RequestId: "r-1" }])
          assert.deepStrictEqual(sent, [asks ? { Stream: true } : {}])
          assert.include((yield* Effect.flip(member({}, { check: false }))).message, `\`${action}.stream\``)
        }).pipe(Effect.provide(streams(sent)))
      })
  )

  it.effect("A4: is one of these, or none", () =>
    Effect.gen(function* () {
      const found: Array<string> = []
      for (const product of new Set(streaming.map(([product]) => product))) {
        for (const version of Object.keys(products[product] ?? {})) {
          for (const [name, value] of Object.entries(yield* membersOf(product, version))) {
            if (isMember(value)) found.push(`${product} ${version} ${name}`)
          }
        }
      }
      const expected = streaming.map((each) => each.slice(0, 3).join(" "))
      assert.deepStrictEqual(found.sort(), expected.sort())
    })
  )
})
