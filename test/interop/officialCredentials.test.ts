/**
 * The official client's sources of keys, against our doubles of the metadata service and of STS.
 *
 * Their host names are fixed, but not the way there: as its users do, the tests name a proxy (`http_proxy`) and an authority to
 * trust (`NODE_EXTRA_CA_CERTS`). The second is read when Node starts, so the official client is a program of its own. What it
 * cannot be pointed at is `/etc/tencentcloud/credentials`; a machine that has one skips the tests that would come upon it.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import type { KeyInput } from "effect-tencentcloud/KeyStore"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Cloud from "../fixtures/Cloud.js"
import * as Metadata from "../fixtures/Metadata.js"
import { DescribeVolumes } from "../fixtures/Volumes.js"

const permanent = (name: string): KeyInput => ({ secretId: `AKID${name}`, secretKey: "key", identity: name })

const temporary = (name: string, secretKey: string, token: string): KeyInput => ({
  ...permanent(name),
  secretKey,
  session: { token, expiresAt: 4_000_000_000 }
})

/** What the gateway knows. The identity tells the key. */
const keys = [
  permanent("ENV"),
  permanent("FILE"),
  permanent("PROD"),
  permanent("OTHER"),
  permanent("TCCLI"),
  temporary("SHORT", "key", "token"),
  temporary("CVM", "key", "token"),
  temporary("POD", "key-POD", "token-POD"),
  temporary("ROLE", "key-ROLE", "token-ROLE")
]

interface Machine {
  readonly variables?: Readonly<Record<string, string>>
  /** By their path in the home. */
  readonly files?: Readonly<Record<string, string>>
  /** Whether it is an instance that has a role. */
  readonly instance?: boolean
  /** Whether it is a pod of TKE that has a role. */
  readonly pod?: boolean
}

const write = async (path: string, text: string) => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "machine-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

/** A machine in a cloud of its own, and what is in the environment of its programs. */
const boot = ({ files = {}, instance = false, pod = false, variables = {} }: Machine) =>
  Effect.gen(function* () {
    const cloud = yield* Cloud.make({ keys, role: instance })
    const home = yield* folder
    const texts = { ...files, "token.jwt": "jwt", "ca.pem": Cloud.identity?.cert ?? "" }
    yield* Effect.forEach(Object.entries(texts), ([path, text]) => Effect.promise(() => write(join(home, path), text)))
    const cluster = {
      TKE_REGION: "ap-shanghai",
      TKE_PROVIDER_ID: "tke",
      TKE_WEB_IDENTITY_TOKEN_FILE: join(home, "token.jwt"),
      TKE_ROLE_ARN: "qcs::cam::uin/1:roleName/pod"
    }
    // Paths are told by `~`, which no program expands.
    const given = Object.entries(variables).map(([name, value]) => [name, value.replace(/^~/, home)])
    const environment: Readonly<Record<string, string>> = {
      HOME: home,
      http_proxy: cloud.proxy,
      https_proxy: cloud.proxy,
      NODE_EXTRA_CA_CERTS: join(home, "ca.pem"),
      ...(pod ? cluster : {}),
      ...Object.fromEntries(given)
    }
    return { cloud, environment }
  })

const program = fileURLToPath(new URL("../fixtures/officialProgram.mjs", import.meta.url))

interface Found {
  readonly key: { readonly secretId: string; readonly secretKey: string; readonly token?: string }
  /** The identity that the gateway answered with, or the code of its refusal. */
  readonly called: string
  readonly withAnotherToken: string
  readonly withoutToken: string
}

/** What the official client finds in a source, and what becomes of calls with it. */
const official = (source: string, env: Readonly<Record<string, string>>): Effect.Effect<Found> =>
  Effect.map(
    Effect.promise((signal) => promisify(execFile)(process.execPath, [program, source], { env, signal })),
    ({ stdout }) => JSON.parse(stdout)
  )

/** What becomes of a call with the key that our chain finds. Its limits are far from what the slowest machine takes. */
const ours = (gateway: string, environment: Readonly<Record<string, string>>) => {
  const limit = { timeout: "50 seconds" } as const
  const http = NodeTransport.layerHttpClient({
    connectTimeout: "50 seconds",
    ...(Cloud.identity === undefined ? {} : { ca: Cloud.identity.cert })
  })
  const client = ApiClient.layerHttp({ endpoint: gateway, region: "ap-guangzhou" }).pipe(
    Layer.provide(CredentialSources.layerChainWith({ cvmRole: limit, sts: limit })),
    Layer.provide([http, NodeFileSystem.layer])
  )
  return DescribeVolumes().pipe(
    Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: ({ Names }) => Names[0] }),
    Effect.provide(client),
    Effect.withConfigProvider(
      // The official client asks everything by the proxy; ours can do without it where there is an address.
      ConfigProvider.fromMap(new Map(Object.entries({ ...environment, no_proxy: "127.0.0.1" })))
    )
  )
}

