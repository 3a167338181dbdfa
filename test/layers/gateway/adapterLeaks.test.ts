/** Whatever becomes of a call, the adapters that serve inside of others leave neither fibers nor sockets behind. */
import * as Http from "node:http"
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeStream from "@effect/platform-node/NodeStream"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import * as Action from "effect-tencentcloud/Action"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as HttpGateway from "effect-tencentcloud/HttpGateway"
import * as Product from "effect-tencentcloud/Product"
import * as Signature from "effect-tencentcloud/Signature"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import type * as Wire from "effect-tencentcloud/Wire"
import * as WireBody from "../../../src/domain/wire/Body.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { host, v3 } from "../../fixtures/Signed.js"
import * as Sockets from "../../fixtures/Sockets.js"
import * as Volumes from "../../fixtures/Volumes.js"

type Body = Stream.Stream<string, "broken off">

/** How one calls over an adapter. Whoever closes the scope hangs up. */
interface Caller {
  /** Gives the body as soon as the head of the answer is there. */
  readonly ask: (request: Wire.WireRequest) => Effect.Effect<Body, "no answer", Scope.Scope>
  /** Sends half of a body, waits until the adapter has it, and gives up. */
  readonly giveUp: (request: Wire.WireRequest) => Effect.Effect<unknown>
}

interface Adapter {
  readonly name: string
  /** What a shutdown does to the calls that are being answered. */
  readonly shutdown: "waits for" | "interrupts"
  readonly open: Effect.Effect<Caller, unknown, Gateway.Gateway | Scope.Scope>
}

/** A gateway that answers whatever comes with that. */
const gatewayOf = (answer: Effect.Effect<Wire.WireResponse>) =>
  Layer.succeed(Gateway.Gateway, {
    checks: [],
    refuse: () => Effect.die("unplanned"),
    handle: () => answer
  })

const half = (body: Wire.WireRequest["body"]) => WireBody.bytes(body).subarray(0, WireBody.byteLength(body) / 2)

const overSocket: Effect.Effect<Caller, unknown, Gateway.Gateway | Scope.Scope> = Effect.gen(function* () {
  const node = Http.createServer()
  const server = yield* NodeHttpServer.make(() => node, { port: 0, host: "127.0.0.1" })
  yield* Effect.provideService(HttpServer.serveEffect(HttpGateway.app), HttpServer.HttpServer, server)
  const port = server.address._tag === "TcpAddress" ? server.address.port : 0
  const begin = ({ headers, method, path, query }: Wire.WireRequest, more?: Http.OutgoingHttpHeaders) =>
    Effect.acquireRelease(
      Effect.sync(() =>
        Http.request({ port, method, path: `${path}?${query}`, headers: { ...headers, ...more }, agent: false })
      ),
      (sent) => Effect.sync(() => sent.destroy())
    )
  return {
    ask: (request) =>
      Effect.flatMap(begin(request), (sent) =>
        Effect.async<Body, "no answer">((resume) => {
          sent.on("error", () => resume(Effect.fail("no answer")))
          sent.on("response", (message) => {
            if (message.statusCode !== 200) resume(Effect.fail("no answer"))
            const pieces = NodeStream.fromReadable<"broken off", Uint8Array>(
              () => message,
              () => "broken off"
            )
            resume(Effect.succeed(Stream.decodeText(pieces)))
          })
          sent.end(request.body)
        })
      ),
    giveUp: (request) =>
      Effect.scoped(
        Effect.flatMap(begin(request, { "content-length": WireBody.byteLength(request.body) }), (sent) =>
          Effect.async<void>((resume) => {
            sent.on("error", () => {})
            node.once("request", (message) => message.once("data", () => resume(Effect.void)))
            sent.write(half(request.body))
          })
        )
      )
  }
})

