/** How requests of some actions travel: to a host of their own, or as bytes with headers. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import { compareVersion } from "../../scripts/catalogue/check.js"
import * as Module from "../../scripts/catalogue/module.js"
import { update } from "../../scripts/catalogue/update.js"
import { canonical, only, volumes } from "./catalogues.js"

type Travel = Pick<Catalogue.Action, "host" | "octetStream">

/** A product whose first action travels so. */
const travelling = (travel: Travel, objects = volumes.objects): Catalogue.Product =>
  only({
    objects,
    actions: {
      ...volumes.actions,
      AttachVolume: { request: "AttachVolumeRequest", response: "AttachVolumeResponse", ...travel, errors: [0, 4] }
    }
  })

const flat = { ...volumes.objects, AttachVolumeRequest: [["VolumeId", "string", "r"]] } satisfies typeof volumes.objects

const versionOf = (product: Catalogue.Product) => product.versions["2026-01-01"] ?? assert.fail()

describe("P13 and G5: how a request travels, in a file of the catalogue", () => {
  it("P13: G5: is written before the codes, and read again", () => {
    const text = Catalogue.format(travelling({ octetStream: "Content", host: "ebs.ai" }, flat))
    assert.include(text, '"response":"AttachVolumeResponse","host":"ebs.ai","octetStream":"Content","errors":[0,4]}')
    assert.strictEqual(Catalogue.format(Catalogue.parse("ebs.json", text)), text)
  })

  it.each<[Travel, string, typeof volumes.objects]>([
    [{ host: "cvm.ai" }, "host: `cvm.ai` does not begin with the product, as in `ebs.ai`", flat],
    [{ host: "ebs" }, "host: `ebs` does not begin with the product, as in `ebs.ai`", flat],
    [{ host: "ebs.ai/x" }, "host: `ebs.ai/x` does not begin with the product, as in `ebs.ai`", flat],
    [{ octetStream: "no name" }, "octetStream: `no name` is no name of a member", flat],
    [
      { octetStream: "VolumeId" },
      "octetStream: the object `AttachVolumeRequest` has a member `VolumeId` already",
      flat
    ],
    [
      { octetStream: "Content" },
      "octetStream: no header can carry `Tags`, which has the type `list<Tag>`",
      volumes.objects
    ]
  ])("P13: G5: is valid: %j is not", (travel, reason, objects) =>
    assert.throws(
      () => Catalogue.parse("ebs.json", Catalogue.format(travelling(travel, objects))),
      `ebs.json is malformed:\n  versions.2026-01-01.actions.AttachVolume.${reason}`
    )
  )

  it("P13: G5: is in the module", () => {
    const { text } = Module.render(
      "ebs",
      "2026-01-01",
      versionOf(travelling({ octetStream: "Content", host: "ebs.ai" }, flat))
    )
    for (const part of [
      '"VolumeId:s!,Content:B"',
      '"b|binary Content|host ebs.ai"',
      "readonly Content?: Uint8Array | undefined"
    ])
      assert.include(text, part)
  })

  it.scoped("P13: G5: stays if a newer catalogue does not know it", () =>
    Effect.gen(function* () {
      const into = yield* canonical(travelling({ octetStream: "Content", host: "ebs.ai" }, flat))
      const from = yield* canonical(travelling({}, { ...flat, Tag: [["Key", "string", "r"]] }))
      update({ from, into })
      const kept = Catalogue.parse("ebs.json", readFileSync(join(into, "ebs.json"), "utf8"))
      assert.deepInclude(versionOf(kept).actions.AttachVolume, { octetStream: "Content", host: "ebs.ai" })
    })
  )
})

describe("the check of the modules", () => {
  it("P13: G5: notes a host and a body that the modules do not have", async () => {
    const file = Catalogue.read("catalogue", (name) => name === "cls").get("cls") ?? assert.fail()
    const written = file.product.versions["2020-10-16"] ?? assert.fail()
    const exports = await import("effect-tencentcloud/products/cls/v20201016")
    assert.deepStrictEqual(compareVersion("cls", "2020-10-16", written, exports), [])
    const action = (name: string, travel: Travel) => ({ ...(written.actions[name] ?? assert.fail()), ...travel })
    const { octetStream: _, ...plain } = action("UploadLog", {})
    const actions = {
      ...written.actions,
      UploadLog: plain,
      ChatCompletions: action("ChatCompletions", { host: "cls.x" })
    }
    const differences = compareVersion("cls", "2020-10-16", { ...written, actions }, exports).join("\n")
    assert.include(differences, "ChatCompletions: host is cls.ai, and the catalogue says cls.x")
    assert.include(differences, "UploadLog: octetStream is true, and the catalogue says false")
  })
})
