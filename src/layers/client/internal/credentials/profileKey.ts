/** Reads the key of a profile, and its role, from the text of a file. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Ini from "ini"
import * as Codec from "../../../../domain/contract/Codec.js"
import * as Issue from "../../../../domain/errors/Issue.js"
import * as Credential from "../../../../domain/rules/Credential.js"
import { otherName } from "../../../../domain/rules/internal/otherName.js"
import * as Profile from "./profile.js"

/** What a file has for a profile. */
export interface ProfileKey {
  readonly credential: Credential.Credential
  /** The role that the key is for. */
  readonly role: { readonly roleArn: string; readonly sessionName: string | undefined } | undefined
}

/** Reads a profile from the text of a file. Fails with a clause about the file, which quotes nothing of it. */
export type Reader = (text: string, profile: string, now: number) => Either.Either<ProfileKey, string>

const invalidProfile = (profile: string, faults: ReadonlyArray<string>): string =>
  `its profile \`${profile}\` cannot be used: ${faults.join(", ")}`

/** Names a member that is there under another name. */
const toFault =
  (members: object) =>
  (issue: Issue.Issue): string => {
    const [name] = issue.path
    const other = issue.kind === "missing" && typeof name === "string" ? otherName(members, name) : undefined
    return other === undefined ? Issue.format(issue) : `${Issue.format(issue)}: rename \`${other}\``
  }

const decode = <A>(codec: Codec.Codec<A>, members: object, profile: string): Either.Either<A, string> =>
  Either.mapLeft(codec.decode(members, "response"), (issues) => invalidProfile(profile, issues.map(toFault(members))))

/** Command lines and editors leave empty members behind. They count as not set. */
const nonEmpty = (text: string | null | undefined): string | undefined =>
  text === "" || text === null ? undefined : text

const check = (
  input: Credential.Credential.Input,
  roleArn: string | null | undefined,
  sessionName: string | null | undefined,
  profile: string
): Either.Either<ProfileKey, string> => {
  const arn = nonEmpty(roleArn)
  return Either.mapBoth(Credential.make(input), {
    onLeft: (faults) => invalidProfile(profile, faults),
    onRight: (credential) => ({
      credential,
      role: arn === undefined ? undefined : { roleArn: arn, sessionName: nonEmpty(sessionName) }
    })
  })
}

const text = Schema.optional(Schema.NullOr(Schema.String))

const IniProfile = Codec.fromSchema(
  Schema.Struct({
    secret_id: Schema.String,
    secret_key: Schema.String,
    token: Schema.optional(Schema.String),
    role_arn: text,
    role_session_name: text
  })
)

/** Members of a role as the command line spells them. The SDKs know no role in their files. */
const iniNames: Readonly<Record<string, string>> = { "role-arn": "role_arn", "role-session-name": "role_session_name" }

export const readIni: Reader = (text, profile) => {
  // Editors on Windows write a byte order mark, which would become part of the first line.
  const file: unknown = Ini.parse(text.replace(/^\uFEFF/, ""))
  // The parser turns a section whose name has dots into a tree.
  const section = profile
    .split(".")
    .reduce((tree, name) => (Predicate.isReadonlyRecord(tree) ? tree[name] : undefined), file)
  if (!Predicate.isReadonlyRecord(section)) {
    return Either.left(
      `it has no profile \`${profile}\`: add a section \`[${profile}]\` with \`secret_id\` and \`secret_key\`, or choose another profile`
    )
  }
  const members = Object.fromEntries(Object.entries(section).map(([name, value]) => [iniNames[name] ?? name, value]))
  return Either.flatMap(decode(IniProfile, members, profile), (found) =>
    check(
      { secretId: found.secret_id, secretKey: found.secret_key, token: nonEmpty(found.token) },
      found.role_arn,
      found.role_session_name,
      profile
    )
  )
}

const TccliProfile = Codec.fromSchema(
  Schema.Struct({
    secretId: Schema.String,
    secretKey: Schema.String,
    token: text,
    /** In UNIX seconds. `tccli` writes it for a key from a login in the browser. */
    expiresAt: Schema.optional(Schema.NullOr(Schema.Number)),
    "role-arn": text,
    "role-session-name": text
  })
)

/** What a login in the browser adds to a file. `tccli configure` leaves it there when it writes a permanent key. */
const ofLogin = ["type", "token", "expiresAt", "oauth", "sso"]

const expired = (members: object, profile: string): string => {
  const left = ofLogin.filter((name) => name in members).map((name) => `\`${name}\``)
  return (
    `the key of its profile \`${profile}\` has expired: log in with \`tccli\` again, or, if its \`secretId\` and ` +
    `\`secretKey\` are a permanent key, remove ${left.join(", ")} from the file`
  )
}

export const readTccli: Reader = (text, profile, now) =>
  Either.gen(function* () {
    const file = yield* Profile.parseObject(text)
    if (file.type === "cvm-role") {
      return yield* Either.left(
        `its profile \`${profile}\` is the role of an instance: use \`CredentialSources.cvmRole\``
      )
    }
    const found = yield* decode(TccliProfile, file, profile)
    const token = nonEmpty(found.token)
    // A key without a token is permanent. An end beside it is what a login left behind.
    const expiresAt = token === undefined ? undefined : (found.expiresAt ?? undefined)
    if (expiresAt !== undefined && expiresAt * 1000 <= now) return yield* Either.left(expired(file, profile))
    return yield* check(
      { secretId: found.secretId, secretKey: found.secretKey, token, expiresAt },
      found["role-arn"],
      found["role-session-name"],
      profile
    )
  })