/** Before there is an answer, and anything to cancel, the request is aborted either way. */
const overWeb = (hangUp: "abort" | "cancel"): Effect.Effect<Caller, never, Gateway.Gateway | Scope.Scope> =>
  Effect.map(WebGateway.make, (handle) => {
    const answerTo = ({ headers, method, path, query }: Wire.WireRequest, body: Uint8Array | ReadableStream) =>
      Effect.gen(function* () {
        const controller = new AbortController()
        let given: Response | undefined
        yield* Effect.addFinalizer(() =>
          hangUp === "cancel" && given !== undefined
            ? Effect.ignore(Effect.tryPromise(async () => given?.body?.cancel()))
            : Effect.sync(() => controller.abort())
        )
        const init = { method, headers, body, duplex: "half" as const, signal: controller.signal }
        given = yield* Effect.tryPromise({
          try: () => handle(new Request(`http://${headers.host}${path}?${query}`, init)),
          catch: () => "no answer" as const
        })
        return given
      })
    return {
      ask: (request) =>
        Effect.map(answerTo(request, WireBody.bytes(request.body)), ({ body }) =>
          Stream.fromReadableStream({
            evaluate: () => body ?? assert.fail("no body"),
            onError: () => "broken off" as const,
            releaseLockOnEnd: true
          }).pipe(Stream.decodeText())
        ),
      giveUp: (request) =>
        Effect.gen(function* () {
          const [arrived, told] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
          let pieces = [half(request.body)]
          let sender: ReadableStreamDefaultController<Uint8Array> | undefined
          const body = new ReadableStream<Uint8Array>(
            {
              pull: (controller) => {
                sender = controller
                for (const piece of pieces) controller.enqueue(piece)
                if (pieces.length === 0) Deferred.unsafeDone(arrived, Effect.void)
                pieces = []
              },
              cancel: () => Deferred.unsafeDone(told, Effect.void)
            },
            // Nothing is asked for but what is read.
            { highWaterMark: 0 }
          )
          const call = yield* Effect.fork(Effect.scoped(answerTo(request, body)))
          yield* Deferred.await(arrived)
          if (hangUp === "cancel") {
            sender?.error(new Error("gone"))
            yield* Fiber.await(call)
          } else {
            yield* Fiber.interrupt(call)
            // Its sender would go on otherwise.
            yield* Deferred.await(told)
          }
        })
    }
  })

const adapters: ReadonlyArray<Adapter> = [
  { name: "@effect/platform's server", shutdown: "waits for", open: overSocket },
  { name: "Request and Response, of a caller that aborts", shutdown: "interrupts", open: overWeb("abort") },
  { name: "Request and Response, of a caller that cancels", shutdown: "interrupts", open: overWeb("cancel") }
]

const Count = Action.stream("DescribeCount", {
  product: "counter",
  version: Volumes.version,
  request: Schema.Struct({}),
  event: Schema.Struct({ Number: Schema.Int }),
  errors: []
})

const requests = {
  result: v3(),
  stream: v3({ host: "counter.tencentcloudapi.com", service: "counter", action: "DescribeCount" }),
  /** Its signature holds of any part of its body. */
  bytes: v3({
    action: "ImportVolume",
    contentType: "application/octet-stream",
    body: new Uint8Array(1000),
    payload: Signature.unsignedPayload,
    headers: { "x-ebs-name": "disk", "x-tc-content-sha256": Signature.unsignedPayload }
  })
}

/** A call that is being answered. */
interface Scene {
  readonly caller: Caller
  /** The fiber that answers, when it is about to. */
  readonly began: Deferred.Deferred<Fiber.RuntimeFiber<unknown, unknown>>
  /** Lets a handler that waits go on. */
  readonly release: Deferred.Deferred<void>
  readonly shutDown: Effect.Effect<void>
}

interface Part {
  /** What the handler does while it holds a scope with a fiber in it that would never end. */
  readonly work: (release: Effect.Effect<void>) => Effect.Effect<void>
  /** Whether its stream does that before its first event, and not after. */
  readonly silent?: boolean
  readonly play: (scene: Scene) => Effect.Effect<unknown, unknown>
}

/**
 * Plays a part. What the handler held has to be freed, and every fiber to be gone, while the adapter goes on; then every socket
 * when it is closed.
 */
