import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { CredentialProvider } from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as Doubles from "./doubles.js"

const own = "/home/me/.tencentcloud/credentials"
const shared = "/etc/tencentcloud/credentials"
const cli = (profile = "default") => `/home/me/.tccli/${profile}.credential`

const key = (id: string) => `secret_id = ${id}\nsecret_key = key\n`
const json = (members: object) => JSON.stringify({ secretId: "AKIDCLI", secretKey: "key", ...members })

interface Case {
  readonly name: string
  readonly files: Readonly<Record<string, Doubles.File>>
  readonly variables?: Readonly<Record<string, string | undefined>>
  readonly options?: CredentialSources.FilesOptions
  readonly expected: string
}

const at = (clock: number) => TestClock.setTime(clock * 1000)

const cases = (table: ReadonlyArray<Case>) => {
  for (const { expected, files, name, options, variables = {} } of table) {
    it.effect(name, () =>
      Effect.gen(function* () {
        yield* at(Doubles.now)
        assert.strictEqual(yield* Doubles.outcome, expected)
      }).pipe(
        Effect.provide(CredentialSources.layerFiles(options)),
        Effect.provide([Doubles.files(files), Doubles.variables(variables)])
      )
    )
  }
}

const nowhere = (path: string) => `file ${path}: it does not exist`
const elsewhere = [nowhere(shared), nowhere(cli())].join("; ")

describe("a key is found in", () => {
  cases([
    {
      name: "the user's own file",
      files: { [own]: `[default]\n${key("AKID1")}` },
      expected: "AKID1,key,no token,for ever"
    },
    {
      name: "the machine's file, where the user has none",
      files: { [shared]: `[default]\n${key("AKID2")}`, [cli()]: json({}) },
      expected: "AKID2,key,no token,for ever"
    },
    {
      name: "the command line's file, at last",
      files: { [cli()]: json({}) },
      expected: "AKIDCLI,key,no token,for ever"
    },
    {
      name: "the first file that has the profile",
      files: { [own]: `[default]\n${key("AKID1")}`, [cli("prod")]: json({ token: "token" }) },
      options: { profile: "prod" },
      expected: "AKIDCLI,key,token,for ever"
    },
    {
      name: "the file that a variable names, below the home",
      files: { "/home/me/keys": `[default]\n${key("AKID3")}`, [own]: `[default]\n${key("AKID1")}` },
      variables: { TENCENTCLOUD_CREDENTIALS_FILE: "~/keys" },
      expected: "AKID3,key,no token,for ever"
    },
    {
      name: "the file that the option names, before the one of the variable",
      files: { "/a": `[default]\n${key("AKIDA")}`, "/b": `[default]\n${key("AKIDB")}` },
      variables: { TENCENTCLOUD_CREDENTIALS_FILE: "/b" },
      options: { file: "/a" },
      expected: "AKIDA,key,no token,for ever"
    },
    {
      name: "the home of Windows",
      files: {
        "C:\\Users\\me/.tencentcloud/credentials": `\uFEFF[default]\r\n${key("AKID4").replaceAll("\n", "\r\n")}`
      },
      variables: { HOME: undefined, USERPROFILE: "C:\\Users\\me" },
      expected: "AKID4,key,no token,for ever"
    }
  ])
})

describe("the profile is", () => {
  const all = ["default", "option", "variable", "cli", "team.prod"].map((name) => `[${name}]\n${key(`AKID-${name}`)}`)
  const files = { [own]: all.join("\n") }
  const found = (name: string) => `AKID-${name},key,no token,for ever`
  cases([
    { name: "`default`, unless it is chosen", files, expected: found("default") },
    {
      name: "the option's, before any variable's",
      files,
      options: { profile: "option" },
      variables: { TENCENTCLOUD_PROFILE: "variable", TCCLI_PROFILE: "cli" },
      expected: found("option")
    },
    {
      name: "TENCENTCLOUD_PROFILE, before TCCLI_PROFILE",
      files,
      variables: { TENCENTCLOUD_PROFILE: "variable", TCCLI_PROFILE: "cli" },
      expected: found("variable")
    },
    {
      name: "TCCLI_PROFILE, where the other is empty",
      files,
      variables: { TENCENTCLOUD_PROFILE: "", TCCLI_PROFILE: "cli" },
      expected: found("cli")
    },
    { name: "one whose name has a dot", files, options: { profile: "team.prod" }, expected: found("team.prod") }
  ])
})

