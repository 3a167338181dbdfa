import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as cbs from "effect-tencentcloud/products/cbs"
import * as cvm from "effect-tencentcloud/products/cvm"
import * as mps from "effect-tencentcloud/products/mps"
import * as sts from "effect-tencentcloud/products/sts"
import * as teo from "effect-tencentcloud/products/teo"
import * as vpc from "effect-tencentcloud/products/vpc"
import * as Paging from "../../../src/domain/contract/Paging.js"
import * as Sample from "../../../src/domain/contract/Sample.js"
import * as Shape from "../../../src/domain/contract/Shape.js"

const now = Date.UTC(2026, 9, 1)
const options = { seed: "a", now }

const tableOf = (codec: object): Shape.Table => Shape.of(codec) ?? assert.fail("no shape")

/** A shape of members that differ only by name: all are texts. */
const texts = (...names: ReadonlyArray<string>): Shape.Table => ["Texts", names.map((name) => `${name}:s`).join(",")]

/** The values of a member under many seeds. */
const look = (table: Shape.Table, more?: Partial<Sample.ResponseOptions>) =>
  Array.from({ length: 50 }, (_, seed) => Sample.response(table, { ...options, ...more, seed }))

const products = [cvm, cbs, vpc, sts, teo, mps].map(({ product }) => product)

describe.each(products)("the actions of $name", ({ actions, name: product }) => {
  it.each(Object.values(actions))("$action.name: samples match its shapes", ({ action, paging }) => {
    for (const optional of ["none", "some", "all"] as const) {
      for (const seed of ["a", "b", 3]) {
        const request = Sample.request(tableOf(action.request), { seed, now, product, optional })
        assert.deepStrictEqual<unknown>(action.request.decode(request, "request"), Either.right(request))
        assert.deepStrictEqual<unknown>(action.request.encode(request as never, "request"), Either.right(request))
        const response = Sample.response(tableOf(action.response), { seed, now, product, request, paging })
        const received: unknown = JSON.parse(JSON.stringify(response))
        assert.deepStrictEqual<unknown>(action.response.decode(received, "response"), Either.right(response))
      }
    }
  })
})

describe("a sample", () => {
  const { action, paging } = cvm.DescribeInstances
  const [request, response] = [tableOf(action.request), tableOf(action.response)]

  it("depends on its seed", () => {
    const all = ["a", "b"].map((seed) => [
      Sample.request(request, { seed, now }),
      Sample.response(response, { seed, now, paging })
    ])
    const again = ["a", "b"].map((seed) => [
      Sample.request(request, { seed, now }),
      Sample.response(response, { seed, now, paging })
    ])
    assert.deepStrictEqual(all, again)
    assert.notDeepEqual(all[0]?.[0], all[1]?.[0])
    assert.notDeepEqual(all[0]?.[1], all[1]?.[1])
  })

  it("of a response depends on the request, but not on the order of its members", () => {
    const sample = (request: object) => Sample.response(response, { ...options, paging, request })
    const filtered = { Filters: [{ Name: "zone", Values: ["ap-guangzhou-3"] }], Limit: 5 }
    assert.deepStrictEqual(
      sample(filtered),
      sample({ Limit: 5, Offset: undefined, Filters: [{ Values: ["ap-guangzhou-3"], Name: "zone" }] })
    )
    assert.notDeepEqual(sample(filtered), sample({ Limit: 5 }))
  })

  it("of a request has its required members, or all members", () => {
    const table: Shape.Table = ["Request", "A:s!,B:s,C:s~,D:0!,E:0*", () => [["Inner", "F:i!,G:i"]]]
    const names = (optional: "none" | "some" | "all") => {
      const { D, ...rest } = Sample.request(table, { ...options, optional })
      return [Object.keys(rest), Object.keys(D as object)]
    }
    assert.deepStrictEqual(names("none"), [["A"], ["F"]])
    assert.deepStrictEqual(names("all"), [
      ["A", "B", "E"],
      ["F", "G"]
    ])
    const some = new Set(
      Array.from({ length: 50 }, (_, seed) => Object.keys(Sample.request(table, { seed, now })).join(""))
    )
    assert.deepStrictEqual([...some].sort(), ["ABD", "ABDE", "AD", "ADE"])
  })

  it("of a request asks for no dry run, for no stream, and for the first page", () => {
    const table: Shape.Table = ["Request", "DryRun:b!,Stream:b!,Offset:u!,NextToken:s!,PageNumber:i!"]
    for (const seed of [1, 2, 3, 4, 5]) {
      assert.deepStrictEqual(Sample.request(table, { seed, now }), {
        DryRun: false,
        Stream: false,
        Offset: 0,
        NextToken: "",
        PageNumber: 1
      })
    }
  })
})

