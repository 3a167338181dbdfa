/** Chooses the certificate of a TLS connection: the given one, or one that the gateway's own authority signs for the name. */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Tls from "node:tls"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Network from "../../../../domain/rules/Network.js"
import { TlsError } from "../../../../services/gateway/GatewayServer.js"
import { BoundedMap } from "../../../../services/internal/boundedMap.js"
import type { Authority } from "./authority.js"
import * as authority from "./authority.js"
import type * as Options from "./options.js"
import { domains, exportKey, leafLife, makeKeys, type Names, privateNetworks } from "./x509.js"

/** The certificates of a gateway. */
export interface Contexts {
  /** For callers that name no host, and for hosts that are not the gateway's. */
  readonly standard: () => Tls.SecureContextOptions
  /** For a host that a caller names. Undefined if the standard one serves it. */
  readonly forHost: (host: string) => Tls.SecureContext | undefined
  /** The file that clients have to trust, if the authority is the gateway's own. */
  readonly certificateAuthority: string | undefined
}

const isPem = (value: string): boolean => value.includes("-----BEGIN")

/** Whether a value is rather a key without its first line than a path. A message must not show it. */
const isSecret = (value: string): boolean => /\s/.test(value.trim()) || /^MI[\w+/=]{40}/.test(value)

/** A PEM text, and where it is from. */
interface Source {
  readonly option: string
  readonly text: string
  readonly file: string | undefined
}

/** How a message names a value. */
const placeOf = ({ file, option }: Source): string => (file === undefined ? `\`tls.${option}\`` : file)

const readSource = (
  option: string,
  given: string | Redacted.Redacted<string> | undefined
): Effect.Effect<Source, TlsError> => {
  const value = Redacted.isRedacted(given) ? Redacted.value(given) : given
  if (value === undefined || value === "") {
    const message = `\`tls.${option}\` is missing: give both \`key\` and \`cert\`, or \`tls: "own"\` for an authority of the gateway's own.`
    return new TlsError({ reason: option === "key" ? "key" : "certificate", message })
  }
  if (isPem(value)) return Effect.succeed({ option, text: value, file: undefined })
  const file = isSecret(value) ? undefined : value
  return Effect.try({
    try: () => ({ option, text: Fs.readFileSync(value, "utf8"), file: value }),
    catch: (error) => {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
      const place =
        file === undefined ? "no file that the gateway can read" : `the gateway cannot read ${file} (${code})`
      const advice = "Give a PEM text, with its BEGIN line, or the path of a file that holds one."
      return new TlsError({
        reason: "file",
        file,
        message: `\`tls.${option}\` is no PEM text, and ${place}. ${advice}`
      })
    }
  })
}

const failWith = (reason: TlsError["reason"], source: Source, what: string): TlsError =>
  new TlsError({ reason, file: source.file, message: `${placeOf(source)} ${what}` })

const readKey = (source: Source, passphrase: string | undefined): Effect.Effect<Crypto.KeyObject, TlsError> =>
  Effect.try({
    try: () =>
      Crypto.createPrivateKey(passphrase === undefined ? source.text : { key: source.text, format: "pem", passphrase }),
    // What Node says of a key is not passed on.
    catch: () => {
      if (!source.text.includes("ENCRYPTED")) return failWith("key", source, "holds no private key as a PEM text.")
      return failWith(
        "key",
        source,
        passphrase === undefined
          ? "is encrypted: give its `tls.passphrase`."
          : "has another passphrase than `tls.passphrase`."
      )
    }
  })

const readCertificate = (source: Source): Effect.Effect<Crypto.X509Certificate, TlsError> =>
  Effect.try({
    try: () => new Crypto.X509Certificate(source.text),
    catch: () => failWith("certificate", source, "holds no certificate as a PEM text.")
  })

