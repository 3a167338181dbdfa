/** A port that speaks HTTPS beside HTTP: given certificates, tunnels, and strangers that do not finish what they start. */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import * as Net from "node:net"
import { join } from "node:path"
import * as Tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { Address } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Sockets from "../../fixtures/Sockets.js"
import * as TlsGateway from "../../fixtures/TlsGateway.js"
import * as Volumes from "../../fixtures/Volumes.js"

const made = Sockets.certificate("DNS:localhost", "IP:127.0.0.1")
const other = Sockets.certificate("DNS:localhost")

/** The tests that need a certificate that is not the gateway's own say so, and fail in CI, where there is no `openssl`. */
const isSkipped = made === undefined && process.env.CI === undefined
const { cert, key } = made ?? { cert: "", key: "" }

const serve = (options: NodeGateway.Options, handlers?: Parameters<typeof Volumes.layer>[0]) =>
  NodeGateway.serve({ shutdownGrace: 0, ...options }).pipe(
    Effect.provide(ServedGateway.layer({}, Volumes.layer(handlers)))
  )

const request = ((): string => {
  const lines = Object.entries(v3().headers).map(([name, value]) => `${name}: ${value}`)
  return ["POST / HTTP/1.1", ...lines, "content-length: 2", "", "{}"].join("\r\n")
})()

const connect = "CONNECT ebs.tencentcloudapi.com:443 HTTP/1.1\r\nhost: ebs.tencentcloudapi.com:443\r\n\r\n"

/** A connection, and what has come over it. */
interface Open {
  readonly socket: Net.Socket
  readonly until: (isDone: (text: string) => boolean) => Effect.Effect<string>
  readonly closed: Effect.Effect<void>
}

