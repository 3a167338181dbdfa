/** Draws plausible values by the name and the type of a member. */
import * as Encoding from "effect/Encoding"
import type { PCGRandom } from "effect/Utils"
import type { Scalar } from "../scalar.js"

/** The context of a value. */
export interface Scene {
  readonly random: PCGRandom
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly region: string
  readonly product: string
}

type Draw<A> = (scene: Scene, name: string) => A

const digits = "0123456789"
const hexadecimal = "0123456789abcdef"
const lower = "0123456789abcdefghijklmnopqrstuvwxyz"
const mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** Draws a whole number from 0 up to, but without, the limit. */
export const below = (random: PCGRandom, limit: number): number => Math.floor(random.number() * limit)

const between = (random: PCGRandom, least: number, most: number): number => least + below(random, most - least + 1)

export const pick = <A>(random: PCGRandom, choices: readonly [A, ...ReadonlyArray<A>]): A =>
  choices[below(random, choices.length)] ?? choices[0]

const characters = (random: PCGRandom, alphabet: string, length: number): string => {
  let text = ""
  for (let at = 0; at < length; at++) text += alphabet[below(random, alphabet.length)]
  return text
}

const uuid: Draw<string> = ({ random }) => {
  const hex = (length: number) => characters(random, hexadecimal, length)
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(random, ["8", "9", "a", "b"])}${hex(3)}-${hex(12)}`
}

/** Splits a member's name into its words. */
const words = (name: string): ReadonlyArray<string> => name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [name]

const kebab = (name: string): string => words(name).join("-").toLowerCase()

/** Returns the name of a list's element: `InstanceIds`, `InstanceIdSet` and `InstanceIdList` each hold an `InstanceId`. */
export const singular = (name: string): string => {
  const bare = name.replace(/(.)(Set|List|Array|Infos)$/, "$1")
  if (bare !== name) return singular(bare)
  if (/(ss|us|is)$/.test(name)) return name
  if (/ies$/.test(name)) return `${name.slice(0, -3)}y`
  return /(ss|x|sh|ch)es$/.test(name) ? name.slice(0, -2) : name.replace(/(.)s$/, "$1")
}

/** Prefixes of ids that do not follow from the words of the name. */
const prefixes: Readonly<Record<string, string>> = {
  Instance: "ins",
  DBInstance: "cdb",
  SecurityGroup: "sg",
  Image: "img",
  Snapshot: "snap",
  Cluster: "cls",
  LoadBalancer: "lb",
  Listener: "lbl",
  Location: "loc",
  RouteTable: "rtb",
  NatGateway: "nat",
  NetworkInterface: "eni",
  Address: "eip",
  Key: "skey",
  LaunchConfiguration: "asc",
  AutoScalingGroup: "asg",
  VpnGateway: "vpngw",
  CustomerGateway: "cgw",
  VpnConnection: "vpnx",
  DisasterRecoverGroup: "ps",
  FileSystem: "cfs",
  NodePool: "np",
  BandwidthPackage: "bwp",
  DirectConnect: "dc",
  DirectConnectGateway: "dcg",
  Bandwidthpackage: "bwp",
  Policy: "policy",
  Function: "lam",
  Registry: "tcr",
  Command: "cmd",
  Invocation: "inv"
}

/** Prefixes of an instance's id in products that do not use `ins`. */
const instances: Readonly<Record<string, string>> = {
  cdb: "cdb",
  ckafka: "ckafka",
  cynosdb: "cynosdbmysql-ins",
  dcdb: "tdsqlshard",
  emr: "emr",
  es: "es",
  keewidb: "kee",
  lighthouse: "lhins",
  mariadb: "tdsql",
  mongodb: "cmgo",
  postgres: "postgres",
  redis: "crs",
  sqlserver: "mssql",
  tcr: "tcr"
}

const prefixOf = (product: string, name: string): string => {
  const base = name.replace(/(Id|ID)$/, "")
  const prefix = base === "Instance" ? (instances[product] ?? "ins") : prefixes[base]
  if (prefix !== undefined) return prefix
  const parts = words(base)
  return parts.length > 1
    ? parts
        .map((word) => word.charAt(0))
        .join("")
        .toLowerCase()
    : base === ""
      ? product
      : base.toLowerCase()
}

const id: Draw<string> = ({ product, random }, name) => `${prefixOf(product, name)}-${characters(random, lower, 8)}`

const hour = 3_600_000
const day = 24 * hour

/** Draws a time that fits the name: ends come after beginnings, and expiries are in the future. */
const moment: Draw<number> = ({ now, random }, name) => {
  const [from, to] = /Expir|Dead|Until|Isolat|Next|Renew|ValidateTo|Destroy|Arrear/.test(name)
    ? [day, 300 * day]
    : /End|Finish|Stop|Complete|^To$/.test(name)
      ? [-2 * hour, 0]
      : /Updat|Modif|Last|Latest/.test(name)
        ? [-day, -2 * hour]
        : /Creat|Add|Insert|Regist|Appl|Buy/.test(name)
          ? [-30 * day, -2 * day]
          : [-2 * day, -day]
  return Math.floor((now + from + random.number() * (to - from)) / 1000) * 1000
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()

const datetime: Draw<string> = (scene, name) => {
  const text = iso(moment(scene, name))
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`
}
const datetimeIso: Draw<string> = (scene, name) => `${iso(moment(scene, name)).slice(0, 19)}+00:00`
const date: Draw<string> = (scene, name) => iso(moment(scene, name)).slice(0, 10)

