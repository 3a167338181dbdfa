import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import { optionsOf, update } from "../../scripts/catalogue/update.js"
import { canonical, catalogue, ebs, folder, only, volumes } from "./catalogues.js"

/** The files of a folder, by name. */
const texts = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(path).map((file) => [file, readFileSync(join(path, file), "utf8")]))

const cbs: Catalogue.Product = { ...only(), product: "cbs" }

/** What is said where the older catalogue becomes the newer one. */
const changes = (older: Catalogue.Product, newer: Catalogue.Product) =>
  Effect.gen(function* () {
    const [into, from] = [yield* canonical(older), yield* canonical(newer)]
    const lines = update({ from, into })
    assert.deepStrictEqual(texts(into), texts(from))
    assert.deepStrictEqual(update({ from, into }).at(-1), "Nothing has changed; 0 files written, 0 removed")
    return lines
  })

describe("an update of the catalogue", () => {
  it.scoped("reports no change, and writes nothing, if nothing has changed", () =>
    Effect.gen(function* () {
      const into = yield* canonical(ebs)
      assert.deepStrictEqual(update({ from: yield* canonical(ebs), into }), [
        "The catalogue holds products 1, versions 2, actions 8, codes 5, pairs 14",
        "Nothing has changed; 0 files written, 0 removed"
      ])
    })
  )

  it.scoped("formats a file with the same content in another layout", () =>
    Effect.gen(function* () {
      const into = yield* catalogue({ ebs })
      assert.strictEqual(
        update({ from: yield* canonical(ebs), into }).at(-1),
        "Nothing has changed; 1 file written, 0 removed"
      )
      assert.deepStrictEqual(texts(into), { "ebs.json": Catalogue.format(ebs) })
    })
  )

  it.scoped("names a new product", () =>
    Effect.gen(function* () {
      const into = yield* canonical(ebs)
      const lines = update({ from: yield* canonical(cbs, ebs), into })
      assert.deepStrictEqual(lines, [
        "cbs",
        "  + product cbs: 2026-01-01 with 4 actions, 5 codes",
        "",
        "The catalogue holds products 2, versions 3, actions 12, codes 5, pairs 21",
        "products +1; 1 file written, 0 removed"
      ])
      assert.deepStrictEqual(texts(into), { "cbs.json": Catalogue.format(cbs), "ebs.json": Catalogue.format(ebs) })
    })
  )

  it.scoped("keeps and reports a product that is absent", () =>
    Effect.gen(function* () {
      const into = yield* canonical(cbs, ebs)
      const before = texts(into)
      assert.deepStrictEqual(update({ from: yield* canonical(ebs), into }), [
        "? product cbs is absent from the newer catalogue, and kept: --remove takes it out",
        "",
        "The catalogue holds products 2, versions 3, actions 12, codes 5, pairs 21",
        "Nothing has changed; 1 absent and kept; 0 files written, 0 removed"
      ])
      assert.deepStrictEqual(texts(into), before)
    })
  )

  it.scoped("removes a product that is absent if the option says so", () =>
    Effect.gen(function* () {
      const into = yield* canonical(cbs, ebs)
      assert.deepStrictEqual(update({ from: yield* canonical(ebs), into, remove: true }), [
        "cbs",
        "! - product cbs",
        "",
        "The catalogue holds products 1, versions 2, actions 8, codes 5, pairs 14",
        "products -1; 1 marked ! may break programs; 0 files written, 1 removed"
      ])
      assert.deepStrictEqual(Object.keys(texts(into)), ["ebs.json"])
    })
  )

  it.scoped("names a new version, and says that it is the newest now", () =>
    Effect.gen(function* () {
      const newer = { ...ebs, versions: { ...ebs.versions, "2027-01-01": volumes } }
      assert.deepStrictEqual((yield* changes(ebs, newer)).slice(0, 4), [
        "ebs",
        "  + version 2027-01-01: 4 actions, 5 codes",
        "! ~ product ebs: products/ebs is 2027-01-01, and was 2026-01-01",
        ""
      ])
    })
  )

  it.scoped("keeps a version that is absent, and removes it if the option says so", () =>
    Effect.gen(function* () {
      const [into, from] = [yield* canonical(ebs), yield* canonical(only())]
      assert.strictEqual(
        update({ from, into })[0],
        "? version 2024-01-01 of ebs is absent from the newer catalogue, and kept: --remove takes it out"
      )
      assert.deepStrictEqual(texts(into), { "ebs.json": Catalogue.format(ebs) })
      assert.deepStrictEqual(update({ from, into, remove: true }).slice(0, 2), ["ebs", "! - version 2024-01-01"])
      assert.deepStrictEqual(texts(into), { "ebs.json": Catalogue.format(only()) })
    })
  )

  it.scoped("names actions that are new, changed and removed, and marks what may break a program", () =>
    Effect.gen(function* () {
      const older = only({
        actions: { Detach: { request: "DetachRequest", response: "DetachResponse", errors: [] } },
        objects: { DetachRequest: [], DetachResponse: [["RequestId", "string"]] }
      })
      const newer = only({
        codes: [...volumes.codes, "ResourceNotFound.Volume"],
        actions: {
          AttachVolume: {
            request: "AttachVolumeRequest",
            response: "AttachVolumeResponse",
            intl: true,
            errors: [4, 5]
          },
          DescribeVolumes: {
            request: "DescribeVolumesRequest",
            response: "DescribeVolumesResponse",
            status: "offline",
            errors: [0, 1, 2, 3]
          },
          DetachVolume: { request: "DetachVolumeRequest", response: "DetachVolumeResponse", errors: [] },
          RestoreVolume: { request: "RestoreRequest", response: "RestoreVolumeResponse", errors: [4] }
        },
        objects: { DetachVolumeRequest: [], DetachVolumeResponse: [["RequestId", "string"]], RestoreRequest: [] }
      })
      assert.deepStrictEqual(yield* changes(older, newer), [
        "ebs 2026-01-01",
        "  + action DetachVolume",
        "! - action Detach",
        "  ~ action AttachVolume: now on the international site",
        "  ~ action AttachVolume: now declares ResourceNotFound.Volume",
        "! ~ action AttachVolume: no longer declares InvalidParameter",
        "! ~ action DescribeVolumes: online → offline",
        "! ~ action DescribeVolumes: no longer on the international site",
        "! ~ action RestoreVolume: its request is RestoreRequest, and was RestoreVolumeRequest",
        "  ~ action RestoreVolume: deprecated → online",
        "  + code ResourceNotFound.Volume",
        "",
        "The catalogue holds products 1, versions 1, actions 5, codes 6, pairs 7",
        "actions +1 -1 ~3, codes +1; 5 marked ! may break programs; 1 file written, 0 removed"
      ])
    })
  )

  it.scoped("names members that are new, changed and removed, and marks what may break a program", () =>
    Effect.gen(function* () {
      const older = only({
        objects: {
          ExplainRequest: [
            ["Question", "string"],
            ["Topic", "Topic"]
          ],
          ExplainResponse: [
            ["Note", "string", "o"],
            ["Count", "int64"],
            ["Old", "list<string>"],
            ["RequestId", "string"]
          ],
          Topic: [["Name", "string"]]
        }
      })
      const newer = only({
        objects: {
          ExplainRequest: [
            ["Question", "string", "r"],
            ["Depth", "int64", "r"],
            ["Width", "int64"],
            ["Subject", "Subject"]
          ],
          ExplainResponse: [
            ["Note", "datetime", "nd"],
            ["Count", "string"],
            ["Hints", "list<string>", "ro"],
            ["RequestId", "string"]
          ],
          Subject: []
        }
      })
      assert.deepStrictEqual(yield* changes(older, newer), [
        "ebs 2026-01-01",
        "  + object Subject",
        "! - object Topic",
        "! ~ member ExplainRequest.Question: now required",
        "! + member ExplainRequest.Depth: int64, required",
        "  + member ExplainRequest.Width: int64",
        "  + member ExplainRequest.Subject: Subject",
        "! - member ExplainRequest.Topic: Topic",
        "  ~ member ExplainResponse.Note: string → datetime, now nullable, now deprecated, no longer always present",
        "! ~ member ExplainResponse.Count: int64 → string",
        // No response is asked to have a member.
        "  + member ExplainResponse.Hints: list<string>, required, always present",
        "! - member ExplainResponse.Old: list<string>",
        "",
        "The catalogue holds products 1, versions 1, actions 4, codes 5, pairs 7",
        "objects +1 -1, members +4 -2 ~3; 6 marked ! may break programs; 1 file written, 0 removed"
      ])
    })
  )

  it.scoped("names codes that are new and removed, and classes whose names change", () =>
    Effect.gen(function* () {
      const actions = Object.fromEntries(
        Object.entries(volumes.actions).map(([name, action]) => [name, { ...action, errors: [] }])
      )
      const older = only({ codes: ["LimitExceeded.Disk", "ResourceInUse.Disk"], actions })
      const newer = only({ codes: ["LimitExceeded.Disk", "LimitExceededDisk"], actions })
      assert.deepStrictEqual((yield* changes(older, newer)).slice(0, 5), [
        "ebs 2026-01-01",
        "  + code LimitExceededDisk",
        "! - code ResourceInUse.Disk",
        "! ~ code LimitExceeded.Disk: its class is LimitExceeded_Disk, and was LimitExceededDisk",
        ""
      ])
    })
  )

  it.scoped("A4: keeps the fact that an action can stream if the newer catalogue does not say", () =>
    Effect.gen(function* () {
      const attach = { request: "AttachVolumeRequest", response: "AttachVolumeResponse", errors: [0, 4] }
      const streams = only({ actions: { AttachVolume: { ...attach, stream: true } } })
      const into = yield* canonical(streams)
      const kept = texts(into)
      assert.notInclude(update({ from: yield* canonical(only()), into }).join("\n"), "stream")
      assert.deepStrictEqual(texts(into), kept)
      const without = yield* catalogue({ ebs: only({ actions: { AttachVolume: { ...attach, stream: false } } }) })
      assert.include(update({ from: without, into }).join("\n"), "! ~ action AttachVolume: no longer streams")
      assert.include((yield* changes(only(), streams)).join("\n"), "  ~ action AttachVolume: now streams")
    })
  )

  it.scoped("reports actions that start or stop to page or stream, even if no member is removed", () =>
    Effect.gen(function* () {
      const response: ReadonlyArray<Catalogue.Member> = volumes.objects.DescribeVolumesResponse ?? []
      const two = only({
        objects: {
          DescribeVolumesResponse: [...response, ["ZoneSet", "list<string>"]],
          ExplainRequest: [["Question", "string", "r"]]
        }
      })
      assert.deepStrictEqual((yield* changes(only(), two)).slice(1, 3), [
        "! ~ action DescribeVolumes: no longer has pages of VolumeSet, by Offset",
        "! ~ action Explain: no longer streams"
      ])
      assert.deepStrictEqual((yield* changes(two, only())).slice(1, 3), [
        "  ~ action DescribeVolumes: now has pages of VolumeSet, by Offset",
        "  ~ action Explain: now streams"
      ])
      const renamed = only({
        objects: {
          DescribeVolumesResponse: [
            ["TotalCount", "int64"],
            ["Volumes", "list<Volume>"]
          ]
        }
      })
      assert.strictEqual(
        (yield* changes(only(), renamed))[1],
        "! ~ action DescribeVolumes: its pages are of Volumes, by Offset, and were of VolumeSet, by Offset"
      )
    })
  )

  it.scoped("writes nothing in a dry run, and reports what it would do", () =>
    Effect.gen(function* () {
      const [into, from] = [yield* canonical(cbs, ebs), yield* canonical(only({ objects: { Tag: [] } }))]
      const before = texts(into)
      assert.deepStrictEqual(update({ from, into, dryRun: true, remove: true }), [
        "cbs",
        "! - product cbs",
        "",
        "ebs",
        "! - version 2024-01-01",
        "",
        "ebs 2026-01-01",
        "! - member Tag.Key: string",
        "! - member Tag.Value: string",
        "",
        "The catalogue would hold products 1, versions 1, actions 4, codes 5, pairs 7",
        "products -1, versions -1, members -2; 4 marked ! may break programs; 1 file to write, 1 to remove"
      ])
      assert.deepStrictEqual(texts(into), before)
    })
  )

  it.scoped("writes nothing if any file is malformed, and names each", () =>
    Effect.gen(function* () {
      const into = yield* canonical(only())
      const before = texts(into)
      const from = yield* catalogue({ cbs: "{", ebs, vpc: { ...ebs, product: "vpc", versions: {} } })
      const run = () => update({ from, into, remove: true })
      assert.throws(run, `${from}/cbs.json is malformed:\n  it is no JSON: `)
      assert.throws(run, `${from}/vpc.json is malformed:\n  versions: there is none`)
      assert.deepStrictEqual(texts(into), before)
    })
  )

  it.scoped("writes nothing if the current catalogue is malformed", () =>
    Effect.gen(function* () {
      const into = yield* catalogue({ ebs: "<<<<<<< HEAD" })
      const from = yield* canonical(ebs)
      assert.throws(() => update({ from, into }), `${into}/ebs.json is malformed:`)
      assert.deepStrictEqual(texts(into), { "ebs.json": "<<<<<<< HEAD" })
    })
  )

  it.scoped("fails for a folder without a catalogue", () =>
    Effect.gen(function* () {
      const [from, into] = [yield* folder, yield* canonical(ebs)]
      assert.throws(() => update({ from, into, remove: true }), `There is no catalogue in ${from}.`)
      assert.throws(() => update({ from: `${from}/newer`, into }), `There is no folder ${from}/newer.`)
      assert.deepStrictEqual(Object.keys(texts(into)), ["ebs.json"])
    })
  )

  it("accepts a folder and two options, and rejects everything else before it reads a file", () => {
    const { into, ...plain } = optionsOf(["newer"])
    assert.isTrue(into.endsWith("catalogue"))
    assert.deepStrictEqual(plain, { from: "newer", remove: false, dryRun: false })
    const { into: _, ...full } = optionsOf(["--remove", "newer", "--dry-run"])
    assert.deepStrictEqual(full, { from: "newer", remove: true, dryRun: true })
    assert.throws(() => optionsOf([]), "Usage: npm run catalogue:update -- <dir")
    assert.throws(() => optionsOf(["newer", "newest"]), "Usage: npm run catalogue:update -- <dir")
    assert.throws(() => optionsOf(["newer", "--dryrun"]), "--dryrun")
  })
})