describe("of an INI file", () => {
  const of = (name: string, text: string, expected: string): Case => ({ name, files: { [own]: text }, expected })
  cases([
    of(
      "comments, blank lines, quotes and other members are understood",
      '; mine\n[other]\nsecret_id=AKID0\n\n[default]\n# key\nsecret_id = "AKID1"\nsecret_key=a+/b== ; of me\nregion = x\n',
      "AKID1,a+/b==,no token,for ever"
    ),
    of("a token is taken along", `[default]\n${key("AKID1")}token = token\n`, "AKID1,key,token,for ever"),
    of("an empty token is none", `[default]\n${key("AKID1")}token =\n`, "AKID1,key,no token,for ever"),
    ...[
      ["without the profile", `[other]\n${key("AKID1")}`],
      ["without any section", key("AKID1")],
      ["that is broken", `[default\n${key("AKID1")}`],
      ["that is empty", ""],
      ["that is something else", "<!doctype html>\n<title>secret</title>"]
    ].map(([name, text]) =>
      of(
        `one ${name} is told`,
        text ?? "",
        `file ${own}: it has no profile \`default\`: add a section \`[default]\` with \`secret_id\` and \`secret_key\`, or choose another profile; ${elsewhere}`
      )
    ),
    ...[
      ["secret_id = AKID1", "`secret_key` is missing"],
      ["", "`secret_id` is missing, `secret_key` is missing"],
      ["secret_id\nsecret_key = key", "`secret_id` is bool where string was expected"],
      ["secret_id = AKID1\nsecret_key =", "SecretKey is blank"],
      [
        'secret_id = " AKID1"\nsecret_key = "key "',
        "SecretId has white space before it: remove it, SecretKey has white space after it: remove it"
      ],
      [
        "SecretId = AKID1\nsecretKey = key",
        "`secret_id` is missing: rename `SecretId`, `secret_key` is missing: rename `secretKey`"
      ],
      ["TENCENTCLOUD_SECRET_ID = AKID1\nsecret_key = key", "`secret_id` is missing: rename `TENCENTCLOUD_SECRET_ID`"],
      [
        "secret_id = \u201cAKID1\u201d\nsecret_key = 'key",
        "SecretId has quotation marks around it: remove them, SecretKey has quotation marks around it: remove them"
      ],
      [`${key("AKID1")}token = tök`, "Token holds a character that is not printable ASCII: was it copied whole?"]
    ].map(([text, faults]) =>
      of(
        `${/rename|quotation/.test(faults ?? "") ? "I8: " : ""}a profile whose ${faults} is named`,
        `[default]\n${text}\n`,
        `file ${own}: its profile \`default\` cannot be used: ${faults}; ${elsewhere}`
      )
    )
  ])
})

const expired =
  "the key of its profile `default` has expired: log in with `tccli` again, or, if its `secretId` and `secretKey` are a permanent key, remove "

describe("of a file of the command line", () => {
  const missing = `${nowhere(own)}; ${nowhere(shared)}`
  const of = (name: string, text: string, expected: string): Case => ({ name, files: { [cli()]: text }, expected })
  const told = (name: string, text: string, reason: string) => of(name, text, `${missing}; file ${cli()}: ${reason}`)
  cases([
    of("a token is taken along", json({ token: "token" }), "AKIDCLI,key,token,for ever"),
    of("an empty token is none, as is null", json({ token: "", "role-arn": null }), "AKIDCLI,key,no token,for ever"),
    of(
      "the end of a login is known",
      json({ type: "sso", token: "token", expiresAt: Doubles.now + 60 }),
      `AKIDCLI,key,token,${Doubles.now + 60}`
    ),
    told(
      "I6: the message names a login that has ended, and what it may have left behind",
      json({ type: "sso", token: "token", expiresAt: Doubles.now }),
      `${expired}\`type\`, \`token\`, \`expiresAt\` from the file`
    ),
    told(
      "I6: the message names what a login left behind",
      json({ type: "oauth", token: "token", expiresAt: 1, oauth: { openId: "1" } }),
      `${expired}\`type\`, \`token\`, \`expiresAt\`, \`oauth\` from the file`
    ),
    of(
      "I6: a key without a token is permanent, whatever a login left beside it",
      json({ type: "oauth", expiresAt: Doubles.now - 1, oauth: { openId: "1" } }),
      "AKIDCLI,key,no token,for ever"
    ),
    of(
      "I6: a key with an empty token is permanent, too",
      json({ type: "sso", token: "", expiresAt: 1 }),
      "AKIDCLI,key,no token,for ever"
    ),
    of(
      "I6: members of a login that are null are not set",
      json({ type: null, token: null, expiresAt: null }),
      "AKIDCLI,key,no token,for ever"
    ),
    told(
      "I8: the message names members under other names",
      '{"SecretId":"AKIDCLI","secret_key":"key"}',
      "its profile `default` cannot be used: `secretId` is missing: rename `SecretId`, `secretKey` is missing: rename `secret_key`"
    ),
    told(
      "I8: the message names quotation marks within the text, and a comment",
      '{"secretId":"\\"AKIDCLI\\"","secretKey":"key # prod"}',
      "its profile `default` cannot be used: SecretId has quotation marks around it: remove them, SecretKey has a `#` in it: remove it, and the comment after it"
    ),
    told(
      "a profile for the role of an instance is told",
      '{"type":"cvm-role"}',
      "its profile `default` is the role of an instance: use `CredentialSources.cvmRole`"
    ),
    told("one that breaks off is told", '{"secretId":"AKIDCLI', "it is JSON that breaks off after 20 characters"),
    told("one that is no JSON is told", "secretId: AKIDCLI", "it is not JSON"),
    told("one that is no object is told", '["AKIDCLI"]', "it holds no JSON object"),
    told(
      "members that are no texts are told",
      '{"secretId":1}',
      "its profile `default` cannot be used: `secretId` is number where string was expected, `secretKey` is missing"
    ),
    told(
      "a key with a space is told",
      json({ secretKey: "key " }),
      "its profile `default` cannot be used: SecretKey has white space after it: remove it"
    )
  ])
})

