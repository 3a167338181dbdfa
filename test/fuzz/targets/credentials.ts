import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Credential from "effect-tencentcloud/Credential"
import type * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import type { Transport } from "effect-tencentcloud/Transport"
import * as Metadata from "../../../src/layers/client/internal/credentials/metadata.js"
import * as Profile from "../../../src/layers/client/internal/credentials/profile.js"
import * as ProfileKey from "../../../src/layers/client/internal/credentials/profileKey.js"
import * as Roles from "../../../src/layers/client/internal/credentials/roles.js"
import * as Sts from "../../../src/layers/client/internal/credentials/sts.js"
import * as EnvironmentProxies from "../../../src/layers/client/internal/node/environmentProxies.js"
import * as MetadataAnswers from "../../fixtures/Metadata.js"
import * as Grammar from "../grammar.js"
import { holds, repeat, repeatWith, type Target } from "../target.js"

const profiles = ["default", "a.b", "__proto__", "constructor"]

const checkFiles = (input: string): void => {
  for (const profile of profiles) {
    for (const read of [ProfileKey.readIni, ProfileKey.readTccli]) {
      const found = read(input, profile, 0)
      holds(Either.isEither(found), "a profile is read or refused")
      holds(Either.isRight(found) || typeof found.left === "string", "a reason is a text")
      holds(({} as Record<string, unknown>).polluted === undefined, "no member reaches a prototype")
    }
  }
  const { endpointOf, region } = Effect.runSync(
    Profile.configuration(() => Effect.succeed(input), {
      profile: "default",
      file: undefined,
      resolve: (path) => path.slice(1)
    })
  )
  holds(region === undefined || region !== "", "a region is a text")
  for (const product of ["sts", "__proto__", "constructor", "as"]) endpointOf(product)
}

/** A transport that always gives the same answer. */
const answering = (body: string): Transport["Type"] => ({
  isLocal: true,
  send: () => Effect.succeed({ status: 200, headers: { "content-type": "application/json" }, body })
})

const key = Either.getOrThrow(Credential.make({ secretId: "AKIDkey", secretKey: "key" }))

/** Fails with a typed error, or has a key. It never dies. */
const ends = <A, E>(what: string, exit: Exit.Exit<A, E>): void => {
  holds(
    Exit.isSuccess(exit) || exit.cause._tag === "Fail",
    () => `${what} fails with a typed error, and not with ${exit}`
  )
}

/** A clock on which the pauses between attempts take no time. The timeouts are longer, and never pass. */
const real = Clock.make()
const clock: Clock.Clock = {
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: () => real.unsafeCurrentTimeMillis(),
  unsafeCurrentTimeNanos: () => real.unsafeCurrentTimeNanos(),
  currentTimeMillis: real.currentTimeMillis,
  currentTimeNanos: real.currentTimeNanos,
  sleep: (time) => (Duration.toMillis(time) < 30_000 ? Effect.void : Effect.never)
}

const services = Layer.mergeAll(
  Logger.remove(Logger.defaultLogger),
  Layer.setConfigProvider(ConfigProvider.fromMap(new Map())),
  Layer.setClock(clock)
)

const checkServices = async (input: string): Promise<void> => {
  const transport = answering(input)
  const load = ({ load }: CredentialProvider.Source) => Effect.runPromiseExit(Effect.provide(load, services))
  ends("the metadata service", await load(Metadata.make(transport, { timeout: "1 minute" })))
  ends(
    "the metadata service with a role",
    await load(Metadata.make(transport, { roleName: "role", timeout: "1 minute" }))
  )
  const obtain = await Effect.runPromise(Sts.make(transport))
  const role = { roleArn: "qcs::cam::uin/1:roleName/x", profileEndpoint: "127.0.0.1:1", timeout: "1 minute" } as const
  ends("STS", await Effect.runPromiseExit(Effect.provide(Roles.assume(obtain, key, role), services)))
}

const checkEnvironment = (input: string): void => {
  for (const name of ["https_proxy", "http_proxy", "all_proxy", "NO_PROXY"]) {
    const provider = ConfigProvider.fromMap(new Map([[name, input]]))
    const exit = Effect.runSyncExit(Effect.withConfigProvider(EnvironmentProxies.read, provider))
    ends(name, exit)
    if (Exit.isSuccess(exit)) exit.value(new URL("https://cvm.tencentcloudapi.com/"))
  }
}

const stsAnswer = JSON.stringify({
  Response: {
    Credentials: { TmpSecretId: "AKIDrole", TmpSecretKey: "key", Token: "token" },
    ExpiredTime: 4_000_000_000,
    Expiration: "2096-10-02T07:06:40Z",
    RequestId: "a-request"
  }
})

const samples: ReadonlyArray<string> = [
  '[default]\nsecret_id = AKIDx\nsecret_key = key\ntoken=\nrole_arn = qcs::x\n[a.b]\nsecret_id=AKIDy\nsecret_key="k"\n; comment\n',
  '{"secretId":"AKIDx","secretKey":"key","token":"t","expiresAt":4000000000,"role-arn":"qcs::x","type":"oauth"}',
  '{"_sys_param":{"region":"ap-guangzhou","output":"json"},"sts":{"endpoint":"sts.tencentcloudapi.com","version":"2018-08-13"}}',
  MetadataAnswers.key(),
  "role-name",
  stsAnswer,
  '{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"m"},"RequestId":"r"}}',
  "http://user:pass@proxy.example:3128",
  "localhost,.example.com,10.0.0.0/8,[::1]:8443,fe80::1%eth0"
]

export const credentials: Target = {
  name: "files, metadata, STS and the environment",
  tokens: [
    "[default]",
    "[a.b]",
    "[__proto__]",
    "secret_id",
    "secret_key=",
    "__proto__.polluted=1",
    "polluted[]=1",
    "a[]=",
    "constructor.prototype.polluted=1",
    "=",
    "\n",
    ";",
    "\\",
    '"Code":"Success"',
    '"ExpiredTime":',
    "1e300",
    "{",
    "%"
  ],
  generate: (random) => (random.chance(0.95) ? random.pick(samples) : Grammar.json(random)),
  check: async (input) => {
    checkFiles(input)
    checkEnvironment(input)
    // They are ten times slower than the rest.
    if (input.length % 5 === 0) await checkServices(input)
  },
  growth: {
    sections: (size) => repeatWith((at) => `[a${at}]\n`, size),
    "sections in sections": (size) => repeatWith((at) => `[a.b${at}]\n`, size),
    "one deep section": (size) => `[${repeat("a.", size)}b]\nsecret_id=1`,
    "dots of a section": (size) => `[${repeat(".", size)}]\na=1`,
    members: (size) => `[default]\n${repeatWith((at) => `a${at}=1\n`, size)}`,
    lists: (size) => `[default]\n${repeat("a[]=1\n", size)}`,
    "one long line": (size) => `[default]\na${repeat(" ", size)}b`,
    "brackets without end": (size) => repeat("[", size),
    "a bracket and spaces": (size) => `[a]${repeat(" ", size)}x`,
    backslashes: (size) => `a=${repeat("\\", size)}`,
    quotes: (size) => `a="${repeat('"', size)}`,
    semicolons: (size) => `a=${repeat("\\;", size)}`,
    "members of JSON": (size) => `{${repeatWith((at) => `"a${at}":1`, size, ",")}}`,
    "hosts without a proxy": (size) => repeat("a.b,", size),
    "one long host": (size) => `http://${repeat("a.", size)}`,
    "a long login": (size) => `http://${repeat("a%40", size)}@b`,
    "a long name of a role": (size) => repeat("a", size)
  }
}
