/** What credentials are taken from, without a disk, a network or an account. */
import * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as Sts from "../../../fixtures/Sts.js"

const { CredentialProvider: Provider } = CredentialProvider

/** 2026-01-01T00:00:00Z. */
export const now = 1_767_225_600

/** The key that is signed with, part by part, or why there is none. */
export const outcome: Effect.Effect<string, never, CredentialProvider.CredentialProvider> = Effect.flatMap(
  Provider,
  ({ get }) =>
    Effect.match(get, {
      onFailure: ({ sources }) => sources.map(({ reason, source }) => `${source}: ${reason}`).join("; "),
      onSuccess: ({ expiresAt = "for ever", secretId, secretKey, token = Redacted.make("no token") }) =>
        [secretId, Redacted.value(secretKey), Redacted.value(token), expiresAt].join()
    })
)

/** Lets what happens in the background come to its end. */
export const settle = Effect.repeatN(Effect.yieldNow(), 50)

/** Lets ten seconds pass meanwhile, and with them the pauses between attempts. */
export const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const waiting = yield* Effect.fork(effect)
    for (let second = 0; second < 10; second++) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(waiting)
  })

/** The environment: these variables, and a home. */
export const variables = (given: Readonly<Record<string, string | undefined>>): Layer.Layer<never> => {
  const all = { HOME: "/home/me", ...given }
  const set = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return Layer.setConfigProvider(ConfigProvider.fromMap(new Map(set)))
}

/** A file's text, or why it cannot be read. */
export type File = string | { readonly reason: PlatformError.SystemErrorReason }

/** Files by their path. What is changed there later is read so. */
export const files = (byPath: Readonly<Record<string, File>>): Layer.Layer<FileSystem.FileSystem> =>
  FileSystem.layerNoop({
    readFileString: (path) =>
      Effect.suspend(() => {
        const file = byPath[path] ?? { reason: "NotFound" }
        return typeof file === "string"
          ? Effect.succeed(file)
          : new PlatformError.SystemError({
              ...file,
              module: "FileSystem",
              method: "readFileString",
              pathOrDescriptor: path
            })
      })
  })

/** A request as it reaches a double. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What was sent so far. */
export class Wiretap extends Context.Tag("test/credentials/Wiretap")<Wiretap, ReadonlyArray<Sent>>() {}

export type Answer = (sent: Sent, nth: number) => Effect.Effect<Response, Error>

export type Network = Layer.Layer<HttpClient.HttpClient | Wiretap>

/** A network with one party in it, which notes what it is asked. An `Error` that it fails with is what the system said. */
export const network = (answer: Answer): Network =>
  Layer.effectContext(
    Effect.sync(() => {
      const all: Array<Sent> = []
      const client = HttpClient.make((request, url) => {
        const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
        const sent = { method: request.method, url: url.href, headers: request.headers, body }
        all.push(sent)
        return Effect.mapBoth(answer(sent, all.length), {
          onFailure: (cause) => new HttpClientError.RequestError({ request, reason: "Transport", cause }),
          onSuccess: (response) => HttpClientResponse.fromWeb(request, response)
        })
      })
      return Context.make(Wiretap, all).pipe(Context.add(HttpClient.HttpClient, client))
    })
  )

export const says = (
  body: string | ReadableStream<Uint8Array> | null,
  status = 200,
  headers?: Record<string, string>
) => Effect.sync(() => new Response(body, { status, ...(headers === undefined ? {} : { headers }) }))

/** Never ends, as fast as it is read. */
export const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(32)) })

export const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:80"), { code: "ECONNREFUSED" })

export interface StsOptions extends Sts.Implementation {
  readonly keys?: ReadonlyArray<KeyStore.KeyInput>
  /** Where it answers otherwise at first. */
  readonly faults?: ReadonlyArray<ReturnType<Answer>>
  /** What its own clock shows, in UNIX seconds. It does not go, and tells it in each answer. */
  readonly time?: number
}

/** STS, with all checks of a gateway, signatures among them. */
export const stsGateway = (options: StsOptions): Layer.Layer<Gateway.Gateway> =>
  Gateway.layer().pipe(
    Layer.provide([Sts.layer(options), CredentialValidator.layer, Authorizer.layerAllowAll, RateLimiter.layerMemory()]),
    Layer.provide([
      KeyStore.layerMemory(options.keys ?? []),
      options.time === undefined ? TimestampValidator.layer : TimestampValidator.layerFixed(options.time)
    ])
  )

/** The same at the other end of a network. */
export const stsNetwork = (options: StsOptions): Network =>
  Layer.unwrapEffect(
    Effect.map(Gateway.Gateway, (gateway) =>
      network(({ body, headers, method, url }, nth) => {
        const { host, search } = new URL(url)
        const date = options.time === undefined ? {} : { date: new Date(options.time * 1000).toUTCString() }
        const request = { method, path: "/", query: search.slice(1), headers: { ...headers, host }, body }
        const answer = Effect.map(
          gateway.handle(request),
          ({ body, headers, status }) => new Response(body, { status, headers: { ...headers, ...date } })
        )
        return options.faults?.[nth - 1] ?? answer
      })
    )
  ).pipe(Layer.provide(stsGateway(options)))
