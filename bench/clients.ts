/** Three clients that call the same action: this library's, the official one, and one by hand on undici. */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace-base"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Scope from "effect/Scope"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"
import { type Dispatcher, Pool } from "undici"
import * as ByHand from "./byHand.js"
import { type Repeat, verify, type Wrong } from "./harness.js"
import { call, key, product, request, requestId } from "./instances.js"
import { makeClient } from "./official.js"
import { running } from "./processes.js"
import type { Ports } from "./programs/service.js"

/** The official client returns the same type for errors and results. These are the members that they share. */
interface Answer {
  readonly RequestId?: string
  readonly TotalCount?: number
  readonly InstanceSet?: ReadonlyArray<{ readonly InstanceId?: string }>
}

/** Makes a number of calls, with a number of them at once. */
export interface Client {
  readonly calls: (atOnce: number) => Repeat
  readonly once: () => Promise<Answer>
}

const check = ({ TotalCount }: Answer): void => {
  if (TotalCount !== 1) throw new Error("an answer is wrong")
}

/** The default client, with the key in its environment; nothing is changed but the endpoint and the tracing. */
const clientLayer = (port: number, options: ApiClient.Options): Layer.Layer<ApiClient.ApiClient> =>
  ApiClient.layer({ region: call.region, endpoint: `http://127.0.0.1:${port}`, ...options }).pipe(
    Layer.provide(
      Layer.setConfigProvider(
        ConfigProvider.fromMap(
          new Map([
            ["TENCENTCLOUD_SECRET_ID", key.secretId],
            ["TENCENTCLOUD_SECRET_KEY", key.secretKey]
          ])
        )
      )
    ),
    Layer.orDie
  )

const scopedRuntime = <R>(layer: Layer.Layer<R>) =>
  Effect.acquireRelease(
    Effect.sync(() => ManagedRuntime.make(layer)),
    (runtime) => runtime.disposeEffect
  )

export const ours = (port: number, options: ApiClient.Options): Effect.Effect<Client, never, Scope.Scope> =>
  clientOf(clientLayer(port, options))

/** With the spans of OpenTelemetry, which go to an exporter that only counts them. */
export const traced = (
  port: number
): Effect.Effect<{ readonly client: Client; readonly spans: () => number }, never, Scope.Scope> => {
  let spans = 0
  const exporter: SpanExporter = {
    export: (batch: Array<ReadableSpan>, done) => {
      spans += batch.length
      done({ code: 0 })
    },
    shutdown: async () => {}
  }
  const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 100, maxQueueSize: 100_000 })
  const tracing = NodeSdk.layer(() => ({ resource: { serviceName: "bench" }, spanProcessor: processor }))
  return Effect.map(clientOf(Layer.merge(clientLayer(port, {}), tracing)), (client) => ({ client, spans: () => spans }))
}

const clientOf = (layer: Layer.Layer<ApiClient.ApiClient>): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.map(scopedRuntime(layer), (runtime) => ({
    once: () => runtime.runPromise(DescribeInstances(request)),
    calls: (atOnce) => (times) => {
      let starts = 0
      const worker = Effect.whileLoop({
        while: () => starts++ < times,
        body: () => DescribeInstances(request),
        step: check
      })
      const workers = Array.from({ length: Math.min(atOnce, times) }, () => worker)
      return runtime.runPromise(Effect.all(workers, { concurrency: "unbounded", discard: true }))
    }
  }))

/** Calls repeatedly in a number of concurrent loops. */
const loops =
  (once: () => Promise<Answer>) =>
  (atOnce: number): Repeat =>
  async (times) => {
    let starts = 0
    const loop = async () => {
      while (starts++ < times) check(await once())
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, times) }, loop))
  }

export const theirs = (port: number): Client => {
  const client = makeClient(`127.0.0.1:${port}`)
  const once = () => client.DescribeInstances(request)
  return { once, calls: loops(once) }
}

class Exchange implements Dispatcher.DispatchHandlers {
  private readonly chunks: Array<Buffer> = []

  constructor(
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: Error) => void
  ) {}

  onConnect(): void {}

  onHeaders(): boolean {
    return true
  }

  onData(chunk: Buffer): boolean {
    this.chunks.push(chunk)
    return true
  }

  onComplete(): void {
    const [first, ...others] = this.chunks
    const whole = first !== undefined && others.length === 0 ? first : Buffer.concat(this.chunks)
    this.resolve(JSON.parse(whole.toString()).Response)
  }

  onError(error: Error): void {
    this.reject(error)
  }
}

export const byHand = (port: number): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new Pool(`http://127.0.0.1:${port}`, { connections: 64, pipelining: 1 })),
      (pool) => Effect.promise(() => pool.destroy())
    ),
    (pool) => {
      const host = `127.0.0.1:${port}`
      const once = (): Promise<Answer> =>
        new Promise((resolve, reject) => {
          const body = JSON.stringify(request)
          const headers = ByHand.headersOf(key, product, host, call, Math.floor(Date.now() / 1000), body)
          pool.dispatch({ method: "POST", path: "/", headers, body }, new Exchange(resolve, reject))
        })
      return { once, calls: loops(once) }
    }
  )

/** Whether it signs correctly and reads the answer. */
export const verifyClient = (contender: string, client: Client): Effect.Effect<void, Wrong> =>
  Effect.flatMap(
    Effect.promise(() => client.once().catch((error: unknown) => ({ RequestId: String(error) }))),
    (answer: Answer) =>
      verify(
        contender,
        answer.RequestId === requestId && answer.InstanceSet?.[0]?.InstanceId === "ins-00000001",
        `it answers ${answer.RequestId}`
      )
  )

/** The server to call: the one that a comparison of two builds has started for both, or one of its own. */
export const service: Effect.Effect<Ports, Wrong, Scope.Scope> = Effect.suspend(() => {
  const shared = process.env.BENCH_SERVICE
  return shared === undefined
    ? Effect.map(running<Ports>("service"), ({ said }) => said)
    : Effect.succeed<Ports>(JSON.parse(shared))
})
