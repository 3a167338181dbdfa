/** The codes of the catalogue about quotas, bills and stock, in any family: each was read by eye. */
import { readdirSync, readFileSync } from "node:fs"
import * as ErrorCode from "effect-tencentcloud/ErrorCode"
import { assert, it } from "vitest"

const catalogue = new URL("../../../catalogue/", import.meta.url)

interface File {
  readonly versions?: Readonly<Record<string, { readonly codes?: ReadonlyArray<string> }>>
}

const codes = new Set(
  readdirSync(catalogue)
    .filter((name) => name.endsWith(".json"))
    .map((name): File => JSON.parse(readFileSync(new URL(name, catalogue), "utf8")))
    .flatMap(({ versions = {} }) => Object.values(versions))
    .flatMap(({ codes = [] }) => codes)
)

const listed = readFileSync(new URL("scarceCodes.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")

it("S6: the categories quota, billing and soldOut have these codes of the catalogue, and no others", () => {
  const found = [...codes].flatMap((code) => {
    const category = ErrorCode.categoryOf(code)
    // The two families of amounts are quotas as they stand.
    const isPlain = category === "quota" && ["LimitExceeded", "ResourceInsufficient"].includes(ErrorCode.family(code))
    return ["quota", "billing", "soldOut"].includes(category) && !isPlain ? [`${category} ${code}`] : []
  })
  assert.deepStrictEqual(found.sort(), listed)
})