/** Whether a name means a point in time, and not a duration. */
const isMoment = (name: string): boolean =>
  /Timestamp$|Deadline$|^(Time|Date|Created|Updated)$/.test(name) ||
  (/(Time|Date|At|On)$/.test(name) &&
    /Creat|Updat|Modif|Start|Begin|End|Finish|Expir|Delet|Add|Insert|Publish|Report|Log|Access|Operat|Appl|Last|First|Latest|Occur|Alarm|Trigger|Dead|Isolat|Next|Pay|Sign|Order|Regist|Online|Offline/.test(
      name
    ) &&
    !/Offset|Interval|Cost|Duration|Span|Delay|Elapsed|Used|Max|Min|Avg|Total/.test(name))

const publicAddress: Draw<string> = ({ random }) =>
  `${pick(random, ["192.0.2", "198.51.100", "203.0.113"])}.${between(random, 1, 254)}`
const privateAddress: Draw<string> = ({ random }) =>
  `10.${below(random, 256)}.${below(random, 256)}.${between(random, 2, 254)}`

const ports = [80, 443, 3306, 6379, 8080] as const

const repeat = (times: number, make: () => string): ReadonlyArray<string> => Array.from({ length: times }, make)

/** Draws one group of an IPv6 address. */
const group = (random: PCGRandom): string => `${between(random, 1, 9)}${characters(random, hexadecimal, 3)}`

const host: Draw<string> = ({ random }) => `${characters(random, lower, 6)}.example.com`

const one =
  (...choices: readonly [string, ...ReadonlyArray<string>]): Draw<string> =>
  ({ random }) =>
    pick(random, choices)

const hex =
  (length: number): Draw<string> =>
  ({ random }) =>
    characters(random, hexadecimal, length)

const secret =
  (length: number, prefix = ""): Draw<string> =>
  ({ random }) =>
    prefix + characters(random, mixed, length)

const nameLike: Draw<string> = ({ random }, name) => {
  const base = kebab(name.replace(/(.)Name$/, "$1"))
  return `${base}-${characters(random, hexadecimal, 4)}`
}

/** Patterns of names. The first one that matches decides. */
type Rules<A> = ReadonlyArray<readonly [name: RegExp, draw: Draw<A>]>