const leavesNothing = (adapter: Adapter, { play, silent = false, work }: Part, reached = true) =>
  Effect.gen(function* () {
    const [began, freed, release] = yield* Effect.all([
      Deferred.make<Fiber.RuntimeFiber<unknown, unknown>>(),
      Deferred.make<void>(),
      Deferred.make<void>()
    ])
    const hold = Effect.gen(function* () {
      yield* Effect.addFinalizer(() => Deferred.succeed(freed, undefined))
      yield* Effect.forkScoped(Effect.never)
      yield* Effect.withFiberRuntime<void>((fiber) => Effect.asVoid(Deferred.succeed(began, fiber)))
    })
    const worked = work(Deferred.await(release))
    const scopedWork = Effect.scoped(Effect.zipRight(hold, worked))
    const events = Stream.unwrapScoped(
      Effect.as(
        hold,
        Stream.concat(silent ? Stream.empty : Stream.make({ Number: 1 }), Stream.drain(Stream.fromEffect(worked)))
      )
    )
    const handlers = Layer.merge(
      Volumes.layer({
        DescribeVolumes: () => Effect.as(scopedWork, { TotalCount: 7, Names: [] }),
        ImportVolume: ({ Content }) => Effect.as(scopedWork, { Bytes: Content.byteLength, Name: "" })
      }),
      Gateway.handlers(Product.make([Count]), { DescribeCount: () => events })
    )
    const fibers = yield* Supervisor.track
    const played = Effect.gen(function* () {
      const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
      const caller = yield* Scope.extend(Effect.provide(adapter.open, ServedGateway.layer({}, handlers)), scope)
      yield* play({ caller, began, release, shutDown: Scope.close(scope, Exit.void) })
      assert.strictEqual(yield* Deferred.isDone(began), reached)
      if (reached) yield* Deferred.await(freed)
      yield* Effect.repeat(Effect.zipRight(Sockets.turn, fibers.value), { until: ({ length }) => length === 0 })
    })
    yield* Sockets.leavesNothing(Effect.supervised(Effect.scoped(played), fibers))
  }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger)))

const whole = ({ caller }: Scene, request: Wire.WireRequest) =>
  Effect.scoped(Effect.flatMap(caller.ask(request), Stream.mkString))

/** Asks, does something when the handler has begun, and gives what the caller got. */
const meanwhile = (scene: Scene, request: Wire.WireRequest, then: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const call = yield* Effect.fork(whole(scene, request))
    yield* Deferred.await(scene.began)
    yield* then
    return yield* Fiber.await(call)
  })

const interruptHandler = ({ began }: Scene) => Effect.flatMap(Deferred.await(began), Fiber.interruptFork)

const waits: Part["work"] = (release) => release

