/** Presents an exchange as a response of `@effect/platform`. */
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../../../../domain/wire/Body.js"
import type { TransportFault } from "../../../../services/client/Transport.js"
import { isBounded } from "../../../../services/internal/boundedBody.js"
import type { Exchange } from "./exchange.js"

/** Presents a fault as an error of `@effect/platform`, with the fault as its cause. */
export const toRequestError = (
  request: HttpClientRequest.HttpClientRequest,
  fault: TransportFault
): HttpClientError.RequestError =>
  new HttpClientError.RequestError({ request, reason: "Transport", cause: fault, description: fault.reason })

const cookiesOf = (raw: ReadonlyArray<Buffer>): ReadonlyArray<string> =>
  raw.flatMap((name, index) =>
    index % 2 === 0 && name.toString("latin1").toLowerCase() === "set-cookie"
      ? [raw[index + 1]?.toString("latin1") ?? ""]
      : []
  )

/** The response of an exchange. */
export class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [isBounded] = true
  readonly status: number
  readonly headers: Headers.Headers

  constructor(
    readonly request: HttpClientRequest.HttpClientRequest,
    private readonly exchange: Exchange
  ) {
    super()
    this.status = exchange.status
    this.headers = Headers.unsafeFromRecord({ ...exchange.headers })
  }

  get cookies(): Cookies.Cookies {
    return Cookies.fromSetCookie(cookiesOf(this.exchange.rawHeaders))
  }

  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.mapError(this.exchange.stream, (fault) => this.error(fault))
  }

  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return Effect.map(this.bytes, Body.text)
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return this.read((bytes) => (bytes.byteLength === 0 ? null : JSON.parse(Body.text(bytes))))
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return Effect.map(this.bytes, (bytes) => new Uint8Array(bytes).buffer)
  }

  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    const headers = { "content-type": this.headers["content-type"] ?? "" }
    return this.read((bytes) => new globalThis.Response(bytes, { headers }).formData())
  }

  /** It shows neither body, because both hold secrets. */
  override toJSON(): unknown {
    return { _id: "@effect/platform/HttpClientResponse", method: this.request.method, status: this.status }
  }

  private get bytes(): Effect.Effect<Uint8Array, HttpClientError.ResponseError> {
    return Effect.mapError(this.exchange.bytes, (fault) => this.error(fault))
  }

  private error(cause: TransportFault): HttpClientError.ResponseError {
    const { request } = this
    return new HttpClientError.ResponseError({
      request,
      response: this,
      reason: "Decode",
      cause,
      description: cause.reason
    })
  }

  private read<A>(parse: (bytes: Uint8Array) => A | Promise<A>): Effect.Effect<A, HttpClientError.ResponseError> {
    return Effect.flatMap(this.bytes, (bytes) =>
      Effect.tryPromise({
        try: async () => parse(bytes),
        catch: () =>
          new HttpClientError.ResponseError({
            request: this.request,
            response: this,
            reason: "Decode",
            description: "the answer is not what it was read as"
          })
      })
    )
  }
}