const texts: Rules<string> = [
  // A request for the first page has an empty token, and so has the answer with the last page.
  [/^Next\w*(Token|Marker|Cursor|Key|Page)$|^(Context|Marker|Cursor|PageToken|PaginationToken|SearchAfter)$/, () => ""],
  [/^(Limit|PageSize|MaxResults)$/, () => "20"],
  [/^Offset$/, () => "0"],

  [/TimeZone$/, one("Asia/Shanghai")],
  [/Host(ed)?Zone$/, host],
  [/Zone(Name|Code)?$/, ({ random, region }) => `${region}-${between(random, 1, 7)}`],
  [/Region(Name|Code|Id)?$/, ({ region }) => region],

  [/Secret(Id|ID)$|AccessKeyId$/, secret(32, "AKID")],
  [/Secret(Key)?$|AccessKey$|Signature$|Credential$/, secret(32)],
  [/ClientToken$/, uuid],
  [/Token$/, secret(64)],
  [/(Password|Passwd|Pwd)$/, secret(16, "Pw-")],

  [/^Quuid$|U[uU][iI][dD]$/, uuid],
  [/(Task|Job|Request|Session|Trace|Execution|Run|Record|Log|Msg|Message)I[dD]$/, uuid],
  [/App[iI][dD]$/, ({ random }) => `125${characters(random, digits, 7)}`],
  [/Uin$|UIN$/, ({ random }) => `1000${characters(random, digits, 8)}`],
  [
    /(Deal|Order|Bill|Trade|Serial)(I[dD]|Name|No|Num|Number)$/,
    ({ now, random }) => `${iso(now).slice(0, 10).replaceAll("-", "")}${characters(random, digits, 12)}`
  ],
  [/M[dD]5$/, hex(32)],
  [/Sha1$|SHA1$|CommitI[dD]$/, hex(40)],
  [/Sha256$|SHA256$|Digest$|Hash$|Fingerprint$/, hex(64)],
  [/RoleArn$/, ({ random }) => `qcs::cam::uin/1000${characters(random, digits, 8)}:roleName/sample`],
  [/Arn$/, ({ product, random }, name) => `qcs::${product}::uin/1000${characters(random, digits, 8)}:${kebab(name)}/1`],
  [/I[dD]$/, id],

  [/^Instance(State|Status)$/, one("RUNNING")],
  [/(Task|Job|Flow|Operation|Result|Process|Execution|Run)(Status|State)$/, one("SUCCESS")],
  [/Restrict(Status|State)$/, one("NORMAL")],
  [/(Status|State)$/, one("RUNNING", "RUNNING", "RUNNING", "STOPPED")],
  [/(Charge|Billing|Pay|Fee)(Type|Mode)$/, one("POSTPAID_BY_HOUR", "PREPAID")],
  [/(Order|Sort|OrderBy)Type$|Direction$|Sort$|^Order$/, one("DESC", "ASC")],
  [/InstanceType$|^(Flavor|NodeSpec|MachineType)$/, one("S5.MEDIUM4", "SA5.LARGE8", "S8.LARGE16")],
  [/(Disk|Storage|Volume)Type$/, one("CLOUD_PREMIUM", "CLOUD_SSD", "CLOUD_HSSD")],
  [/Engine(Type)?$|^(Db|DB)Type$/, one("MYSQL")],
  [/Protocol(Type)?$/, one("TCP", "UDP", "HTTP", "HTTPS")],
  [/^Renew(Flag|Type)$|AutoRenew(Flag)?$/, one("NOTIFY_AND_MANUAL_RENEW")],
  [/Version$/, ({ random }) => `${between(random, 1, 8)}.${below(random, 10)}.${below(random, 10)}`],
  [/(Type|Mode|Kind|Category|Class|Strategy)$/, one("DEFAULT", "CUSTOM")],

  [/Mac(Addr(ess)?)?$/, ({ random }) => `52:54:00:${repeat(3, () => characters(random, hexadecimal, 2)).join(":")}`],
  [/I[pP][vV]6\w*Cidr|Cidr\w*I[pP][vV]6/, ({ random }) => `2402:4e00:${group(random)}::/56`],
  [/I[pP][vV]6(Addr(ess)?)?$/, ({ random }) => `2402:4e00:${repeat(4, () => group(random)).join(":")}::1`],
  [/C(idr|IDR)/, ({ random }) => `10.${below(random, 256)}.0.0/16`],
  [/(Public|Wan|Client|Source|Src|Remote|Outer|Extranet|Attack)\w*(Ip|IP|Address)$|^(Eip|EIP)$/, publicAddress],
  [/(Ip|IP|Vip|VIP)(Addr(ess)?)?$|^Gateway$/, privateAddress],
  [/[mM]ail(Address)?$/, ({ random }) => `user-${characters(random, lower, 4)}@example.com`],
  [/(Phone|Mobile|Tel)(Number|No|Num)?$/, ({ random }) => `1380000${characters(random, digits, 4)}`],
  [/Ur[li]$|UR[LI]$|Link$|Webhook$|^Href$/, (scene, name) => `https://${host(scene, name)}/${kebab(name)}`],
  [/Domain(Name)?$|^Host$|F[qQ][dD][nN]$|C[nN][aA][mM][eE]$|Endpoint$/, host],
  [/Port$/, ({ random }) => String(pick(random, ports))],

  [/Month$/, (scene, name) => iso(moment(scene, name)).slice(0, 7)],
  [/Year$/, (scene, name) => iso(moment(scene, name)).slice(0, 4)],
  [/Timestamp$/, (scene, name) => String(moment(scene, name) / 1000)],
  [/Expiration$|Expiry$/, (scene, name) => `${iso(moment(scene, name)).slice(0, 19)}Z`],
  [/Date$|^Day$/, date],
  [/(Time|[a-z]At)$/, datetime],

  [/Base64$|^UserData$/, ({ random }) => Encoding.encodeBase64(characters(random, mixed, 12))],
  [/File(Name)?$/, (scene, name) => `${nameLike(scene, name)}.txt`],
  [/(Path|Dir|Directory|Prefix|Folder)$/, ({ random }) => `/data/${characters(random, lower, 6)}`],
  [/Bucket(Name)?$/, ({ random }) => `bucket-${characters(random, lower, 4)}-125${characters(random, digits, 7)}`],
  [
    /User(n|N)ame$|^(User|Account|Operator|Creator|Owner|Author|Nick[nN]ame)$/,
    ({ random }) => `user-${characters(random, lower, 4)}`
  ],
  [/^Name$/, ({ random }) => `sample-${characters(random, hexadecimal, 4)}`],
  [/Method$/, one("GET", "POST")],
  [/Arch(itecture)?$/, one("x86_64", "arm")],
  [/^O[sS](Name)?$|Platform$/, one("TencentOS Server 4", "Ubuntu Server 24.04 LTS 64bit")],
  [/Lang(uage)?$/, one("zh-CN", "en-US")],
  [/Currency$/, one("CNY", "USD")],
  [/Country(Code)?$/, one("CN")],
  [/Province$/, one("Guangdong")],
  [/City$/, one("Shenzhen", "Guangzhou")],
  [/I[sS][pP]$/, one("BGP")],
  [/Switch$|Enabled?$|^Is[A-Z]/, one("on", "off")],
  [/Suggestion$/, one("Pass")],
  [/FinishReason$/, one("stop")],
  [/^Role$/, one("assistant")],
  [/^(Err(or)?|Ret(urn)?|Status)?Code$|Err(or)?Code$/, one("0")],
  [/^(Err(or)?|Ret(urn)?)?(Msg|Message|Info)$|Err(or)?(Msg|Message|Info)$|Reason$/, one("ok")],
  [/Algorithm$/, one("SHA256")],
  [/(Risk|Level|Severity)$/, one("low", "middle", "high")],
  [/Resolution$/, one("1920x1080")],
  [/Namespace$/, one("default")],
  [/(Json|Params|Extra|ExtInfo|Config|Document|Ext)$/, one("{}")],
  [/(Price|Amount|Cost|Fee|Discount)$/, ({ random }) => (below(random, 100_000) / 100).toFixed(2)],
  [/(Count|Num|Number|Size|Percent|Rate|Ratio|Bandwidth|Total)$/, ({ random }) => String(between(random, 1, 100))],
  [/(Description|Desc|Describe|Remark|Comment|Note)$/, one("Sample data.")],
  [/(Content|Text|Prompt|Answer|Summary)$/, one("This is a sample.", "Hello from the emulator.")]
]