describe("a file that cannot be read is told:", () => {
  cases([
    {
      name: "by permission, being a folder, or whatever it is",
      files: {
        [own]: { reason: "PermissionDenied" },
        [shared]: { reason: "BadResource" },
        [cli()]: { reason: "Unknown" }
      },
      expected: `file ${own}: it may not be read: check its permissions; file ${shared}: it cannot be read: is it a folder?; file ${cli()}: it cannot be read`
    },
    {
      name: "where the variable names one, no other takes its place",
      files: { [own]: `[default]\n${key("AKID1")}`, [cli()]: json({}) },
      variables: { TENCENTCLOUD_CREDENTIALS_FILE: "/elsewhere" },
      expected: nowhere("/elsewhere")
    },
    {
      name: "where there is no home",
      files: {},
      variables: { HOME: undefined },
      expected: `file ~/.tencentcloud/credentials: HOME is not set; ${nowhere(shared)}; file ~/.tccli/default.credential: HOME is not set`
    },
    {
      name: "a profile cannot lead out of the command line's folder",
      files: { [cli("../../../you/.tccli/default")]: json({}) },
      options: { profile: "../../../you/.tccli/default" },
      expected: `${nowhere(own)}; ${nowhere(shared)}`
    }
  ])
})

it.effect("a file is read again when the service has refused its key", () => {
  const byPath = { [own]: `[default]\n${key("AKID1")}` }
  return Effect.gen(function* () {
    const { refresh } = yield* CredentialProvider
    assert.strictEqual(yield* Doubles.outcome, "AKID1,key,no token,for ever")
    byPath[own] = `[default]\n${key("AKID2")}`
    assert.strictEqual(yield* Doubles.outcome, "AKID1,key,no token,for ever")
    assert.isTrue(yield* refresh)
    assert.strictEqual(yield* Doubles.outcome, "AKID2,key,no token,for ever")
  }).pipe(
    Effect.provide(CredentialSources.layerFiles().pipe(Layer.provide(Doubles.files(byPath)))),
    Effect.provide(Doubles.variables({}))
  )
})

it.effect("a login's key is read again ahead of its end", () => {
  const login = (id: string, minutes: number) =>
    json({ type: "sso", secretId: id, token: "token", expiresAt: Doubles.now + minutes * 60 })
  const byPath = { [cli()]: login("AKID1", 60) }
  return Effect.gen(function* () {
    yield* at(Doubles.now)
    const ask = Effect.zipLeft(Doubles.outcome, Doubles.settle)
    yield* ask
    byPath[cli()] = login("AKID2", 120)
    yield* at(Doubles.now + 49 * 60)
    assert.match(yield* ask, /^AKID1,/)
    assert.match(yield* ask, /^AKID1,/)
    yield* at(Doubles.now + 55 * 60)
    assert.match(yield* ask, /^AKID1,/)
    assert.match(yield* ask, /^AKID2,/)
  }).pipe(
    Effect.provide(CredentialSources.layerFiles().pipe(Layer.provide(Doubles.files(byPath)))),
    Effect.provide(Doubles.variables({}))
  )
})

describe("the region is", () => {
  const configure = (profile: string, region: unknown) => ({
    [`/home/me/.tccli/${profile}.configure`]: JSON.stringify({ _sys_param: { region, output: "json" }, cvm: {} })
  })
  const both = { ...configure("default", "ap-guangzhou"), ...configure("prod", "ap-singapore") }
  const regions: ReadonlyArray<Partial<Case> & { readonly name: string }> = [
    { name: "TENCENTCLOUD_REGION", variables: { TENCENTCLOUD_REGION: "na-ashburn" }, expected: "na-ashburn" },
    { name: "that of the command line's profile", expected: "ap-guangzhou" },
    { name: "that of the profile that is chosen", options: { profile: "prod" }, expected: "ap-singapore" },
    {
      name: "that of the file, where the variable is empty",
      variables: { TENCENTCLOUD_REGION: "" },
      expected: "ap-guangzhou"
    },
    { name: "unknown without a file", files: {} },
    { name: "unknown without a home", variables: { HOME: undefined } },
    { name: "unknown where the profile's name leads to another folder", options: { profile: "../../.tccli/default" } },
    { name: "unknown where the file has an empty one", files: configure("default", "") },
    { name: "unknown where the file has no text for it", files: configure("default", 1) },
    { name: "unknown where the file is broken", files: { "/home/me/.tccli/default.configure": "{" } }
  ]
  for (const { expected, files = both, name, options, variables = {} } of regions) {
    it.effect(name, () =>
      Effect.map(CredentialSources.region(options), (region) =>
        assert.strictEqual(Option.getOrUndefined(region), expected)
      ).pipe(Effect.provide([Doubles.files(files), Doubles.variables(variables)]))
    )
  }
})
