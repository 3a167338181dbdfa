import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Endpoint from "effect-tencentcloud/Endpoint"
import * as ErrorCode from "effect-tencentcloud/ErrorCode"
import * as Signature from "effect-tencentcloud/Signature"
import * as Secrets from "../../../src/domain/rules/internal/secrets.js"
import * as Network from "../../../src/domain/rules/Network.js"
import * as Body from "../../../src/domain/wire/Body.js"
import * as Host from "../../../src/domain/wire/Host.js"
import * as Language from "../../../src/domain/wire/Language.js"
import * as Region from "../../../src/domain/wire/Region.js"
import * as RequestId from "../../../src/domain/wire/RequestId.js"
import * as WireTarget from "../../../src/domain/wire/Target.js"
import * as Timestamp from "../../../src/domain/wire/Timestamp.js"
import * as Proxy from "../../../src/layers/client/internal/node/proxy.js"
import * as telemetry from "../../../src/services/gateway/internal/gatewayTelemetry.js"
import * as Proxies from "../../../src/services/gateway/internal/proxies.js"
import * as Grammar from "../grammar.js"
import { holds, repeat, type Target } from "../target.js"

const key = Redacted.make(new Uint8Array(32))

const parent = await Effect.runPromise(telemetry.traceparent)

const urls = ["http://cvm.tencentcloudapi.com/", "https://[::1]:8443/", "http://10.1.2.3/"].map((url) => new URL(url))

const checkSignature = (text: string): void => {
  const parsed = Signature.parseAuthorization(text)
  if (Either.isLeft(parsed)) {
    holds(parsed.left.length < 200, "a reason quotes nothing")
    return
  }
  const authorization = parsed.right
  const again = Signature.parseAuthorization(Signature.formatAuthorization(authorization))
  holds(JSON.stringify(again) === JSON.stringify(parsed), "what is written reads the same")
  const received = {
    method: "GET",
    query: "",
    headers: { host: "h", "content-type": "t" },
    payload: "",
    timestamp: "1"
  }
  Signature.verify({ ...received, authorization }, key)
}

const checkTimes = (text: string): void => {
  const timestamp = Timestamp.fromString(text)
  if (Option.isSome(timestamp)) {
    holds(Number.isSafeInteger(timestamp.value), "a timestamp is an integer")
    holds(/^[+-]?\d{4,6}-\d\d-\d\d$/.test(Timestamp.utcDay(timestamp.value)), "a timestamp has a day")
  }
  const date = Timestamp.fromHttpDate(text)
  holds(Option.isNone(date) || Number.isSafeInteger(date.value), "a date is an integer")
}

const checkNames = (text: string): void => {
  const target = WireTarget.parse(text)
  holds(target.path !== "", "a target has a path")
  const host = Host.parse(text)
  holds(host.label === host.label.toLowerCase(), "a label is in lower case")
  Host.isCloud(text)
  const endpoint = Endpoint.fromString(text)
  if (Either.isRight(endpoint)) {
    const { host, protocol } = endpoint.right
    const again = Endpoint.fromString(`${protocol}://${host}`)
    holds(JSON.stringify(again) === JSON.stringify(endpoint), "what is written reads the same")
  }
  Endpoint.ofChoice("cvm", { region: text })
  Region.isKnown(text)
  holds(!Region.isRegion(text) || text.length <= 64, "a region is short")
  Language.isLanguage(text)
  holds(!RequestId.isRequestId(text) || text.length <= 64, "a RequestId is short")
  ErrorCode.isErrorCode(text)
  ErrorCode.isWithin(text, "InvalidParameter")
  ErrorCode.categoryOf(text)
  Body.mediaType({ "content-type": text })
  Secrets.byName(text)
  Secrets.fromHeaders({ authorization: text, [text]: text }, Secrets.byName)
}

const checkAddresses = (text: string): void => {
  const isNetwork = Network.isNetwork(text)
  holds(!Network.isAddress(text) || Network.contains(text, text) || !isNetwork, "an address is in its own network")
  Network.contains(text, "10.0.0.1")
  holds(!Network.contains("10.0.0.0/8", text) || Network.isAddress(text), "only an address is in a network")
  holds(Either.isEither(Proxy.parse(text)), "a proxy is read or refused")
  const bypass = Proxy.bypass(text)
  for (const url of urls) bypass(url)
}

const throughProxy = Proxies.make(["10.0.0.0/8", "loopback"])