const whole =
  (least: number, most: number): Draw<number> =>
  ({ random }) =>
    between(random, least, most)

const step =
  (...choices: readonly [number, ...ReadonlyArray<number>]): Draw<number> =>
  ({ random }) =>
    pick(random, choices)

const numbers: Rules<number> = [
  [/^(Page|PageNumber|PageNo|PageNum|PageIndex|CurrentPage)$/, step(1)],
  [/^(Limit|PageSize|MaxResults)$/, step(20)],
  [/Offset$/, step(0)],
  [
    /(Millis(econds?)?|Ms|MS)$/,
    (scene, name) =>
      /Time|Stamp/.test(name) && isMoment(name.replace(/(Millis(econds?)?|Ms|MS)$/, ""))
        ? moment(scene, name)
        : between(scene.random, 1, 1000)
  ],
  [/^(Err|Error|Return|Ret)?Code$|Err(or)?Code$|^Ret$/, step(0)],
  [/AppI[dD]$|Appid$/, whole(1_250_000_000, 1_259_999_999)],
  [/Uin$|UIN$/, whole(100_000_000_000, 100_099_999_999)],
  [/ZoneId$/, whole(100_001, 100_007)],
  [/RegionId$/, step(1)],
  [/I[dD]s?$/, whole(10_000, 99_999_999)],
  [/Port$/, ({ random }) => pick(random, ports)],
  [/Progress$/, step(100)],
  [/Status$|State$/, step(1, 1, 1, 0, 2)],
  [/Switch$|Enabled?$|Flag$|^(Is|Has|Need|Auto|Allow)[A-Z]/, step(0, 1)],
  [/Type$|Mode$|Action$|Direction$|Level$|Category$|Source$|Scope$|Kind$|Order$/, whole(0, 2)],
  [/Cpu(s|Num|Count)?$|CPU$|Core(s|Num)?$/, step(1, 2, 4, 8, 16)],
  [/Mem(ory)?(Size)?$/, step(2, 4, 8, 16, 32)],
  [/(Disk|Storage|Volume)(Size|Space)?$|Capacity$/, step(20, 50, 100, 200, 500)],
  [/Bandwidth|MaxBandwidthOut$|Throughput/, step(1, 5, 10, 100)],
  [/Width$/, step(1280, 1920)],
  [/Height$/, step(720, 1080)],
  [/Fps$|FPS$/, step(25, 30, 60)],
  [/BitRate$|Bitrate$/, step(128, 1024, 2048)],
  [/SampleRate$/, step(16_000, 44_100, 48_000)],
  [/Period$/, step(1, 3, 12)],
  [/TTL$|Ttl$/, step(60, 300, 600)],
  [/Timeout$|Interval$|Duration(Seconds)?$|Seconds$/, step(5, 30, 60, 300)],
  [/Days?$/, step(1, 7, 30)],
  [/Hours?$/, whole(0, 23)],
  [/Month$/, whole(1, 12)],
  [/Year$/, ({ now }) => new Date(now).getUTCFullYear()],
  [/Weight$|Priority$|Percent(age)?$|Score$|Confidence$|Threshold$|Rate$|Ratio$|Usage$/, whole(1, 100)],
  [/Size$|Bytes$|Traffic$|Flow$|Flux$/, whole(1, 1_048_576)],
  [/Price$|Amount$|Cost$|Fee$|Balance$/, whole(1, 100_000)],
  [/Qps$|QPS$/, step(10, 100, 1000)],
  [/Count$|Cnt$|Nums?$|Number$|Total$|Quota$|Replicas$/, whole(1, 10)]
]