const environment = { TENCENTCLOUD_SECRET_ID: "AKIDENV", TENCENTCLOUD_SECRET_KEY: "key" }
const session = { TENCENTCLOUD_SECRET_ID: "AKIDSHORT", TENCENTCLOUD_SECRET_KEY: "key" }
const section = (name: string, id: string, more = "") => `[${name}]\nsecret_id = AKID${id}\nsecret_key = key\n${more}`
const ini = (...sections: ReadonlyArray<string>) => ({ ".tencentcloud/credentials": sections.join("\n") })
const metadata = [Metadata.host + Metadata.folder, `${Metadata.host}${Metadata.folder}reader`]
const exchange = {
  ProviderId: "tke",
  RoleArn: "qcs::cam::uin/1:roleName/pod",
  WebIdentityToken: "jwt",
  region: "ap-shanghai"
}

const noTls = Cloud.identity === undefined
const hasEtc = existsSync("/etc/tencentcloud/credentials")

describe("the official client signs with a temporary key from", () => {
  const sources: ReadonlyArray<
    Machine & { readonly source: string; readonly key: Found["key"]; readonly asked: ReadonlyArray<unknown> }
  > = [
    {
      source: "environment",
      variables: { ...session, TENCENTCLOUD_SESSION_TOKEN: "token" },
      key: { secretId: "AKIDSHORT", secretKey: "key", token: "token" },
      asked: []
    },
    {
      source: "profile",
      files: ini(section("default", "SHORT", "token = token")),
      key: { secretId: "AKIDSHORT", secretKey: "key", token: "token" },
      asked: []
    },
    {
      source: "instance",
      instance: true,
      key: { secretId: "AKIDCVM", secretKey: "key", token: "token" },
      asked: metadata
    },
    {
      source: "pod",
      pod: true,
      key: { secretId: "AKIDPOD", secretKey: "key-POD", token: "token-POD" },
      asked: [exchange]
    },
    {
      source: "role",
      variables: environment,
      key: { secretId: "AKIDROLE", secretKey: "key-ROLE", token: "token-ROLE" },
      asked: [{ RoleArn: "qcs::cam::uin/1:roleName/reader" }]
    }
  ]

  for (const { asked, key, source, ...machine } of sources) {
    const needsTls = source === "pod" || source === "role"
    it.scopedLive.skipIf(needsTls && noTls)(`the ${source}, which our gateway accepts only with its token`, () =>
      Effect.gen(function* () {
        const { cloud, environment } = yield* boot(machine)
        assert.deepStrictEqual(yield* official(source, environment), {
          key,
          called: key.secretId.slice("AKID".length),
          withAnotherToken: "AuthFailure.TokenFailure",
          withoutToken: "AuthFailure.SecretIdNotFound"
        })
        assert.deepStrictEqual(yield* cloud.asked, asked)
      })
    )
  }
})