const parts: ReadonlyArray<Part & { readonly name: string }> = [
  {
    name: "a handler that answers",
    work: () => Effect.void,
    play: (scene) =>
      Effect.map(whole(scene, requests.result), (text) => assert.include(text, '"TotalCount":7', "an answer"))
  },
  {
    name: "a defect of a handler",
    work: () => Effect.die("planted"),
    play: (scene) => Effect.map(whole(scene, requests.result), (text) => assert.include(text, '"InternalError"'))
  },
  {
    name: "a defect before a stream's first event",
    silent: true,
    work: () => Effect.die("planted"),
    play: (scene) => Effect.map(whole(scene, requests.stream), (text) => assert.include(text, '"InternalError"'))
  },
  {
    name: "a defect in the middle of a stream",
    work: () => Effect.die("planted"),
    play: (scene) =>
      Effect.map(whole(scene, requests.stream), (text) => {
        assert.include(text, '{"Number":1}')
        assert.include(text, '"InternalError"')
      })
  },
  {
    name: "a handler that interrupts itself",
    work: () => Effect.interrupt,
    play: (scene) => Effect.map(whole(scene, requests.result), (text) => assert.include(text, '"InternalError"'))
  },
  {
    name: "a stream that interrupts itself",
    work: () => Effect.interrupt,
    play: (scene) =>
      Effect.map(Effect.exit(whole(scene, requests.stream)), (exit) => assert.isTrue(Exit.isFailure(exit)))
  },
  {
    name: "a handler's fiber that is interrupted",
    work: waits,
    play: (scene) =>
      Effect.map(meanwhile(scene, requests.result, interruptHandler(scene)), (exit) =>
        assert.isTrue(Exit.isFailure(exit))
      )
  },
  {
    name: "a stream's fiber that is interrupted",
    work: waits,
    play: (scene) =>
      Effect.map(meanwhile(scene, requests.stream, interruptHandler(scene)), (exit) =>
        assert.isTrue(Exit.isFailure(exit))
      )
  },
  {
    name: "a caller that hangs up before an event stream starts",
    silent: true,
    work: waits,
    play: (scene) => Effect.raceFirst(whole(scene, requests.stream), Deferred.await(scene.began))
  },
  {
    name: "a caller that hangs up in the middle of an event stream",
    work: waits,
    play: ({ caller }) =>
      Effect.scoped(
        Effect.flatMap(caller.ask(requests.stream), (body) =>
          Effect.map(Stream.mkString(Stream.take(body, 1)), (text) =>
            assert.strictEqual(text, 'data: {"Number":1}\n\n')
          )
        )
      )
  },
  {
    name: "a caller that hangs up before it has read any of an event stream",
    work: waits,
    play: ({ caller }) => Effect.scoped(caller.ask(requests.stream))
  },
  {
    name: "a caller that hangs up while its handler works",
    work: waits,
    play: (scene) => Effect.raceFirst(whole(scene, requests.result), Deferred.await(scene.began))
  }
]

