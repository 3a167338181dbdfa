/** The certificate authority of the gateway's own: its folder, what may be wrong there, and what it signs. */
import { execFile } from "node:child_process"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import { join } from "node:path"
import * as Tls from "node:tls"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { build } from "esbuild"
import { type Identity, loadMaker, makeKeys } from "../../../src/layers/gateway/internal/tls/x509.js"
import * as Sockets from "../../fixtures/Sockets.js"
import * as TlsGateway from "../../fixtures/TlsGateway.js"

const modeOf = (path: string): string => (Fs.statSync(path).mode & 0o777).toString(8)

/** Every file and folder below a folder, with its mode. */
const modes = (folder: string) =>
  Fs.readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${name} ${modeOf(join(folder, name))}`)
    .sort()

const maker = Effect.promise(loadMaker)

/** The certificate that a gateway shows to a caller that names a host. */
const shown = ({ host, port }: NodeGateway.Address, servername: string) =>
  Effect.async<Crypto.X509Certificate>((resume) => {
    const socket = Tls.connect({ host, port, servername, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate()
      socket.destroy()
      resume(Effect.sync(() => new Crypto.X509Certificate(raw)))
    })
    return Effect.sync(() => socket.destroy())
  })

describe("the certificate authority of a gateway", () => {
  it.scopedLive("P4: is made at first use, in a folder that only its user can read, and stays", () =>
    Effect.gen(function* () {
      const directory = join(yield* TlsGateway.folder, "state", "gateway")
      const first = yield* TlsGateway.serveVolumes({ tls: { directory } })
      assert.deepStrictEqual(modes(directory), [
        "authority 700",
        "authority/certificate.pem 600",
        "authority/key.pem 600"
      ])
      assert.strictEqual(modeOf(directory), "700")
      assert.strictEqual(first.certificateAuthority, join(directory, "authority", "certificate.pem"))
      const pem = Fs.readFileSync(first.certificateAuthority, "utf8")
      assert.notInclude(pem, "PRIVATE")
      const second = yield* TlsGateway.serveVolumes({ tls: { directory } })
      assert.deepStrictEqual(yield* NodeGateway.certificateAuthority({ directory }), {
        path: second.certificateAuthority,
        certificate: pem
      })
    })
  )

  it.scopedLive("P4: is in the user's state folder where nothing else is said", () =>
    Effect.gen(function* () {
      const folder = yield* TlsGateway.folder
      const within = (state: string) =>
        NodeGateway.certificateAuthority().pipe(
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["XDG_STATE_HOME", state]])))
        )
      assert.strictEqual((yield* within(folder)).path, join(folder, "effect-tencentcloud/authority/certificate.pem"))
      const home = process.env.HOME
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          process.env.HOME = folder
        }),
        () =>
          Effect.sync(() => {
            if (home === undefined) delete process.env.HOME
            else process.env.HOME = home
          })
      )
      const path = join(folder, ".local/state/effect-tencentcloud/authority/certificate.pem")
      assert.strictEqual((yield* within("relative")).path, path)
    })
  )

  it.scopedLive("P4: is one, and whole, where many processes make it at once", () =>
    Effect.gen(function* () {
      const folder = yield* TlsGateway.folder
      const program = join(folder, "program.mjs")
      yield* Effect.promise(() =>
        build({
          stdin: {
            contents: `
              import * as Effect from "effect/Effect"
              import { certificateAuthority } from "./src/layers/gateway/NodeGateway.js"
              // All of them begin at the same time.
              while (Date.now() < Number(process.argv[3])) {}
              const made = await Effect.runPromise(certificateAuthority({ directory: process.argv[2] }))
              process.stdout.write(made.certificate)`,
            resolveDir: fileURLToPath(new URL("../../..", import.meta.url)),
            loader: "ts"
          },
          bundle: true,
          format: "esm",
          platform: "node",
          mainFields: ["module", "main"],
          outfile: program
        })
      )
      const directory = join(folder, "state")
      const at = String(Date.now() + 1000)
      const run = Effect.async<string>((resume) => {
        execFile(process.execPath, [program, directory, at], (error, stdout, stderr) =>
          resume(Effect.succeed(error === null ? stdout.slice(stdout.indexOf("-----BEGIN")) : stderr))
        )
      })
      const made = yield* Effect.all(
        Array.from({ length: 4 }, () => run),
        { concurrency: "unbounded" }
      )
      const path = join(directory, "authority", "certificate.pem")
      assert.deepStrictEqual([...new Set(made)], [Fs.readFileSync(path, "utf8")])
      assert.deepStrictEqual(Fs.readdirSync(directory), ["authority"])
    })
  )

  interface Spoil {
    readonly name: string
    readonly spoil: (folder: string, another: Identity) => void
    readonly message: RegExp
  }
  const write = (folder: string, { cert, key }: Partial<Identity>) => {
    if (key !== undefined) Fs.writeFileSync(join(folder, "key.pem"), key)
    if (cert !== undefined) Fs.writeFileSync(join(folder, "certificate.pem"), cert)
  }
  const foreign = Sockets.certificate("DNS:localhost")
  const spoils: ReadonlyArray<Spoil> = [
    { name: "without its key", spoil: (folder) => Fs.rmSync(join(folder, "key.pem")), message: /key\.pem is missing/ },
    {
      name: "without its certificate",
      spoil: (folder) => Fs.rmSync(join(folder, "certificate.pem")),
      message: /certificate\.pem is missing/
    },
    {
      name: "with half of its key",
      spoil: (folder, { key }) => write(folder, { key: key.slice(0, 100) }),
      message: /key\.pem holds no private key/
    },
    {
      name: "with half of its certificate",
      spoil: (folder, { cert }) => write(folder, { cert: cert.slice(0, 200) }),
      message: /certificate\.pem holds no certificate/
    },
    {
      name: "with the key of another",
      spoil: (folder, { key }) => write(folder, { key }),
      message: /key\.pem is not the key of certificate\.pem/
    },
    {
      name: "with a key that others can read",
      spoil: (folder) => Fs.chmodSync(join(folder, "key.pem"), 0o640),
      message: /others can read or change .*key\.pem \(mode 640\)/
    },
    {
      name: "in a folder that others can read",
      spoil: (folder) => Fs.chmodSync(folder, 0o755),
      message: /others can read or change .*authority \(mode 755\)/
    },
    ...(foreign === undefined
      ? []
      : [
          {
            name: "that somebody else made",
            spoil: (folder: string) => write(folder, foreign),
            message: /certificate\.pem is not of an authority that a gateway made/
          }
        ])
  ]

  it.scopedLive.each(spoils)("P4: $name is refused, with what to do, and stays as it is", ({ message, spoil }) =>
    Effect.gen(function* () {
      const directory = yield* TlsGateway.folder
      yield* NodeGateway.certificateAuthority({ directory })
      const folder = join(directory, "authority")
      const key = Fs.readFileSync(join(folder, "key.pem"), "utf8")
      spoil(folder, (yield* maker).makeAuthority(Date.now()))
      const left = modes(directory)
      const error = yield* Effect.flip(TlsGateway.serveVolumes({ tls: { directory } }))
      assert.strictEqual(error._tag, "TlsError")
      assert.include(error, { reason: "state", file: folder })
      assert.match(error.message, message)
      assert.include(error.message, "Remove this folder")
      for (const line of key.split("\n").slice(1, 3)) assert.notInclude(`${error} ${JSON.stringify(error)}`, line)
      assert.deepStrictEqual(modes(directory), left)
    })
  )

  it.scopedLive("P4: that has expired is refused, with its date", () =>
    Effect.gen(function* () {
      const directory = yield* TlsGateway.folder
      const old = (yield* maker).makeAuthority(Date.parse("2005-06-07T00:00:00Z"))
      const folder = join(directory, "authority")
      Fs.mkdirSync(folder, { mode: 0o700 })
      write(folder, old)
      Fs.chmodSync(join(folder, "key.pem"), 0o600)
      const error = yield* Effect.flip(NodeGateway.certificateAuthority({ directory }))
      assert.match(error.message, /has expired on .*2015/)
    })
  )

  it.scopedLive("P4: that cannot be written is refused, with the folder", () =>
    Effect.gen(function* () {
      const file = join(yield* TlsGateway.folder, "file")
      Fs.writeFileSync(file, "")
      const error = yield* Effect.flip(NodeGateway.certificateAuthority({ directory: join(file, "state") }))
      assert.include(error, { _tag: "TlsError", reason: "file", code: "ENOTDIR", file: join(file, "state") })
    })
  )

  it.scopedLive("P4: signs for the cloud's names and the gateway's own, and for nothing else", () =>
    Effect.gen(function* () {
      const gateway = yield* TlsGateway.serveVolumes()
      const authority = new Crypto.X509Certificate(Fs.readFileSync(gateway.certificateAuthority))
      for (const host of [
        "tencentcloudapi.com",
        "cvm.tencentcloudapi.com",
        "CVM.tencentcloudapi.com",
        "cvm.ap-guangzhou.tencentcloudapi.com",
        "es.ai.tencentcloudapi.com",
        "cvm.ap-singapore.intl.tencentcloudapi.com",
        "localhost",
        "ebs.localhost"
      ]) {
        const certificate = yield* shown(gateway, host)
        assert.isDefined(certificate.checkHost(host.toLowerCase()), host)
        assert.isTrue(certificate.verify(authority.publicKey))
        assert.isFalse(certificate.ca)
      }
      for (const host of ["example.com", "tencentcloudapi.com.example.com", "eviltencentcloudapi.com", "-.com"]) {
        const certificate = yield* shown(gateway, host)
        assert.isUndefined(certificate.checkHost(host), host)
        assert.isDefined(certificate.checkIP("127.0.0.1"))
        assert.isDefined(certificate.checkIP("::1"))
      }
    })
  )

  it.scopedLive("P4: cannot vouch for another site, even with its key", () =>
    Effect.gen(function* () {
      const { makeAuthority, makeLeaf } = yield* maker
      const { cert, key } = makeAuthority(Date.now())
      const issuer = { certificate: new Crypto.X509Certificate(cert), privateKey: Crypto.createPrivateKey(key) }
      const keys = makeKeys()
      const call = (name: string, host: string) =>
        Effect.scoped(
          Effect.gen(function* () {
            const leaf = makeLeaf(issuer, keys.publicKey, { names: [name], addresses: [] }, Date.now())
            const server = Tls.createServer({
              key: keys.privateKey.export({ type: "pkcs8", format: "pem" }),
              cert: leaf
            })
            server.on("tlsClientError", () => {})
            const { address } = yield* Sockets.listen(server)
            return yield* Effect.async<string>((resume) => {
              const socket = Tls.connect({ port: Number(address.split(":")[1]), servername: host, ca: cert }, () => {
                socket.destroy()
                resume(Effect.succeed("trusted"))
              })
              socket.on("error", ({ message }) => resume(Effect.succeed(message)))
            })
          })
        )
      assert.strictEqual(yield* call("cvm.tencentcloudapi.com", "cvm.tencentcloudapi.com"), "trusted")
      assert.strictEqual(yield* call("*.tencentcloudapi.com", "cvm.tencentcloudapi.com"), "trusted")
      assert.include(yield* call("example.com", "example.com"), "permitted subtree violation")
      assert.include(yield* call("*.example.com", "www.example.com"), "permitted subtree violation")
    })
  )

  it.scopedLive("P4: has the addresses of a gateway that listens on all of them, if they are private", () =>
    Effect.gen(function* () {
      const gateway = yield* TlsGateway.serveVolumes({ host: "0.0.0.0" })
      const certificate = yield* shown({ ...gateway, host: "127.0.0.1" }, "localhost")
      assert.isDefined(certificate.checkIP("127.0.0.1"))
      assert.include(certificate.subjectAltName ?? "", "DNS:*.tencentcloudapi.com")
    })
  )
})