describe("the official chain and ours find the same key", () => {
  const instance = { instance: true }
  const machines: ReadonlyArray<
    Machine & {
      readonly name: string
      readonly key: string
      /** What the services are asked for it, if anything. */
      readonly asked?: ReadonlyArray<unknown>
    }
  > = [
    { name: "in the environment", variables: environment, key: "ENV" },
    {
      name: "in the environment, with TENCENTCLOUD_SESSION_TOKEN",
      variables: { ...session, TENCENTCLOUD_SESSION_TOKEN: "token" },
      key: "SHORT"
    },
    {
      name: "in the environment, with an empty token, which is none",
      variables: { ...environment, TENCENTCLOUD_SESSION_TOKEN: "" },
      key: "ENV"
    },
    {
      name: "in the environment, before all else",
      variables: environment,
      files: ini(section("default", "FILE")),
      ...instance,
      pod: true,
      key: "ENV"
    },
    { name: "in the default profile of the home", files: ini(section("default", "FILE")), key: "FILE" },
    {
      name: "in the default profile, with its token",
      files: ini(section("default", "SHORT", "token = token")),
      key: "SHORT"
    },
    {
      name: "in the default profile, among others, comments, quotes and blanks",
      files: ini(section("prod", "PROD"), '; mine\n[default]\r\n  secret_id="AKIDFILE"\r\n\r\nsecret_key  =key # old'),
      key: "FILE"
    },
    {
      name: "in a file, before what is asked for over the network",
      files: ini(section("default", "FILE")),
      ...instance,
      pod: true,
      key: "FILE"
    },
    {
      name: "in a file, where the environment has half of one",
      variables: { TENCENTCLOUD_SECRET_ID: "AKIDENV", TENCENTCLOUD_SECRET_KEY: "" },
      files: ini(section("default", "FILE")),
      key: "FILE"
    },
    { name: "of the instance", ...instance, key: "CVM", asked: metadata },
    {
      name: "of the instance, where the file has no default profile",
      files: ini(section("prod", "PROD")),
      ...instance,
      key: "CVM",
      asked: metadata
    },
    {
      name: "of the instance, where the token of the pod is not there",
      variables: { TKE_WEB_IDENTITY_TOKEN_FILE: "~/nowhere" },
      ...instance,
      pod: true,
      key: "CVM",
      asked: metadata
    },
    { name: "of the pod, where the instance has none", pod: true, key: "POD", asked: [exchange] }
  ]

  for (const { asked = [], key, name, ...machine } of machines) {
    it.scopedLive.skipIf((machine.pod && noTls) || hasEtc)(name, () =>
      Effect.gen(function* () {
        const { cloud, environment } = yield* boot(machine)
        assert.strictEqual((yield* official("chain", environment)).called, key)
        // It asks the instance before the pod, and so in vain at times.
        assert.includeDeepMembers([...(yield* cloud.asked)], [...asked])
        assert.strictEqual(yield* ours(cloud.gateway, environment), key)
        assert.deepStrictEqual(yield* cloud.asked, asked)
      })
    )
  }
})

describe("the official chain and ours differ on purpose", () => {
  const machines: ReadonlyArray<Machine & { readonly name: string; readonly official: string; readonly ours: string }> =
    [
      {
        name: "a pod's role comes before that of the instance, which all pods on it share",
        instance: true,
        pod: true,
        official: "CVM",
        ours: "POD"
      },
      {
        name: "TENCENTCLOUD_TOKEN is a token too",
        variables: { ...session, TENCENTCLOUD_TOKEN: "token" },
        official: "AuthFailure.SecretIdNotFound",
        ours: "SHORT"
      },
      {
        name: "TENCENTCLOUD_TOKEN comes before TENCENTCLOUD_SESSION_TOKEN",
        variables: { ...session, TENCENTCLOUD_TOKEN: "token", TENCENTCLOUD_SESSION_TOKEN: "old" },
        official: "AuthFailure.TokenFailure",
        ours: "SHORT"
      },
      {
        name: "TENCENTCLOUD_PROFILE names a profile",
        variables: { TENCENTCLOUD_PROFILE: "prod" },
        files: ini(section("default", "FILE"), section("prod", "PROD")),
        official: "FILE",
        ours: "PROD"
      },
      {
        name: "TENCENTCLOUD_CREDENTIALS_FILE names a file",
        variables: { TENCENTCLOUD_CREDENTIALS_FILE: "~/other" },
        files: { ...ini(section("default", "FILE")), other: section("default", "OTHER") },
        official: "FILE",
        ours: "OTHER"
      },
      {
        name: "the files of the command line count",
        files: { ".tccli/default.credential": JSON.stringify({ secretId: "AKIDTCCLI", secretKey: "key" }) },
        instance: true,
        official: "CVM",
        ours: "TCCLI"
      },
      {
        name: "TENCENTCLOUD_ROLE_ARN names a role to assume with the key",
        variables: { ...environment, TENCENTCLOUD_ROLE_ARN: "qcs::cam::uin/1:roleName/reader" },
        official: "ENV",
        ours: "ROLE"
      },
      {
        name: "a key with white space is passed over",
        variables: { ...environment, TENCENTCLOUD_SECRET_KEY: " key" },
        files: ini(section("default", "FILE")),
        official: "AuthFailure.SignatureFailure",
        ours: "FILE"
      },
      {
        name: "without any key there is no call",
        official: "AuthFailure.InvalidAuthorization",
        ours: "CredentialsUnavailable"
      }
    ]

  for (const { name, official: theirs, ours: expected, ...machine } of machines) {
    const needsTls = machine.pod || expected === "ROLE"
    it.scopedLive.skipIf((needsTls && noTls) || hasEtc)(`${name}: ${expected}, not ${theirs}`, () =>
      Effect.gen(function* () {
        const { cloud, environment } = yield* boot(machine)
        assert.strictEqual((yield* official("chain", environment)).called, theirs)
        assert.strictEqual(yield* ours(cloud.gateway, environment), expected)
      })
    )
  }
})