describe.each(adapters)("over $name, no resource is left", (adapter) => {
  it.live.each(parts)("of $name", (part) => leavesNothing(adapter, part))

  it.live("of a caller that hangs up in the middle of its body, and no handler is reached", () =>
    leavesNothing(adapter, { work: waits, play: ({ caller }) => caller.giveUp(requests.bytes) }, false)
  )

  it.live.each([
    { name: "a call", request: requests.result, last: /"TotalCount":7/ },
    { name: "an event stream", request: requests.stream, last: /^data: {"Number":1}\n\n$/ }
  ])(`of a shutdown that ${adapter.shutdown} $name in flight`, ({ last, request }) =>
    leavesNothing(adapter, {
      work: waits,
      play: (scene) =>
        Effect.gen(function* () {
          const closing =
            adapter.shutdown === "interrupts"
              ? scene.shutDown
              : Effect.gen(function* () {
                  const closing = yield* Effect.fork(scene.shutDown)
                  yield* Sockets.turn
                  assert.isTrue(Option.isNone(yield* Fiber.poll(closing)))
                  yield* Deferred.succeed(scene.release, undefined)
                  yield* Fiber.join(closing)
                })
          const exit = yield* meanwhile(scene, request, closing)
          if (adapter.shutdown === "interrupts") assert.isTrue(Exit.isFailure(exit))
          else assert.match(yield* exit, last)
        })
    })
  )

  it.live("of a call that is interrupted at the moment when its stream is ready", () =>
    Effect.gen(function* () {
      const freed = yield* Deferred.make<void>()
      const stream = Stream.ensuring(
        Stream.concat(Stream.make(WireBody.bytes("data: {}\n\n")), Stream.never),
        Deferred.succeed(freed, undefined)
      )
      const gateway = gatewayOf(
        Effect.map(
          Effect.withFiberRuntime<Fiber.RuntimeFiber<unknown, unknown>>((fiber) => Effect.succeed(fiber)),
          (fiber) => {
            fiber.unsafeInterruptAsFork(fiber.id())
            return { status: 200, headers: { "content-type": "text/event-stream" }, body: "", stream }
          }
        )
      )
      const exit = yield* Effect.scoped(
        Effect.gen(function* () {
          const caller = yield* Effect.provide(adapter.open, gateway)
          const asked = Effect.scoped(Effect.flatMap(caller.ask(requests.stream), Stream.mkString))
          return yield* Effect.zipLeft(Effect.exit(asked), Deferred.await(freed))
        })
      )
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.scopedLive("of a stream that is interrupted while nobody reads it, and it looks incomplete", () =>
    Effect.gen(function* () {
      const began = yield* Deferred.make<Fiber.RuntimeFiber<unknown, unknown>>()
      const freed = yield* Deferred.make<void>()
      let pieces = 0
      const piece = Effect.withFiberRuntime<Uint8Array>((fiber) => {
        pieces += 1
        return Effect.as(Deferred.succeed(began, fiber), new Uint8Array(64 * 1024))
      })
      const stream = Stream.ensuring(Stream.repeatEffect(piece), Deferred.succeed(freed, undefined))
      const gateway = gatewayOf(
        Effect.succeed({ status: 200, headers: { "content-type": "text/event-stream" }, body: "", stream })
      )
      const caller = yield* Effect.provide(adapter.open, gateway)
      const body = yield* caller.ask(requests.stream)
      // Until nothing more fits into what lies between.
      yield* Effect.repeat(
        Effect.suspend(() => {
          const before = pieces
          return Effect.map(Sockets.turn, () => pieces === before)
        }),
        { until: (still) => still }
      )
      yield* Fiber.interruptFork(yield* Deferred.await(began))
      yield* Deferred.await(freed)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(Stream.runDrain(body))))
    })
  )
})

describe("WebGateway", () => {
  const serve = Effect.provide(WebGateway.make, ServedGateway.layer())
  const request = (init: RequestInit = {}) =>
    new Request(`http://${host}/`, {
      method: "POST",
      headers: requests.result.headers,
      body: WireBody.bytes(requests.result.body),
      ...init
    })

  it.scopedLive("does not answer a caller that hung up before", () =>
    Effect.gen(function* () {
      const handle = yield* serve
      const exit = yield* Effect.exit(Effect.tryPromise(() => handle(request({ signal: AbortSignal.abort() }))))
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.live("answers nobody after its scope has closed", () =>
    Effect.gen(function* () {
      const handle = yield* Effect.scoped(serve)
      const exit = yield* Effect.exit(Effect.tryPromise(() => handle(request())))
      assert.isTrue(Exit.isFailure(exit))
    })
  )
})

describe("a body that", () => {
  const broken = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(half(requests.bytes.body)),
      pull: (controller) => controller.error(new Error("gone"))
    })

  const handlers: ReadonlyArray<{
    readonly name: string
    readonly open: Effect.Effect<(request: Request) => Promise<Response>, never, Gateway.Gateway | Scope.Scope>
  }> = [
    { name: "WebGateway", open: WebGateway.make },
    {
      name: "HttpGateway",
      open: Effect.map(Effect.runtime<Gateway.Gateway>(), (runtime) =>
        HttpApp.toWebHandlerRuntime(runtime)(HttpGateway.app)
      )
    }
  ]

  it.scopedLive.each(
    handlers.flatMap((handler) => [
      { ...handler, how: "breaks off", body: broken, code: "InvalidRequest" },
      { ...handler, how: "is whole", body: () => WireBody.bytes(requests.bytes.body), code: undefined },
      { ...handler, how: "is empty", body: () => null, code: undefined }
    ])
  )("$how reaches its handler over $name only if it is complete", ({ body, code, open }) =>
    Effect.gen(function* () {
      const sizes: Array<number> = []
      const volumes = Volumes.layer({
        ImportVolume: ({ Content }) => {
          sizes.push(Content.byteLength)
          return Effect.succeed({ Bytes: Content.byteLength, Name: "" })
        }
      })
      const handle = yield* Effect.provide(open, ServedGateway.layer({}, volumes))
      const sent = body()
      const init = { method: "POST", headers: requests.bytes.headers, body: sent, duplex: "half" as const }
      const text = yield* Effect.promise(async () => (await handle(new Request(`http://${host}/`, init))).text())
      assert.strictEqual(JSON.parse(text).Response.Error?.Code, code)
      assert.deepStrictEqual(sizes, code === undefined ? [sent === null ? 0 : 1000] : [])
    })
  )
})