const anyNumber: Draw<number> = whole(1, 100)

const instant: Draw<number> = (scene, name) => moment(scene, name) / 1000

const round = (value: number): number => Math.round(value * 100) / 100

const fractions: Rules<number> = [
  [/Ratio$|Probability$|^Discount(Rate)?$/, ({ random }) => round(random.number())],
  [
    /Percent(age)?$|Rate$|Score$|Confidence$|Usage$|Utilization$|Progress$/,
    ({ random }) => round(random.number() * 100)
  ],
  [/Price$|Amount$|Cost$|Fee$|Balance$/, ({ random }) => round(random.number() * 1000)],
  [/Latitude$|^Lat$/, ({ random }) => round(22 + random.number())],
  [/Longitude$|^(Lng|Lon)$/, ({ random }) => round(113 + random.number())]
]

const anyFraction: Draw<number> = ({ random }) => round(random.number() * 100)

const ruleOf = <A>(rules: Rules<A>, name: string): Draw<A> | undefined =>
  rules.find(([pattern]) => pattern.test(name))?.[1]

const numberRule = (name: string): Draw<number> => (isMoment(name) ? instant : (ruleOf(numbers, name) ?? anyNumber))

const find = (type: Scalar, name: string): Draw<unknown> => {
  switch (type) {
    case "string":
      return ruleOf(texts, name) ?? nameLike
    case "int64":
    case "uint64":
    case "big_int64":
    case "big_uint64":
      return numberRule(name)
    case "float":
      return isMoment(name) ? instant : (ruleOf(fractions, name) ?? ruleOf(numbers, name) ?? anyFraction)
    case "bool":
      // Both would ask for another kind of answer.
      return /^(DryRun|Stream)$/.test(name) ? () => false : ({ random }) => random.number() < 0.5
    case "datetime":
      return datetime
    case "datetime_iso":
      return datetimeIso
    case "date":
      return date
    case "binary":
      return ({ random }) => Uint8Array.from({ length: 16 }, () => below(random, 256))
  }
}

/** Names repeat, and there are many patterns to try. */
const cache = new Map<string, Draw<unknown>>()

/** Draws a value of a type for a member of this name. */
export const value = (type: Scalar, name: string, scene: Scene): unknown => {
  const key = `${type} ${name}`
  let draw = cache.get(key)
  if (draw === undefined) {
    draw = find(type, name)
    cache.set(key, draw)
  }
  return draw(scene, name)
}