const checkForwarded = (text: string): void => {
  for (const name of ["x-forwarded-for", "forwarded", "x-forwarded-host"]) {
    const request = {
      method: "POST",
      path: "/",
      query: "",
      headers: { host: "h", [name]: text },
      body: "",
      address: "10.0.0.1"
    }
    const { address = "" } = throughProxy(request)
    holds(address === Proxies.unknownAddress || Network.isAddress(address), () => `a caller has an address: ${address}`)
    const stranger = { ...request, address: "203.0.113.7" }
    holds(throughProxy(stranger) === stranger, "a stranger is believed nothing")
  }
}

const digits = "0".repeat(64)

const samples: ReadonlyArray<string> = [
  `TC3-HMAC-SHA256 Credential=AKIDx/2026-01-01/cvm/tc3_request, SignedHeaders=content-type;host, Signature=${digits}`,
  `TC3-HMAC-SHA256 Signature=${digits},SignedHeaders=content-type;host;x-tc-action,Credential=AKIDx/2026-01-01/cvm/tc3_request`,
  "https://cvm.ap-guangzhou.tencentcloudapi.com:443/?Action=DescribeZones&Limit=1",
  "cvm.ap-guangzhou.tencentcloudapi.com:8443",
  "http://[2001:db8::1]:80",
  "/?a=b#c",
  "ap-shanghai-fsi",
  "1767225600",
  "Thu, 01 Jan 2026 00:00:00 GMT",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "10.0.0.0/8",
  "2001:db8::/32",
  "::ffff:10.0.0.1",
  "fe80::1%eth0",
  "203.0.113.7",
  "InvalidParameterValue.NotFound",
  "http://user:p%40ss@proxy.example:3128",
  "localhost, .example.com ,10.0.0.0/8,[::1]:8443,fe80::1%eth0 *.a.b:80",
  "multipart/form-data; boundary=x",
  "203.0.113.7, 10.0.0.2, [2001:db8::1]:4711",
  'for=192.0.2.60;proto=http;by=203.0.113.43;host=cvm.tencentcloudapi.com, for="[2001:db8::1]:4711"'
]

export const heads: Target = {
  name: "headers, hosts, addresses and proxies",
  tokens: [
    "for=",
    "host=",
    'for="',
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    "tc3_request",
    ",",
    "/",
    "/33",
    "/129",
    "::",
    "%eth0",
    "[",
    "]:",
    "@",
    "://",
    "0x7f",
    "256",
    "01"
  ],
  generate: (random) =>
    random.chance(0.9)
      ? random.pick(samples)
      : Array.from({ length: random.int(4) }, () => Grammar.word(random)).join(random.pick([".", ",", " ", ":", "-"])),
  check: (text) => {
    checkSignature(text)
    checkTimes(text)
    checkNames(text)
    checkAddresses(text)
    checkForwarded(text)
    parent({ traceparent: text })
  },
  growth: {
    "signed headers": (size) =>
      `TC3-HMAC-SHA256 Credential=A/2026-01-01/cvm/tc3_request, SignedHeaders=${repeat("a;", size)}, Signature=${digits}`,
    "a SecretId": (size) => `TC3-HMAC-SHA256 Credential=${repeat("A", size)}/2026-01-01/cvm/tc3_request, Signature=`,
    "parts of Authorization": (size) => `TC3-HMAC-SHA256 ${repeat("a=b,", size)}`,
    "slashes in a scope": (size) => `TC3-HMAC-SHA256 Credential=${repeat("/", size)}, SignedHeaders=a, Signature=b`,
    "spaces in Authorization": (size) => `TC3-HMAC-SHA256 Credential=a, ${repeat(" ", size)}`,
    labels: (size) => repeat("a.", size),
    "labels with an odd end": (size) => `${repeat("a-", size)}_`,
    digits: (size) => repeat("1", size),
    "digits behind a colon": (size) => `a:${repeat("1", size)}x`,
    colons: (size) => repeat(":1", size),
    brackets: (size) => repeat("[", size),
    commas: (size) => repeat(", ", size),
    "addresses of a list": (size) => repeat("10.0.0.1,", size),
    "networks of a list": (size) => repeat("10.0.0.0/8,", size),
    "dots of a code": (size) => `A${repeat(".", size)}-`,
    "secrets in a header": (size) => repeat(", Signature=x", size),
    "words of a secret": (size) => `${repeat("plain_", size)}x`,
    "hops of Forwarded": (size) => repeat("for=10.0.0.1, ", size),
    "quotes of Forwarded": (size) => `for="${repeat('\\"', size)}`,
    "spaces of Forwarded": (size) => `for=a${repeat(" ", size)}x`,
    question: (size) => `http://${repeat("?", size)}`
  }
}
