import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Command from "../../scripts/catalogue/command.js"
import { type Fault, format, hold, parse, report } from "../../scripts/catalogue/examples.js"
import * as Generate from "../../scripts/catalogue/generate.js"
import { fromSources } from "../../scripts/catalogue/import.js"
import * as Published from "../../scripts/catalogue/sources/published.js"
import * as Tccli from "../../scripts/catalogue/sources/tccli.js"
import { canonical, target } from "./catalogues.js"
import { go, tccli, tree } from "./officialSources.js"

const held = Effect.gen(function* () {
  const [from, goDir, into] = [yield* tree(tccli()), yield* tree(go()), yield* target]
  const { products } = fromSources({ tccli: from, go: goDir, into: "" })
  const catalogue = yield* canonical(...products.values())
  Generate.generate({ catalogue, target: into })
  const module = pathToFileURL(join(into, "ebs", "v20260101.ts")).href
  return yield* Effect.promise(() => hold(Tccli.read(from), async () => (await import(module)).product))
})

const wrong: ReadonlyArray<Fault> = [
  {
    ...{ product: "ebs", version: "2026-01-01", action: "DescribeDisks", example: 2, part: "answer" },
    fault: "it is no JSON: is JSON that breaks off after 64 characters"
  },
  {
    ...{ product: "ebs", version: "2026-01-01", action: "DescribeDisks", example: 2, part: "request" },
    fault: "`State` is missing"
  }
]

describe("the published examples", () => {
  it.scoped(
    "are held against the contracts: bodies, queries, null for an optional member, errors, streams, large integers",
    () =>
      Effect.gen(function* () {
        const { faults, ...counts } = yield* held
        assert.deepStrictEqual(counts, { requests: 3, queries: 1, answers: 4 })
        assert.deepStrictEqual(parse(format(faults)), wrong)
      })
  )

  it("pass if each failure is in the list of wrong examples, and the shares are high enough", () => {
    const all = { requests: 1000, queries: 0, answers: 1000, faults: wrong }
    assert.deepStrictEqual(report(all, wrong), {
      lines: [
        `  ebs 2026-01-01 DescribeDisks example 2 answer: ${wrong[0]?.fault}`,
        "  ebs 2026-01-01 DescribeDisks example 2 request: `State` is missing",
        "",
        "requests: 999 of 1000 pass, 99.900 %",
        "queries: 0 of 0 pass, 100.000 %",
        "answers: 999 of 1000 pass, 99.900 %"
      ],
      isWell: true
    })
    assert.isFalse(report({ ...all, requests: 100 }, wrong).isWell)
    const unlisted = report(all, wrong.slice(1))
    assert.isFalse(unlisted.isWell)
    assert.match(unlisted.lines[0] ?? "", /^! ebs .* answer/)
    assert.include(unlisted.lines.at(-1), "1 marked !")
    assert.include(report({ ...all, faults: [] }, wrong.slice(1)).lines[0], "is listed, and passes or is gone")
  })

  it("have a list of wrong ones in git, sorted, without a word of theirs", () => {
    const text = readFileSync(Command.fromRoot("catalogue/example-faults.json"), "utf8")
    assert.strictEqual(format(parse(text)), text)
    assert.match(text, /^[\x20-\x7e\n]*$/)
  })

  it("are read where a value holds an ampersand, and not where there is no request", () => {
    const query =
      "https://ebs.tencentcloudapi.com/?Action=A\n&Url=https://a.example/?b=c&d=e+f\n&Ids.0=x\n&<公共请求参数>"
    assert.deepStrictEqual(Either.getOrThrow(Published.requestOf({ input: query })).parameters, {
      Url: "https://a.example/?b=c&d=e+f",
      Ids: ["x"]
    })
    assert.deepStrictEqual(Published.requestOf({ input: "see above" }), Either.left("it is no request"))
    assert.deepStrictEqual(Published.requestOf({ input: "POST / HTTP/1.1" }), Either.left("it has no JSON body"))
    assert.deepStrictEqual(Published.answerOf({ output: "see above" }), Either.left("it is no answer"))
  })
})
