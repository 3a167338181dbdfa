import { assert, describe, it } from "@effect/vitest"
import { inOrder, installLinesOf, problemsOf, withTarball } from "../../scripts/package/installLines.mjs"

describe("an install line", () => {
  it("is found in a block of code and in a sentence", () => {
    const text =
      "Type this:\n\n```sh\nnpm install a effect@3\n```\n\nThen `npm install --save-dev b@0.30 c@3`, or npm install."
    assert.deepStrictEqual(installLinesOf(text), [
      ["a", "effect@3"],
      ["--save-dev", "b@0.30", "c@3"]
    ])
  })

  it.each([
    ["a effect@3 @effect/platform@0.97", []],
    ["--save-dev @effect/vitest@0.30 vitest@3", []],
    ["a effect", ["effect has no version"]],
    ["a effect@latest @effect/platform", ["effect@latest has no version", "@effect/platform has no version"]],
    ["a @effect/platform@0", ["@effect/platform@0 is below 1.0"]]
  ])("has to name versions: %s", (line, expected) => {
    const problems = problemsOf(line.split(" "), "a")
    assert.strictEqual(problems.length, expected.length)
    for (const [index, part] of expected.entries()) assert.include(problems[index], part)
  })

  it("takes a tarball in the place of the package", () => {
    assert.deepStrictEqual(withTarball(["a", "effect@3"], "a", "/tmp/a.tgz"), ["/tmp/a.tgz", "effect@3"])
  })

  it("runs once, after those that install the package", () => {
    const lines = [["b@1"], ["a", "effect@3"], ["b@1"]]
    assert.deepStrictEqual(inOrder(lines, "a"), [["a", "effect@3"], ["b@1"]])
  })
})