describe("a value", () => {
  it.each<[string, RegExp]>([
    ["InstanceId", /^ins-[0-9a-z]{8}$/],
    ["VpcId", /^vpc-[0-9a-z]{8}$/],
    ["SecurityGroupId", /^sg-[0-9a-z]{8}$/],
    ["GlobalAcceleratorId", /^ga-[0-9a-z]{8}$/],
    ["Uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["TaskId", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ["OwnerUin", /^1000\d{8}$/],
    ["AppId", /^125\d{7}$/],
    ["SecretId", /^AKID[A-Za-z0-9]{32}$/],
    ["Zone", /^ap-guangzhou-[1-7]$/],
    ["MasterZone", /^ap-guangzhou-[1-7]$/],
    ["Region", /^ap-guangzhou$/],
    ["TimeZone", /^Asia\/Shanghai$/],
    ["PrivateIpAddress", /^10(\.\d{1,3}){3}$/],
    ["PublicIp", /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/],
    ["Ipv6Address", /^2402:4e00(:[0-9a-f]{4}){4}::1$/],
    ["CidrBlock", /^10\.\d{1,3}\.0\.0\/16$/],
    ["Ipv6CidrBlock", /^2402:4e00:[0-9a-f]{4}::\/56$/],
    ["MacAddress", /^52:54:00(:[0-9a-f]{2}){3}$/],
    ["DomainName", /^[0-9a-z]{6}\.example\.com$/],
    ["CallbackUrl", /^https:\/\/[0-9a-z]{6}\.example\.com\/callback-url$/],
    ["Email", /^user-[0-9a-z]{4}@example\.com$/],
    ["PhoneNumber", /^1380000\d{4}$/],
    ["InstanceName", /^instance-[0-9a-f]{4}$/],
    ["Name", /^sample-[0-9a-f]{4}$/],
    ["InstanceState", /^RUNNING$/],
    ["Status", /^(RUNNING|STOPPED)$/],
    ["TaskStatus", /^SUCCESS$/],
    ["InstanceType", /^S[A5-8]+\.[A-Z]+\d+$/],
    ["Md5", /^[0-9a-f]{32}$/],
    ["CreateTime", /^2026-09-\d\d \d\d:\d\d:\d\d$/],
    ["EngineVersion", /^\d\.\d\.\d$/],
    ["RoleArn", /^qcs::cam::uin\/1000\d{8}:roleName\/sample$/]
  ])("of %s is plausible", (name, pattern) => {
    for (const sample of look(texts(name))) assert.match(String(sample[name]), pattern)
    for (const sample of look(["Lists", `${name}s:s*`])) {
      const [first] = sample[`${name}s`] as ReadonlyArray<string>
      if (!/(Status|Address|[^s]s)$/.test(name)) assert.match(String(first), pattern)
    }
  })

  it("fits the region and the product of the request", () => {
    for (const sample of look(texts("Zone", "Region", "InstanceId"), { region: "eu-frankfurt", product: "redis" })) {
      assert.match(String(sample.Zone), /^eu-frankfurt-[1-7]$/)
      assert.strictEqual(sample.Region, "eu-frankfurt")
      assert.match(String(sample.InstanceId), /^crs-/)
    }
    const [asked] = look(texts("Zone"), { request: { Region: "sa-saopaulo" } })
    assert.match(String(asked?.Zone), /^sa-saopaulo-/)
  })

  it.each<[Shape.Scalar, string, RegExp]>([
    ["datetime", "d", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
    ["datetime_iso", "D", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/],
    ["date", "t", /^\d{4}-\d\d-\d\d$/]
  ])("of type %s is near to now, in its order", (_, letter, pattern) => {
    const names = ["CreateTime", "StartTime", "UpdateTime", "EndTime", "ExpireTime"]
    for (const sample of look(["Times", names.map((name) => `${name}:${letter}`).join(",")])) {
      const times = names.map((name) => String(sample[name]))
      for (const time of times) assert.match(time, pattern)
      assert.deepStrictEqual(times, [...times].sort())
      const [created = 0, , updated = 0, ended = 0, expires = 0] = times.map((time) =>
        Date.parse(letter === "d" ? `${time}Z` : time)
      )
      const day = 24 * 3_600_000
      assert.isAtLeast(created, now - 31 * day)
      assert.isAtLeast(updated, now - 2 * day)
      assert.isAtMost(ended, now)
      assert.isAbove(expires, now - day)
      assert.isAtMost(expires, now + 366 * day)
    }
  })

  it.each<[name: string, least: number, most: number]>([
    ["Port", 80, 8080],
    ["CreateTime", now / 1000 - 31 * 86_400, now / 1000],
    ["ExpiredTime", now / 1000, now / 1000 + 366 * 86_400],
    ["CreateTimeMs", now - 31 * 86_400_000, now],
    ["Percent", 0, 100],
    ["CpuUsage", 0, 100],
    ["ErrorCode", 0, 0],
    ["DiskSize", 20, 500],
    ["ZoneId", 100_001, 100_007],
    ["IntervalTime", 1, 100]
  ])("of the number %s is plausible", (name, least, most) => {
    for (const letter of ["i", "u", "f"]) {
      for (const sample of look(["Numbers", `${name}:${letter}`])) {
        const number = Number(sample[name])
        assert.isAtLeast(number, least)
        assert.isAtMost(number, most)
        if (letter !== "f") assert.isTrue(Number.isSafeInteger(number))
      }
    }
  })

  it("that counts agrees with the list that it counts", () => {
    const table: Shape.Table = [
      "Response",
      "Groups:0*,GroupCount:i,TotalCount:i,Names:s*,NameNum:s",
      () => [["Group", "Count:u,Members:s*,Inner:0", () => [["Inner", "Total:i,List:i*"]]]]
    ]
    for (const sample of look(table)) {
      const groups = sample.Groups as ReadonlyArray<{
        readonly Count: number
        readonly Members: ReadonlyArray<string>
        readonly Inner: { readonly Total: number; readonly List: ReadonlyArray<number> }
      }>
      assert.deepStrictEqual([sample.GroupCount, sample.TotalCount], [groups.length, groups.length])
      assert.strictEqual(sample.NameNum, String((sample.Names as ReadonlyArray<string>).length))
      for (const { Count, Inner, Members } of groups) {
        assert.deepStrictEqual([Count, Inner.Total], [Members.length, Inner.List.length])
      }
    }
  })
})

describe("an answer", () => {
  const table: Shape.Table = [
    "DescribeVolumesResponse",
    "TotalCount:i,VolumeSet:0*",
    () => [
      [
        "Volume",
        "VolumeId:s,InstanceId:s,Zone:s,Name:s,Size:i,Attachment:0",
        () => [["Attachment", "DeviceName:s,Name:s"]]
      ]
    ]
  ]
  const paging: Paging.Paging = { by: "offset", offset: "Offset", total: "TotalCount", items: "VolumeSet" }
  interface Volumes {
    readonly TotalCount: number
    readonly VolumeSet: ReadonlyArray<Readonly<Record<string, unknown>> & { readonly Attachment: object }>
  }
  const answer = (request: object, seed: string | number = "a") =>
    Sample.response(table, { seed, now, request, paging }) as unknown as Volumes

  it("has the objects with the requested ids, and no others", () => {
    const { TotalCount, VolumeSet } = answer({ VolumeIds: ["vol-a", "vol-b"] })
    assert.strictEqual(TotalCount, 2)
    assert.deepStrictEqual(
      VolumeSet.map(({ VolumeId }) => VolumeId),
      ["vol-a", "vol-b"]
    )
    assert.deepStrictEqual(
      answer({ VolumeId: "vol-b" }).VolumeSet,
      VolumeSet.slice(1),
      "the same volume, however it is asked for"
    )
    assert.deepStrictEqual(
      answer({ Filters: [{ Name: "volume-id", Values: ["vol-a"] }] }).VolumeSet,
      VolumeSet.slice(0, 1)
    )
  })

  it("has the same object that a list had before", () => {
    const { VolumeSet } = answer({ Limit: 3 }, "b")
    for (const volume of VolumeSet) {
      assert.deepStrictEqual(answer({ VolumeIds: [volume.VolumeId] }, "b").VolumeSet, [volume])
    }
  })

  it("repeats the request's value of a member, unless the name is ambiguous", () => {
    const request = { InstanceId: "ins-mine", Zone: "ap-guangzhou-7", Name: "mine", Size: 7 }
    for (const { Attachment, InstanceId, Name, Size, Zone } of answer(request).VolumeSet) {
      assert.deepStrictEqual([InstanceId, Zone], ["ins-mine", "ap-guangzhou-7"])
      assert.notStrictEqual(Name, "mine")
      assert.notInclude(Object.values(Attachment), "mine")
      assert.isNumber(Size)
    }
    const run = Sample.response(["RunResponse", "Name:s,Size:i,InstanceIdSet:s*,Zones:s*"], {
      ...options,
      request: { Name: "mine", Size: "7", InstanceCount: 5, Zones: ["a", "b"] }
    })
    assert.strictEqual(run.Name, "mine")
    assert.isNumber(run.Size, "a text is no number")
    assert.lengthOf(run.InstanceIdSet as ReadonlyArray<string>, 5)
    assert.deepStrictEqual(run.Zones, ["a", "b"])
  })

  const walk = <A extends object>(table: Shape.Table, paging: Paging.Paging, first: object) => {
    const pages: Array<A> = []
    for (let request: object | undefined = first; request !== undefined && pages.length < 100; ) {
      const page = Sample.response(table, { ...options, request, paging }) as A
      pages.push(page)
      const more = Paging.next(paging, request, page)
      request = more === undefined ? undefined : { ...request, ...more }
    }
    return pages
  }

  const all = answer({ Limit: 100 })

  it.each([1, 2, 7, 20, 100])("comes in pages of %d, with each item once", (Limit) => {
    const pages = walk<Volumes>(table, paging, { Limit })
    assert.deepStrictEqual(
      pages.flatMap(({ VolumeSet }) => VolumeSet),
      all.VolumeSet
    )
    assert.isTrue(pages.every(({ TotalCount }) => TotalCount === all.VolumeSet.length))
    assert.strictEqual(new Set(all.VolumeSet.map(({ VolumeId }) => VolumeId)).size, all.TotalCount)
    assert.lengthOf(pages, Math.ceil(all.TotalCount / Limit))
  })

  it("has pages of 20 by default, and an empty one past the end", () => {
    const pages = look(table, { paging }) as unknown as ReadonlyArray<Volumes>
    for (const { TotalCount, VolumeSet } of pages) assert.lengthOf(VolumeSet, Math.min(20, TotalCount))
    assert.isTrue(pages.some(({ TotalCount }) => TotalCount > 20))
    assert.isEmpty(answer({ Offset: all.TotalCount }).VolumeSet)
  })

  it("has a token on every page but the last", () => {
    const table: Shape.Table = [
      "ListResponse",
      "Result:0",
      () => [["Wrapped", "NextToken:s,Names:s*,HasMore:b,Total:s"]]
    ]
    const paging: Paging.Paging = { by: "token", token: "NextToken", next: "Result.NextToken", items: "Result.Names" }
    interface Page {
      readonly Result: {
        readonly NextToken: string
        readonly Names: ReadonlyArray<string>
        readonly HasMore: boolean
        readonly Total: string
      }
    }
    const pages = walk<Page>(table, paging, { MaxResults: 2 }).map(({ Result }) => Result)
    assert.isAbove(pages.length, 1)
    assert.strictEqual(String(pages.flatMap(({ Names }) => Names).length), pages[0]?.Total)
    pages.forEach(({ HasMore, Names, NextToken }, index) => {
      const isLast = index === pages.length - 1
      assert.deepStrictEqual([NextToken === "", HasMore], [isLast, !isLast])
      if (!isLast) assert.lengthOf(Names, 2)
    })
    const [one] = walk<Page>(table, paging, { MaxResults: 100 })
    assert.deepStrictEqual(
      one?.Result.Names,
      pages.flatMap(({ Names }) => Names)
    )
    const [lost] = walk<Page>(table, paging, { MaxResults: 100, NextToken: "somebody else's" })
    assert.deepStrictEqual(lost, one)
  })

  it("has pages with numbers if no offset is known", () => {
    const table: Shape.Table = ["ListResponse", "Total:i,TotalPage:i,Items:0*,Other:s*", () => [["Item", "Id:i"]]]
    const page = (PageNumber: number) =>
      Sample.response(table, { ...options, request: { PageNumber, PageSize: 4 } }) as {
        readonly Total: number
        readonly TotalPage: number
        readonly Items: ReadonlyArray<object>
      }
    const first = page(1)
    assert.deepStrictEqual(page(0).Items, first.Items)
    const items = Array.from({ length: first.TotalPage }, (_, index) => page(index + 1).Items).flat()
    assert.lengthOf(items, first.Total)
    assert.isEmpty(page(first.TotalPage + 1).Items)
  })

  it("that is complete says so", () => {
    const table: Shape.Table = ["DescribeZonesResponse", "TotalCount:i,ZoneSet:0*", () => [["ZoneInfo", "Zone:s"]]]
    for (const { TotalCount, ZoneSet } of look(table) as unknown as ReadonlyArray<{
      readonly TotalCount: number
      readonly ZoneSet: ReadonlyArray<object>
    }>) {
      assert.lengthOf(ZoneSet, TotalCount)
    }
  })

  it("has no member that clients would read as a failure", () => {
    const table: Shape.Table = ["Response", "Error:0,Id:s", () => [["ErrorInfo", "Code:i"]]]
    assert.deepStrictEqual(Object.keys(Sample.response(table, options)), ["Id"])
  })

  it("of a recursive shape is finite", () => {
    const tree: Shape.Table = ["Tree", "Name:s,Left:0,Right:0,Children:0*", () => [tree]]
    const size = JSON.stringify(Sample.response(tree, options)).length
    assert.isAbove(size, 500)
    assert.isBelow(size, 100_000)
    assert.isBelow(JSON.stringify(Sample.request(tree, { ...options, optional: "all" })).length, 100_000)
  })

  it("of a shape with thousands of members is smaller", () => {
    const size = (action: keyof typeof mps.product.actions) => {
      const codec = mps.product.actions[action]?.action.response ?? assert.fail()
      return JSON.stringify(Sample.response(tableOf(codec), options)).length
    }
    assert.isBelow(size("DescribeTaskDetail"), 200_000)
    assert.isBelow(size("ParseNotification"), 200_000)
  })

  it("as a stream is a few events, and the last one has a finish reason", () => {
    const table: Shape.Table = [
      "ChatResponse",
      "Id:s,Created:i,Choices:0*,ErrorMsg:1",
      () => [
        ["Choice", "FinishReason:s,Delta:0,Message:0", () => [["Message", "Content:s"]]],
        ["ErrorMsg", "Msg:s"]
      ]
    ]
    interface Event {
      readonly Id: string
      readonly Created: number
      readonly Choices: ReadonlyArray<object>
    }
    const events = Sample.events(table, options) as unknown as ReadonlyArray<Event>
    assert.isAbove(events.length, 1)
    assert.strictEqual(new Set(events.map(({ Created, Id }) => `${Id} ${Created}`)).size, 1)
    events.forEach((event, index) => {
      assert.hasAllKeys(event, ["Id", "Created", "Choices"])
      for (const choice of event.Choices) {
        assert.hasAllKeys(choice, ["FinishReason", "Delta"])
        assert.propertyVal(choice, "FinishReason", index === events.length - 1 ? "stop" : "")
      }
    })
    const [whole] = (Sample.response(table, options) as unknown as Event).Choices
    assert.hasAllKeys(whole, ["FinishReason", "Message"])
    assert.propertyVal(whole, "FinishReason", "stop")
  })
})
