/** The products whose actions need a region, and the check of a region. */
import * as Effect from "effect/Effect"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import * as Region from "../../../domain/wire/Region.js"
import type * as Handlers from "../../gateway/Handlers.js"

/**
 * The products whose resources lie in regions. The API document of each lists the common parameter `Region` as required, at nearly every
 * action. No other product is here: some work without a region (`cam`, `sts`, `dnspod`, `cdn`, `ssl`, `billing`, `tag`), and of the rest
 * the documents differ from action to action. An emulator must not refuse what the real service takes.
 */
const regional: ReadonlySet<string> = new Set([
  "apigateway",
  "as",
  "batch",
  "cbs",
  "cdb",
  "cdc",
  "cdwch",
  "cdwdoris",
  "cdwpg",
  "cfs",
  "chdfs",
  "ckafka",
  "clb",
  "cls",
  "ctsdb",
  "cvm",
  "cynosdb",
  "dc",
  "dcdb",
  "emr",
  "es",
  "gwlb",
  "hai",
  "keewidb",
  "kms",
  "lighthouse",
  "mariadb",
  "mongodb",
  "postgres",
  "redis",
  "scf",
  "sqlserver",
  "ssm",
  "tat",
  "tcr",
  "tdmq",
  "tdmysql",
  "tem",
  "thpc",
  "tke",
  "trocket",
  "tsf",
  "vpc"
])

/** Actions that say which regions there are, or what each of them sells: a caller who asks them knows no region yet. */
const findsRegions = (action: string): boolean =>
  action.includes("Region") || action === "DescribeCdbZoneConfig" || action === "DescribeProductInfo"

/** Whether a request for an action has to name a region. */
export const needsRegion = (product: string, action: string): boolean => regional.has(product) && !findsRegions(action)

/** Fails if a call names a region that does not exist, also where it need not name one. */
export const checkRegion = ({ language, region }: Handlers.Call): Effect.Effect<void, CommonError.UnsupportedRegion> =>
  region === undefined || Region.isKnown(region)
    ? Effect.void
    : Effect.fail(new CommonError.UnsupportedRegion({ message: Message.unsupportedRegion[language] }))
