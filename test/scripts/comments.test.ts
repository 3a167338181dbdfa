import { assert, describe, it } from "@effect/vitest"
import type * as Catalogue from "../../scripts/catalogue/catalogue.js"
import { compareText } from "../../scripts/catalogue/checkTexts.js"
import { classComment, commentOf } from "../../scripts/catalogue/comments.js"
import type * as Hints from "../../scripts/catalogue/hints.js"
import * as Module from "../../scripts/catalogue/module.js"
import { names } from "../../scripts/catalogue/texts.js"
import { volumes } from "./catalogues.js"

const member = (name: string, type: string, flags = ""): Catalogue.Member => [name, type, flags]

describe("the comment of a member", () => {
  it.each<[expected: string, member: Catalogue.Member, object: string, hint: Hints.Hint, side: "request" | "response"]>(
    [
      ["Required string.", member("VolumeId", "string", "r"), "AttachVolumeRequest", {}, "request"],
      ["Optional.", member("Tag", "list<Tag>"), "AttachVolumeRequest", {}, "request"],
      ["string.", member("VolumeId", "string"), "Volume", {}, "response"],
      [
        "Optional int64, 1 to 100. Default: `20`. Example: `10`.",
        member("Count", "int64"),
        "Options",
        { r: [1, 100], d: 20, x: 10 },
        "request"
      ],
      ["uint64, at most 5.", member("Level", "uint64"), "Volume", { r: [null, 5] }, "response"],
      ["float, at least 0.5.", member("Score", "float"), "Volume", { r: [0.5, null] }, "response"],
      ["int64. One of `0`, `1`.", member("State", "int64"), "Volume", { e: ["0", "1"] }, "response"],
      ["string.", member("State", "string"), "Volume", { e: ["ON", "OFF"] }, "response"],
      ["Optional int64, in seconds.", member("TimeoutSeconds", "int64"), "Options", {}, "request"],
      ["int64, in Mbps.", member("PeakMbps", "int64"), "Volume", {}, "response"],
      ["Optional int64.", member("Size", "int64"), "Options", {}, "request"],
      ["Optional list of int64.", member("WeekDays", "list<int64>"), "Options", {}, "request"],
      ["Optional int64. The first page is 1.", member("Number", "int64"), "Options", { f: 1 }, "request"],
      ["date. Written as `2020-09-22`. @deprecated", member("Day", "date", "d"), "Volume", {}, "response"],
      [
        "How many items to return at most. Optional int64.",
        member("Limit", "int64"),
        "DescribeVolumesRequest",
        {},
        "request"
      ],
      ["Optional int64.", member("Limit", "int64"), "Quota", {}, "request"],
      ["int64.", member("Limit", "int64"), "Quota", {}, "response"],
      ["string. Example: `a *\\/ 'b' c`.", member("Text", "string"), "Volume", { x: "a */ `b`\nc" }, "response"]
    ]
  )("is `%s`", (expected, member, object, hint, side) =>
    assert.strictEqual(commentOf(member, object, hint, side), expected)
  )

  it("has a text of its own for some 60 names", () => assert.isAtLeast(names.length, 60))
})

describe("the comment of a class", () => {
  it.each([
    ["Category `throttling`. Retried.", "RequestLimitExceeded.UinLimitExceeded"],
    ["Category `soldOut`. Not retried.", "ResourcesSoldOut.AvailableZone"],
    ["Category `unavailable`. Retried where a second call does no harm.", "ServiceUnavailable"]
  ])("is `%s`", (expected, code) => assert.strictEqual(classComment(code), expected))
})

const hints: Hints.Objects = {
  Volume: { Size: { e: ["10", "20"], d: 10, r: [10, 20], x: 20 }, VolumeId: { e: ["vol-1", "vol-2"], x: "vol-1" } },
  Tag: { Key: { e: ["A".repeat(60), "B".repeat(60)] } },
  AttachVolumeRequest: { VolumeId: { d: "vol-1" } }
}

describe("the text of a module", () => {
  const { text } = Module.render("ebs", "2026-01-01", volumes, hints)
  const compare = (text: string) => compareText("ebs", "2026-01-01", volumes, hints, text)

  it("offers the values of a text, and takes every other one", () => {
    assert.include(text, 'readonly VolumeId?: "vol-1" | "vol-2" | (string & {})\n')
    assert.include(text, `readonly Key:\n    | "${"A".repeat(60)}"\n    | "${"B".repeat(60)}"\n    | (string & {})\n`)
    assert.include(text, "readonly Size?: number\n")
  })

  it("describes each action, with links to the API Explorer of the sites that have it", () => {
    const query = "api/explorer?Product=ebs&Version=2026-01-01&Action="
    assert.include(
      text,
      [
        "/**",
        " * ebs 2026-01-01. Only reads. Pages: `.items` returns `VolumeSet`. On the international site. " +
          "Declares 4 codes.",
        " *",
        ` * [API Explorer](https://console.tencentcloud.com/${query}DescribeVolumes), [in Chinese](https://console.cloud.tencent.com/${query}DescribeVolumes)`,
        " */",
        "export const DescribeVolumes:"
      ].join("\n")
    )
    assert.include(
      text,
      " * ebs 2026-01-01. Changes something. Streams: `.stream` returns events. Not on the international site. " +
        `Declares no code.\n *\n * [API Explorer](https://console.cloud.tencent.com/${query}Explain)\n */\n`
    )
  })

  it("is what the check asks for", () => assert.deepStrictEqual(compare(text), []))

  it.each([
    ["a value", '"vol-1" | "vol-2"', '"vol-1"', 'Volume.VolumeId: its type lacks "vol-2"'],
    [
      "a value of an integer",
      "One of `10`, `20`.",
      "One of `10`.",
      "Volume.Size: its comment lacks One of `10`, `20`."
    ],
    [
      "the way out of a union",
      ' | "vol-2" | (string & {})',
      ' | "vol-2"',
      "Volume.VolumeId: its type lacks (string & {})"
    ],
    ["a default", "Default: `vol-1`.", "", "AttachVolumeRequest.VolumeId: its comment lacks Default: `vol-1`."],
    ["a range", ", 10 to 20", "", "Volume.Size: its comment lacks 10 to 20"],
    ["an example", " Example: `vol-1`.", "", "Volume.VolumeId: its comment lacks Example: `vol-1`."],
    ["a page", "Pages: `.items`", "", "DescribeVolumes: its comment lacks `.items` returns `VolumeSet`"],
    ["a category", "Category `quota`", "Category", "LimitExceeded_: its comment does not name its category"],
    ["a status", "@deprecated It is deprecated.", "", "RestoreVolume: its comment lacks @deprecated It is deprecated."]
  ])("fails the check without %s", (_, from, to, expected) => {
    assert.include(text, from)
    assert.include(compare(text.replaceAll(from, to)), `ebs 2026-01-01: ${expected}`)
  })
})
