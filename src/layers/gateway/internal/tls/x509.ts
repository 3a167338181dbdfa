/** Makes X.509 certificates: that of an authority, and those that the authority signs. */
import * as Crypto from "node:crypto"
import * as Host from "../../../../domain/wire/Host.js"

/** Networks of private addresses. An authority may sign addresses of no others. */
export const privateNetworks = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10"
]

/** The domains that an authority may sign names of. It cannot vouch for any other site, even if its key is stolen. */
export const domains: ReadonlyArray<string> = [Host.domain, "localhost"]

/** What the name of each authority begins with. */
export const authorityName = "effect-tencentcloud authority"

const ecdsaWithSha256 = "1.2.840.10045.4.3.2"
const commonName = "2.5.4.3"

const day = 24 * 60 * 60 * 1000

/** Clocks of callers may be late. */
const early = day

const authorityLife = 3650 * day

/** The longest life that browsers accept. */
export const leafLife = 397 * day

/** A certificate and its private key. Both are PEM texts. */
export interface Identity {
  readonly key: string
  readonly cert: string
}

interface KeyPair {
  readonly privateKey: Crypto.KeyObject
  readonly publicKey: Crypto.KeyObject
}

/** Makes a pair of keys. */
export const makeKeys = (): KeyPair => Crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" })

/** The private key as a PEM text. */
export const exportKey = (key: Crypto.KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()

/** Signs certificates. */
export interface Issuer {
  readonly certificate: Crypto.X509Certificate
  readonly privateKey: Crypto.KeyObject
}

/** Names and addresses. */
export interface Names {
  readonly names: ReadonlyArray<string>
  readonly addresses: ReadonlyArray<string>
}

const toPem = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}

const spkiOf = (key: Crypto.KeyObject): Buffer => key.export({ type: "spki", format: "der" })

/** A random serial number: positive, and without a zero in front. */
const serialNumber = (): ArrayBuffer => {
  const bytes = new Uint8Array(16)
  Crypto.randomFillSync(bytes)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.buffer
}

/** Loads the library. Only an authority of one's own needs it. */
const load = async () => {
  const [{ AsnConvert, OctetString }, X509] = await Promise.all([
    import("@peculiar/asn1-schema"),
    import("@peculiar/asn1-x509")
  ])
  return { AsnConvert, OctetString, X509 }
}

type Library = Awaited<ReturnType<typeof load>>

/** Writes the parts of certificates. */
const writer = ({ AsnConvert, OctetString, X509 }: Library) => {
  const nameOf = (text: string) =>
    new X509.Name([
      new X509.RelativeDistinguishedName([
        new X509.AttributeTypeAndValue({ type: commonName, value: new X509.AttributeValue({ utf8String: text }) })
      ])
    ])

  const extension = (extnID: string, critical: boolean, value: unknown) =>
    new X509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

  const infoOf = (key: Crypto.KeyObject) => AsnConvert.parse(spkiOf(key), X509.SubjectPublicKeyInfo)

  /** The hash by which a certificate names a key. */
  const idOf = (key: Crypto.KeyObject): Buffer =>
    Crypto.createHash("sha1")
      .update(Buffer.from(infoOf(key).subjectPublicKey))
      .digest()

  const generalNames = ({ addresses, names }: Names) => [
    ...names.map((dNSName) => new X509.GeneralName({ dNSName })),
    ...addresses.map((iPAddress) => new X509.GeneralName({ iPAddress }))
  ]

  /** What every certificate has: what its key may be used for, and the hashes of the key and of its issuer's. */
  const common = (cA: boolean, usage: number, own: Crypto.KeyObject, issuer: Crypto.KeyObject) => [
    extension(X509.id_ce_basicConstraints, true, new X509.BasicConstraints(cA ? { cA, pathLenConstraint: 0 } : { cA })),
    extension(X509.id_ce_keyUsage, true, new X509.KeyUsage(usage)),
    extension(X509.id_ce_extKeyUsage, false, new X509.ExtendedKeyUsage([X509.id_kp_serverAuth])),
    extension(X509.id_ce_subjectKeyIdentifier, false, new X509.SubjectKeyIdentifier(idOf(own))),
    extension(
      X509.id_ce_authorityKeyIdentifier,
      false,
      new X509.AuthorityKeyIdentifier({ keyIdentifier: new X509.KeyIdentifier(idOf(issuer)) })
    )
  ]

  const sign = (content: Partial<InstanceType<typeof X509.TBSCertificate>>, key: Crypto.KeyObject): string => {
    const signature = new X509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
    const tbsCertificate = new X509.TBSCertificate({ version: 2, serialNumber: serialNumber(), signature, ...content })
    const signed = Crypto.sign("sha256", Buffer.from(AsnConvert.serialize(tbsCertificate)), key)
    const signatureValue = new Uint8Array(signed).buffer
    const whole = new X509.Certificate({ tbsCertificate, signatureAlgorithm: signature, signatureValue })
    return toPem(new Uint8Array(AsnConvert.serialize(whole)))
  }

  return { nameOf, extension, infoOf, generalNames, common, sign }
}

const build = (library: Library) => {
  const { AsnConvert, X509 } = library
  const { common, extension, generalNames, infoOf, nameOf, sign } = writer(library)

  /** Makes an authority. Its life begins a day before `now`, in UNIX milliseconds. */
  const makeAuthority = (now: number): Identity => {
    const { privateKey, publicKey } = makeKeys()
    const name = nameOf(`${authorityName} ${Crypto.randomBytes(4).toString("hex")}`)
    const permitted = generalNames({ names: domains, addresses: privateNetworks })
    const constraints = new X509.NameConstraints({
      permittedSubtrees: new X509.GeneralSubtrees(permitted.map((base) => new X509.GeneralSubtree({ base })))
    })
    const usage = X509.KeyUsageFlags.keyCertSign | X509.KeyUsageFlags.cRLSign
    const cert = sign(
      {
        issuer: name,
        subject: name,
        validity: new X509.Validity({ notBefore: new Date(now - early), notAfter: new Date(now + authorityLife) }),
        subjectPublicKeyInfo: infoOf(publicKey),
        extensions: new X509.Extensions([
          ...common(true, usage, publicKey, publicKey),
          extension(X509.id_ce_nameConstraints, true, constraints)
        ])
      },
      privateKey
    )
    return { key: exportKey(privateKey), cert }
  }

  /** Makes the certificate of a server, for a public key. It does not outlive its authority. */
  const makeLeaf = (issuer: Issuer, publicKey: Crypto.KeyObject, names: Names, now: number): string => {
    const { subject, validity } = AsnConvert.parse(issuer.certificate.raw, X509.Certificate).tbsCertificate
    const notAfter = new Date(Math.min(now + leafLife, validity.notAfter.getTime().getTime()))
    const alternatives = new X509.SubjectAlternativeName(generalNames(names))
    return sign(
      {
        issuer: subject,
        subject: nameOf("effect-tencentcloud gateway"),
        validity: new X509.Validity({ notBefore: new Date(now - early), notAfter }),
        subjectPublicKeyInfo: infoOf(publicKey),
        extensions: new X509.Extensions([
          ...common(false, X509.KeyUsageFlags.digitalSignature, publicKey, issuer.certificate.publicKey),
          extension(X509.id_ce_subjectAltName, false, alternatives)
        ])
      },
      issuer.privateKey
    )
  }

  return { makeAuthority, makeLeaf }
}

/** Makes certificates. */
export type Maker = ReturnType<typeof build>

/** Loads what makes certificates. */
export const loadMaker = async (): Promise<Maker> => build(await load())