/** Opens a connection. It writes at once. */
const open = (make: () => Net.Socket, sent = "") =>
  Effect.acquireRelease(
    Effect.sync((): Open => {
      let text = ""
      const socket = make()
      socket.on("error", () => socket.destroy())
      socket.on("data", (piece: Uint8Array) => {
        text += Buffer.from(piece).toString("latin1")
      })
      if (sent !== "") socket.write(sent)
      return {
        socket,
        until: (isDone) =>
          Effect.async<string>((resume) => {
            const look = (): void => {
              if (isDone(text) || socket.closed) resume(Effect.sync(() => text))
            }
            socket.on("data", look).on("close", look)
            look()
          }),
        closed: Effect.async<void>((resume) => {
          if (socket.closed) resume(Effect.void)
          else socket.on("close", () => resume(Effect.void))
        })
      }
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

const plain =
  ({ host, port }: Address) =>
  () =>
    Net.connect({ host, port })

const secure =
  ({ host, port }: Address, options: Tls.ConnectionOptions = {}) =>
  () =>
    Tls.connect({ host, port, rejectUnauthorized: false, ...options })

const isAnswered = (text: string): boolean => text.includes("}}")

/** The answer to a request over a connection. */
const ask = (make: () => Net.Socket) =>
  Effect.scoped(
    Effect.flatMap(open(make, request), ({ until }) =>
      Effect.map(until(isAnswered), (text) => /"(Code":"[^"]*|TotalCount)"/.exec(text)?.[1] ?? `none: ${text}`)
    )
  )

describe.skipIf(isSkipped)("a gateway with TLS", () => {
  it.scopedLive.each([
    { name: "texts", given: () => ({ key, cert }) },
    { name: "a redacted key", given: () => ({ key: Redacted.make(key), cert }) },
    {
      name: "files",
      given: (folder: string) => {
        writeFileSync(join(folder, "key.pem"), key)
        writeFileSync(join(folder, "cert.pem"), cert)
        return { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") }
      }
    },
    {
      name: "an encrypted key",
      given: (folder: string) => {
        const path = join(folder, "key.pem")
        execFileSync("openssl", ["pkcs8", "-topk8", "-passout", "pass:word", "-out", path], { input: key })
        return { key: path, cert, passphrase: Redacted.make("word") }
      }
    }
  ])("P4: takes $name, and speaks both HTTPS and HTTP", ({ given }) =>
    Effect.gen(function* () {
      const address = yield* serve({ tls: given(yield* TlsGateway.folder) })
      assert.strictEqual(address.url, `https://127.0.0.1:${address.port}`)
      assert.isUndefined(address.certificateAuthority)
      const trusting = { ca: cert, rejectUnauthorized: true, servername: "localhost" }
      assert.strictEqual(yield* ask(secure(address, trusting)), "TotalCount")
      assert.strictEqual(yield* ask(plain(address)), "TotalCount")
    })
  )

  it.scopedLive.each(["in `cert`", "in `ca`"])(
    "P4: sends the certificates between its own and the authority: %s",
    (where) =>
      Effect.gen(function* () {
        const folder = yield* TlsGateway.folder
        const issue = (name: string, issuer: string | undefined, extension: string) => {
          const file = (suffix: string) => join(folder, `${name}${suffix}`)
          const by =
            issuer === undefined ? [] : ["-CA", join(folder, `${issuer}.pem`), "-CAkey", join(folder, `${issuer}.key`)]
          const keys = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file(".key")]
          const args = ["-subj", `/CN=${name}`, "-addext", extension, "-out", file(".pem")]
          execFileSync("openssl", ["req", "-x509", "-days", "1", ...keys, ...by, ...args], { stdio: "ignore" })
          return readFileSync(file(".pem"), "utf8")
        }
        const root = issue("root", undefined, "keyUsage=critical,keyCertSign")
        const between = issue("between", "root", "keyUsage=critical,keyCertSign")
        const leaf = issue("leaf", "between", "subjectAltName=DNS:localhost")
        const chain = where === "in `ca`" ? { cert: leaf, ca: between } : { cert: `${leaf}${between}` }
        const address = yield* serve({ tls: { key: join(folder, "leaf.key"), ...chain } })
        const trusting = { ca: root, rejectUnauthorized: true, servername: "localhost" }
        assert.strictEqual(yield* ask(secure(address, trusting)), "TotalCount")
      })
  )

  it.scopedLive("P4: reads `tls` from the configuration", () =>
    Effect.gen(function* () {
      const provider = ConfigProvider.fromMap(
        new Map([
          ["KEY", key],
          ["CERT", cert]
        ])
      )
      const layer = NodeGateway.layerConfig({
        tls: Config.all({ key: Config.redacted("KEY"), cert: Config.string("CERT") })
      })
      const served = yield* Layer.build(Layer.provide(layer, ServedGateway.layer())).pipe(
        Effect.withConfigProvider(provider)
      )
      const { address } = yield* Effect.provide(NodeGateway.GatewayServer, served)
      assert.strictEqual(yield* ask(secure(address)), "TotalCount")
    })
  )

  const wrong: ReadonlyArray<{
    readonly name: string
    readonly tls: NodeGateway.Tls
    readonly reason: NodeGateway.TlsError["reason"]
    readonly message: RegExp
  }> = [
    {
      name: "the key of another certificate",
      tls: { key: other?.key ?? "", cert },
      reason: "mismatch",
      message: /`tls\.key` is not the private key of the certificate in `tls\.cert`/
    },
    {
      name: "a key that is cut off",
      tls: { key: key.slice(0, 80), cert },
      reason: "key",
      message: /`tls\.key` holds no private key/
    },
    {
      name: "a certificate as key",
      tls: { key: cert, cert },
      reason: "key",
      message: /`tls\.key` holds no private key/
    },
    {
      name: "a key as certificate",
      tls: { key, cert: key },
      reason: "certificate",
      message: /`tls\.cert` holds no certificate/
    },
    {
      name: "a file that is not there",
      tls: { key: "/nowhere/key.pem", cert },
      reason: "file",
      message: /cannot read \/nowhere\/key\.pem \(ENOENT\)/
    },
    {
      name: "a key without its first line",
      tls: { key: key.split("\n").slice(1, 3).join(""), cert },
      reason: "file",
      message: /`tls\.key` is no PEM text/
    },
    {
      name: "no certificate",
      tls: { key } as NodeGateway.Tls,
      reason: "certificate",
      message: /`tls\.cert` is missing/
    }
  ]

  it.scopedLive.each(wrong)("P4: refuses $name, and shows no key", ({ message, reason, tls }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(serve({ tls }))
      assert.strictEqual(error._tag, "TlsError")
      assert.include(error, { reason })
      assert.match(error.message, message)
      const shown = `${String(error)} ${JSON.stringify(error)} ${error.stack}`
      for (const line of key.split("\n").filter((line) => line.length > 10 && !line.startsWith("-----"))) {
        assert.notInclude(shown, line)
      }
    })
  )

  it.scopedLive("P4: says that a key is encrypted, or that its passphrase is another", () =>
    Effect.gen(function* () {
      const path = join(yield* TlsGateway.folder, "key.pem")
      execFileSync("openssl", ["pkcs8", "-topk8", "-passout", "pass:word", "-out", path], { input: key })
      const missing = yield* Effect.flip(serve({ tls: { key: path, cert } }))
      assert.include(missing, { reason: "key", file: path })
      assert.include(missing.message, "give its `tls.passphrase`")
      const wrong = yield* Effect.flip(serve({ tls: { key: path, cert, passphrase: "sesame" } }))
      assert.include(wrong.message, "another passphrase")
      assert.notInclude(String(wrong), "sesame")
    })
  )
})

describe("a tunnel", () => {
  it.scopedLive("P4: speaks TLS or HTTP, as its first byte says, with the certificate for its host", () =>
    Effect.gen(function* () {
      const gateway = yield* TlsGateway.serveVolumes()
      const tunnel = Effect.gen(function* () {
        const { socket, until } = yield* open(plain(gateway), connect)
        yield* until((text) => text.includes("\r\n\r\n"))
        socket.removeAllListeners("data")
        return socket
      })
      const raw = yield* tunnel
      const names = { servername: "ebs.ap-guangzhou.tencentcloudapi.com", rejectUnauthorized: true }
      const ca = (yield* NodeGateway.certificateAuthority({ directory: gateway.directory })).certificate
      assert.strictEqual(yield* ask(() => Tls.connect({ socket: raw, ca, ...names })), "TotalCount")
      const bare = yield* tunnel
      assert.strictEqual(yield* ask(() => bare), "TotalCount")
    })
  )

  it.scopedLive("P4: has the address of its caller, through two layers of TLS as well", () =>
    Effect.gen(function* () {
      const addresses: Array<unknown> = []
      const handlers = Volumes.layer({
        DescribeVolumes: (_, { address }) => {
          addresses.push(address)
          return Effect.succeed({ TotalCount: 0, Names: [] })
        }
      })
      const gateway = yield* TlsGateway.serveVolumes({}, handlers)
      yield* ask(secure(gateway))
      const { socket, until } = yield* open(secure(gateway), connect)
      yield* until((text) => text.includes("\r\n\r\n"))
      socket.removeAllListeners("data")
      yield* ask(() => Tls.connect({ socket, rejectUnauthorized: false, servername: "ebs.tencentcloudapi.com" }))
      assert.deepStrictEqual(addresses, ["127.0.0.1", "127.0.0.1"])
    })
  )
})

/** The beginning of a handshake: a record of TLS that says that more comes. */
const halfHandshake = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"

describe("a stranger at a gateway with TLS", () => {
  it.scopedLive.each([
    { name: "is silent", sent: "" },
    { name: "does not finish a handshake", sent: halfHandshake },
    { name: "opens a tunnel and is silent", sent: connect },
    { name: "opens a tunnel and does not finish a handshake in it", sent: `${connect}${halfHandshake}` },
    { name: "sends the head of a request, and no more", sent: "POST / HTTP/1.1\r\nhost: x\r\n" }
  ])("K1: that $name is destroyed, and others get in", ({ sent }) =>
    Effect.gen(function* () {
      const address = yield* TlsGateway.serveVolumes({ headersTimeout: "200 millis", maxConnections: 1 })
      const first = yield* open(plain(address))
      first.socket.write(Buffer.from(sent, "latin1"))
      yield* first.closed
      assert.strictEqual(yield* ask(secure(address)), "TotalCount")
    })
  )

  it.scopedLive.each([
    { name: "after its handshake", sent: "" },
    { name: "in the head of a request", sent: "POST / HTTP/1.1\r\nhost: x\r\n" }
  ])("K1: that is silent $name is destroyed, and others get in", ({ sent }) =>
    Effect.gen(function* () {
      const options = { headersTimeout: "200 millis", requestTimeout: "400 millis", maxConnections: 1 } as const
      const address = yield* TlsGateway.serveVolumes(options)
      const first = yield* open(secure(address), sent)
      yield* first.closed
      assert.strictEqual(yield* ask(secure(address)), "TotalCount")
    })
  )

  it.scopedLive("K1: that speaks neither HTTP nor TLS, or no version that is known, is cut off and harms nobody", () =>
    Effect.gen(function* () {
      const address = yield* TlsGateway.serveVolumes()
      for (const sent of ["\x16\x03\x01\x00\x05hello", "\x16".repeat(4096), "\x00\x01\x02", "hello\r\n\r\n"]) {
        const { closed, socket } = yield* open(plain(address))
        socket.end(Buffer.from(sent, "latin1"))
        yield* closed
      }
      assert.strictEqual(yield* ask(secure(address)), "TotalCount")
    })
  )

  it.scopedLive("K1: is closed by a shutdown, with tunnels and handshakes that are open", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const address = yield* Scope.extend(TlsGateway.serveVolumes({ shutdownGrace: "50 millis" }), scope)
      const opened = [
        yield* open(plain(address)),
        yield* open(plain(address), connect),
        yield* open(secure(address)),
        yield* open(plain(address), request)
      ]
      const handshake = yield* open(plain(address))
      handshake.socket.write(Buffer.from(halfHandshake, "latin1"))
      yield* opened[3]?.until(isAnswered) ?? Effect.void
      yield* Scope.close(scope, Exit.void)
      for (const { closed } of [...opened, handshake]) yield* closed
    })
  )

  it.scopedLive(
    "K1: that hangs up in the middle of a call over TLS interrupts it, and a shutdown lets others finish",
    () =>
      Effect.gen(function* () {
        const [started, interrupted, goOn] = [
          yield* Deferred.make<void>(),
          yield* Deferred.make<void>(),
          yield* Deferred.make<void>()
        ]
        const handlers = Volumes.layer({
          DescribeVolumes: () =>
            Deferred.succeed(started, undefined).pipe(
              Effect.zipRight(Deferred.await(goOn)),
              Effect.as({ TotalCount: 0, Names: [] }),
              Effect.onInterrupt(() => Deferred.succeed(interrupted, undefined))
            )
        })
        const scope = yield* Scope.make()
        const address = yield* Scope.extend(TlsGateway.serveVolumes({ shutdownGrace: "10 seconds" }, handlers), scope)
        const first = yield* open(secure(address), request)
        yield* Deferred.await(started)
        first.socket.destroy()
        yield* Deferred.await(interrupted)
        const second = yield* open(secure(address), request)
        const third = yield* Effect.fork(Effect.zipRight(Effect.sleep("50 millis"), Deferred.succeed(goOn, undefined)))
        yield* second.until((text) => text !== "" || second.socket.writableLength === 0)
        yield* Fiber.join(third)
        assert.isTrue(isAnswered(yield* second.until(isAnswered)))
        yield* Scope.close(scope, Exit.void)
      })
  )

  it.live("leaves no socket and no fiber behind", () =>
    Sockets.leavesNothing(Effect.scoped(Effect.flatMap(TlsGateway.serveVolumes(), (address) => ask(secure(address)))))
  )
})