/** The certificates that the options give. */
const given = (options: Options.TlsCertificate): Effect.Effect<Contexts, TlsError> =>
  Effect.gen(function* () {
    const { passphrase } = options
    const keySource = yield* readSource("key", options.key)
    const certSource = yield* readSource("cert", options.cert)
    const between = options.ca === undefined ? undefined : yield* readSource("ca", options.ca)
    const key = yield* readKey(keySource, Redacted.isRedacted(passphrase) ? Redacted.value(passphrase) : passphrase)
    const certificate = yield* readCertificate(certSource)
    if (between !== undefined) yield* readCertificate(between)
    if (!certificate.checkPrivateKey(key)) {
      return yield* failWith(
        "mismatch",
        keySource,
        `is not the private key of the certificate in ${placeOf(certSource)}.`
      )
    }
    if (Date.parse(certificate.validTo) <= Date.now()) {
      yield* Effect.logWarning(`The certificate in ${placeOf(certSource)} has expired on ${certificate.validTo}`)
    }
    const identity = {
      key: exportKey(key),
      cert: between === undefined ? certSource.text : `${certSource.text}\n${between.text}`
    }
    yield* Effect.try({
      try: () => Tls.createSecureContext(identity),
      catch: () => failWith("certificate", certSource, "holds a certificate that TLS does not accept.")
    })
    return { standard: () => identity, forHost: () => undefined, certificateAuthority: undefined }
  })

/** How many certificates the gateway keeps. One serves all names of a domain. */
const capacity = 128

/** The names that the certificate for a host has: the other names of its domain, too. Undefined for a host that is not the gateway's. */
const namesFor = (host: string): ReadonlyArray<string> | undefined => {
  const name = host.toLowerCase()
  if (name.length > 253 || !/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name)) return undefined
  if (!domains.some((domain) => name.endsWith(`.${domain}`))) return undefined
  const parent = name.slice(name.indexOf(".") + 1)
  // A wildcard for all of a top-level domain matches nothing.
  return parent.includes(".") ? [parent, `*.${parent}`] : [name]
}

/** The names of the gateway itself, and the addresses at which callers reach it, as far as an authority may sign them. */
const standardNames = (host: string): Names => {
  const all = Object.values(Os.networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
  const own = (host === "0.0.0.0" || host === "::" ? all : [host]).filter((address) =>
    privateNetworks.some((network) => Network.contains(network, address))
  )
  const names = domains.flatMap((domain) => (domain === "localhost" ? [domain] : [domain, `*.${domain}`]))
  return { names, addresses: [...new Set(["127.0.0.1", "::1", ...own])] }
}

/** A value that is made again when it grows old, and the time of that, in UNIX milliseconds. */
interface Aging<A> {
  readonly value: A
  readonly until: number
}

/** The certificates that the gateway's own authority signs. All have one key, which only this process has. */
const signed = ({ certificate, maker, path, privateKey }: Authority, host: string): Contexts => {
  const keys = makeKeys()
  const key = exportKey(keys.privateKey)
  const sign = (names: Names): Aging<Tls.SecureContextOptions> => {
    // Callers hold certificates against the time of their system, so this is no matter of Effect's clock.
    const now = Date.now()
    const cert = maker.makeLeaf({ certificate, privateKey }, keys.publicKey, names, now)
    return { value: { key, cert }, until: now + leafLife / 2 }
  }
  const made = new BoundedMap<string, Aging<Tls.SecureContext>>(capacity)
  let standard = sign(standardNames(host))
  return {
    standard: () => {
      if (Date.now() >= standard.until) standard = sign(standardNames(host))
      return standard.value
    },
    forHost: (name) => {
      const names = namesFor(name)
      if (names === undefined) return undefined
      const label = names.join(" ")
      const known = made.use(label)
      if (known !== undefined && Date.now() < known.until) return known.value
      const { until, value } = sign({ names, addresses: [] })
      const context = Tls.createSecureContext(value)
      made.set(label, { value: context, until })
      return context
    },
    certificateAuthority: path
  }
}

/** Whether options name a key or a certificate. Then they need both, and {@link readSource} says which is missing. */
const isCertificate = (options: Options.TlsCertificate | Options.TlsAuthority): options is Options.TlsCertificate =>
  "key" in options || "cert" in options

/** Reads the options, and the files that they name. Makes an authority if they ask for the gateway's own. */
export const make = (options: Options.Tls, host: string): Effect.Effect<Contexts, TlsError> => {
  if (options !== "own" && isCertificate(options)) return given(options)
  const directory = options === "own" ? undefined : options.directory
  return Effect.map(authority.open(directory), (own) => signed(own, host))
}
