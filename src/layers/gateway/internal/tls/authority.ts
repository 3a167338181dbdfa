/** The gateway's own certificate authority: makes it at first use, and keeps it in a folder that only its user can read. */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { TlsError } from "../../../../services/gateway/GatewayServer.js"
import { authorityName, type Identity, type Issuer, loadMaker, type Maker } from "./x509.js"

/** An authority that can sign. */
export interface Authority extends Issuer {
  /** The file with the certificate, for clients that have to trust it. */
  readonly path: string
  /** The certificate, as a PEM text. */
  readonly pem: string
  readonly maker: Maker
}

/** The folder of the authority in the state folder, and the files in it. */
const folderName = "authority"
const keyName = "key.pem"
const certificateName = "certificate.pem"

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown"

const spoilt = (folder: string, what: string): TlsError =>
  new TlsError({
    reason: "state",
    file: folder,
    message: `The certificate authority in ${folder} cannot be used: ${what}. Remove this folder: the gateway makes a new authority at its next start, which clients have to trust again.`
  })

const unusable = (path: string, error: unknown): TlsError =>
  new TlsError({
    reason: "file",
    file: path,
    code: codeOf(error),
    message: `The gateway cannot keep its certificate authority in ${path} (${codeOf(error)}). Give a folder that it can write, as \`tls: { directory }\`.`
  })

/** Why a file or a folder is not private, or not of this user. Windows has no such modes. */
const findExposure = (path: string): string | undefined => {
  const user = process.getuid?.()
  if (user === undefined) return undefined
  const { mode, uid } = Fs.statSync(path)
  if (uid !== user) return `${path} belongs to another user`
  return (mode & 0o077) === 0 ? undefined : `others can read or change ${path} (mode ${(mode & 0o777).toString(8)})`
}

const readText = (path: string): string | undefined => {
  try {
    return Fs.readFileSync(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}

const orUndefined = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch {
    return undefined
  }
}

const isOwn = (certificate: Crypto.X509Certificate): boolean =>
  certificate.ca &&
  certificate.subject.startsWith(`CN=${authorityName} `) &&
  certificate.subject === certificate.issuer &&
  certificate.verify(certificate.publicKey)

/** What is wrong with the texts of an authority, or the authority. */
const readIssuer = (key: string | undefined, cert: string | undefined, now: number): Issuer | string => {
  if (key === undefined || cert === undefined) return `${key === undefined ? keyName : certificateName} is missing`
  const privateKey = orUndefined(() => Crypto.createPrivateKey(key))
  if (privateKey === undefined) return `${keyName} holds no private key`
  const certificate = orUndefined(() => new Crypto.X509Certificate(cert))
  if (certificate === undefined) return `${certificateName} holds no certificate`
  if (orUndefined(() => isOwn(certificate)) !== true)
    return `${certificateName} is not of an authority that a gateway made`
  if (!certificate.checkPrivateKey(privateKey)) return `${keyName} is not the key of ${certificateName}`
  if (Date.parse(certificate.validTo) <= now) return `${certificateName} has expired on ${certificate.validTo}`
  return { certificate, privateKey }
}

/** Reads the authority of a folder. Returns nothing if there is none. */
const read = (folder: string, maker: Maker, now: number): Effect.Effect<Authority | undefined, TlsError> =>
  Effect.try({
    try: () => {
      const [keyPath, path] = [Path.join(folder, keyName), Path.join(folder, certificateName)]
      if (!Fs.existsSync(folder) || Fs.readdirSync(folder).length === 0) return undefined
      const key = readText(keyPath)
      const pem = readText(path)
      const exposure = findExposure(folder) ?? (key === undefined ? undefined : findExposure(keyPath))
      if (exposure !== undefined) throw spoilt(folder, exposure)
      const issuer = readIssuer(key, pem, now)
      if (typeof issuer === "string" || pem === undefined) throw spoilt(folder, String(issuer))
      return { ...issuer, pem, path, maker }
    },
    catch: (error) => (error instanceof TlsError ? error : unusable(folder, error))
  })

/** Writes a file that only its user can read. */
const writePrivate = (path: string, text: string): void => {
  const file = Fs.openSync(path, "wx", 0o600)
  try {
    Fs.writeSync(file, text)
    Fs.fsyncSync(file)
  } finally {
    Fs.closeSync(file)
  }
}

/**
 * Makes an authority beside its place, and then moves it there. A folder moves as a whole, and never onto one with files in it. So a
 * reader never sees half of it, and of two that make one at the same time, the first wins.
 */
const write = (directory: string, folder: string, { cert, key }: Identity): Effect.Effect<void, TlsError> =>
  Effect.try({
    try: () => {
      Fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
      const temporary = Fs.mkdtempSync(Path.join(directory, ".new-"))
      try {
        writePrivate(Path.join(temporary, keyName), key)
        writePrivate(Path.join(temporary, certificateName), cert)
        Fs.renameSync(temporary, folder)
      } catch (error) {
        Fs.rmSync(temporary, { recursive: true, force: true })
        if (!Fs.existsSync(Path.join(folder, certificateName))) throw error
      }
    },
    catch: (error) => unusable(directory, error)
  })

/** The user's state folder. */
const defaultDirectory: Effect.Effect<string, TlsError> = Effect.gen(function* () {
  const state = yield* Effect.orElseSucceed(Config.option(Config.string("XDG_STATE_HOME")), Option.none<string>)
  // The standard of these folders ignores a path that is relative.
  const absolute = Option.filter(state, Path.isAbsolute)
  const base = yield* Effect.try({
    try: () => Option.getOrElse(absolute, () => Path.join(Os.homedir(), ".local", "state")),
    catch: (error) => unusable("the home directory", error)
  })
  return Path.join(base, "effect-tencentcloud")
})

/** Returns the authority of a state folder, and makes it if there is none. */
export const open = (given: string | undefined): Effect.Effect<Authority, TlsError> =>
  Effect.gen(function* () {
    const directory = Path.resolve(given ?? (yield* defaultDirectory))
    const folder = Path.join(directory, folderName)
    const maker = yield* Effect.promise(loadMaker)
    // Callers hold certificates against the time of their system, so this is no matter of Effect's clock.
    const now = Date.now()
    const found = yield* read(folder, maker, now)
    if (found !== undefined) return found
    yield* write(directory, folder, maker.makeAuthority(now))
    const made = yield* read(folder, maker, now)
    if (made === undefined) return yield* spoilt(folder, "it has disappeared")
    yield* Effect.logInfo(`Made a certificate authority. Clients that use HTTPS have to trust ${made.path}`)
    return made
  })
