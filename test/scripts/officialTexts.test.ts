/** The trial that adds the texts of an installed official package to our interfaces. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { mergeTexts } from "../../scripts/official-texts.mjs"

const ours = `export interface RunRequest {
  /** Optional string. */
  readonly ImageId?: string | undefined
  readonly Size: number
}
export interface DiskOutput {
  readonly DiskId?: string
}
export interface Empty {}
`

const theirs = `export interface RunRequest {
    /**
     * The <b>image</b>,
     * by its id.
     */
    ImageId?: string;
    Size: number;
    /** It is not ours. */
    Other?: string;
}
export interface Disk {
    /**
     * A disk.
     */
    DiskId: string;
}
`

describe("the texts of an installed official package", () => {
  it("are added to the members that both have, without markup", () => {
    assert.deepStrictEqual(mergeTexts("effect-tencentcloud/products/ebs", ours, theirs), {
      count: 2,
      text: `import "effect-tencentcloud/products/ebs"
declare module "effect-tencentcloud/products/ebs" {
  interface RunRequest {
    /** The image, by its id. */
    readonly ImageId?: string | undefined
  }
  interface DiskOutput {
    /** A disk. */
    readonly DiskId?: string
  }
}
`
    })
  })

  it("are those of most members of cvm", () => {
    const models = "tencentcloud-sdk-nodejs-cvm/tencentcloud/services/cvm/v20170312/cvm_models.d.ts"
    const folder = dirname(createRequire(import.meta.url).resolve("tencentcloud-sdk-nodejs-cvm/package.json"))
    const cvm = readFileSync(new URL("../../src/products/cvm/v20170312.ts", import.meta.url), "utf8")
    const official = readFileSync(join(folder, "..", models), "utf8")
    const { count, text } = mergeTexts("effect-tencentcloud/products/cvm/v20170312", cvm, official)
    assert.isAbove(count, 900)
    assert.include(text, "  interface RunInstancesRequest {")
  })
})
