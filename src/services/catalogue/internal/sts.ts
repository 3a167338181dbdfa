/** The actions of STS that hand out temporary keys, with keys that the emulator accepts. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import type { ApiError } from "../../../domain/errors/ApiError.js"
import { InvalidParameter } from "../../../domain/errors/CommonError.js"
import * as Json from "../../../domain/wire/Json.js"
import type * as Handlers from "../../gateway/Handlers.js"
import { checkRegion } from "./regions.js"
import type { Session, TemporaryKeys } from "./temporaryKeys.js"

/** How long a key lasts, in seconds. */
interface Lifetime {
  readonly byDefault: number
  readonly most: number
  /** The code of a request for a longer one. */
  readonly code: string
}

/** What an action hands out. */
interface Rule {
  readonly lifetime: (call: Handlers.Call) => Lifetime
  readonly owner: (request: Json.JsonObject, call: Handlers.Call) => Omit<Session, "expiresAt">
}

const tooLong = "InvalidParameter.OverTimeError"

const outOfBounds = "InvalidParameter.ParamError"

/** A number that a text always gives, with as many digits as the id of a role has. */
const roleIdOf = (text: string): string =>
  `46116860184${String((Hash.string(text) >>> 0) % 100_000_000).padStart(8, "0")}`

/** The account of a role whose name has none, where nobody has signed. A `KeyStore` has the same one by default. */
const defaultAccount = "100000000001"

/** A role belongs to the account in its name. */
const asRole = (request: Json.JsonObject, call: Handlers.Call) => {
  const arn = typeof request.RoleArn === "string" ? request.RoleArn : ""
  const [, account = call.account || defaultAccount] = /^qcs::cam::uin\/(\d{1,20}):/.exec(arn) ?? []
  return { account, identity: roleIdOf(arn), hasMfa: typeof request.TokenCode === "string" }
}

const asCaller = ({ TokenCode }: Json.JsonObject, { account, identity }: Handlers.Call) => ({
  account,
  identity,
  hasMfa: typeof TokenCode === "string"
})

const ofRole = (): Lifetime => ({ byDefault: 7200, most: 43_200, code: tooLong })

/** This action declares no code of its own for a time that is too long. */
const ofIdentity = (): Lifetime => ({ byDefault: 7200, most: 43_200, code: outOfBounds })

/** A main account gets a key for two hours, and a sub-account one for 36 hours. */
const ofCaller = ({ account, identity }: Handlers.Call): Lifetime => ({
  byDefault: 1800,
  most: account === identity ? 7200 : 129_600,
  code: tooLong
})

/** Sources: https://www.tencentcloud.com/document/product/1150/49452 and its neighbours. */
const rules: ReadonlyMap<string, Rule> = /* #__PURE__ */ new Map([
  ["AssumeRole", { lifetime: ofRole, owner: asRole }],
  ["AssumeRoleWithSAML", { lifetime: ofRole, owner: asRole }],
  ["AssumeRoleWithWebIdentity", { lifetime: ofIdentity, owner: asRole }],
  ["GetFederationToken", { lifetime: ofCaller, owner: asCaller }],
  ["GetSessionToken", { lifetime: ofCaller, owner: asCaller }]
])

/** Fails with a code that the action declares. */
const refuse = (
  { errors }: Handlers.Route["action"],
  code: string,
  message: string
): Effect.Effect<never, ApiError.Any> => {
  const Declared = errors.find((each) => each.code === code) ?? InvalidParameter
  return Effect.fail(new Declared({ message }))
}

const handOut = (
  keys: TemporaryKeys,
  { lifetime, owner }: Rule,
  action: Handlers.Route["action"],
  request: Json.JsonObject,
  call: Handlers.Call
): Effect.Effect<unknown, ApiError.Any> => {
  const { byDefault, code, most } = lifetime(call)
  const seconds = request.DurationSeconds === undefined ? byDefault : Number(request.DurationSeconds)
  if (seconds < 1) return refuse(action, outOfBounds, "`DurationSeconds` must be 1 or more.")
  if (seconds > most) return refuse(action, code, `\`DurationSeconds\` must be ${most} or less.`)
  return Effect.gen(function* () {
    yield* checkRegion(call)
    const now = yield* Clock.currentTimeMillis
    const expiresAt = Math.floor(now / 1000) + seconds
    const Credentials = yield* keys.handOut({ ...owner(request, call), expiresAt })
    const Expiration = new Date(expiresAt * 1000).toISOString().replace(".000Z", "Z")
    return { Credentials, ExpiredTime: expiresAt, Expiration }
  })
}

/** Lets a source of routes hand out keys, where it serves STS, and lets its gateway accept them. */
export const withKeys = (source: Handlers.Source, keys: TemporaryKeys): Handlers.Source => ({
  ...source,
  keys: keys.store,
  find: (product, version, name) => {
    const found = source.find(product, version, name)
    const rule = product === "sts" ? rules.get(name) : undefined
    if (rule === undefined) return found
    return Effect.map(found, (route): Handlers.Route | undefined => {
      if (route?._tag !== "Unary") return route
      const { action } = route
      return {
        _tag: "Unary",
        action,
        handle: (request, call) => handOut(keys, rule, action, Json.isObject(request) ? request : {}, call)
      }
    })
  }
})
