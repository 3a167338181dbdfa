import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { checkDocstrings, longSentences } from "../../scripts/check-docs.js"
import { sentencesOf, sentencesOfDocstring } from "../../scripts/sentences.js"
import { door, type Files, tree } from "./trees.js"

const many = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(" ")

const counts = (markdown: string) => sentencesOf(markdown).map(({ line, words }) => [line, words])

const texts = (markdown: string) => sentencesOf(markdown).map(({ text }) => text)

describe("the sentences of a text", () => {
  it("end at a full stop, and continue over the end of a line", () => {
    assert.deepStrictEqual(counts("One two\nthree. Four five! Is it\nsix? Seven."), [
      [1, 3],
      [2, 2],
      [2, 3],
      [3, 1]
    ])
  })

  it("do not end within an abbreviation, a number or a name", () => {
    assert.deepStrictEqual(texts("It takes 2.5 ms, e.g. Effect 3.22 of effect.website. Next."), [
      "It takes 2.5 ms, e.g. Effect 3.22 of effect.website.",
      "Next."
    ])
  })

  it("end with a paragraph, an item of a list, a quotation and a cell of a table", () => {
    const markdown = `A paragraph

- an item that
  goes on
- another item
1. a numbered one

> a quotation

| a head | two |
| --- | :-: |
| a cell | of \`a | b\` here |
`
    assert.deepStrictEqual(counts(markdown), [
      [1, 2],
      [3, 5],
      [5, 2],
      [6, 3],
      [8, 2],
      [10, 2],
      [10, 1],
      [12, 2],
      [12, 3]
    ])
  })

  it("are not in headings, code, comments and definitions", () => {
    const markdown = `# A heading of words

\`\`\`ts
const code = "is not read"
\`\`\`

    npm ci    # neither is this

<!-- nor
this -->
[name]: https://example.com

Text.
`
    assert.deepStrictEqual(counts(markdown), [[13, 1]])
  })

  it("count a code span, an address and a link of a docstring as one word, and a link by its text", () => {
    assert.deepStrictEqual(
      counts("Take `a b\nc` or {@link Some.thing else}, at https://example.com/a?b=c. Or [two words](docs/a.md)."),
      [
        [1, 6],
        [2, 3]
      ]
    )
  })

  it("do not count dashes and arrows", () => {
    assert.deepStrictEqual(counts("This – or that → *there*."), [[1, 4]])
  })

  it("of a docstring end at its tags", () => {
    const comment =
      "/**\n * It does this\n * and that\n *\n * @example\n * ```ts\n * code()\n * ```\n *\n * @param a of which\n" +
      " * @since 0.1.0\n * @category models\n */"
    assert.deepStrictEqual(
      sentencesOfDocstring(comment, 10).map(({ line, words }) => [line, words]),
      [
        [11, 5],
        [19, 3]
      ]
    )
  })
})

const since = "@since 0.1.0\n"

const good: Files = {
  "package.json": { name: "lib", exports: { ".": door("index"), "./ApiClient": door("layers/client/ApiClient") } },
  "src/index.ts": `/**\n * All.\n *\n * ${since} */\nexport * as ApiClient from "./layers/client/ApiClient.js"\n`,
  "src/layers/client/ApiClient.ts":
    `/**\n * Calls.\n *\n * ${since} */\nexport * from "../../services/client/ApiClient.js"\n\n` +
    'export { given } from "../../services/client/internal/given.js"\n\n' +
    "/**\n * A layer.\n *\n * @since 0.1.0\n * @category layers\n */\nexport const layer = 1\n",
  "src/services/client/ApiClient.ts":
    `/**\n * A client.\n *\n * ${since} */\nimport * as fs from "node:fs"\n\n` +
    "/**\n * Makes one.\n *\n * @since 0.1.0\n * @category constructors\n */\nexport const make = fs\n",
  "src/services/client/internal/given.ts":
    "/** What is given. */\n\n/**\n * It.\n *\n * @since 0.1.0\n * @category models\n */\nexport const given = 1\n\nexport const other = 2\n",
  "README.md": `${many(35)}.\n`
}

const problems = (files: Files) => Effect.map(tree({ ...good, ...files }), (root) => checkDocstrings(root).problems)

const long = (files: Files) =>
  Effect.map(tree({ ...good, ...files }), (root) =>
    longSentences(root).map(({ line, path, words }) => `${path}:${line} ${words}`)
  )

describe("the check of the documents", () => {
  it.scoped("counts the declarations that the doors export", () =>
    Effect.gen(function* () {
      const root = yield* tree(good)
      assert.deepStrictEqual(checkDocstrings(root), { count: 3, modules: 3, problems: [] })
      assert.deepStrictEqual(longSentences(root), [])
    })
  )

  it.scoped("requires a docstring, a sentence and its tags, also behind `export *` and `export { … } from`", () =>
    Effect.gen(function* () {
      const found = yield* problems({
        "src/services/client/ApiClient.ts":
          `/**\n * A client.\n *\n * ${since} */\nimport * as fs from "node:fs"\n\n` +
          "export const make = fs\n/**\n * no sentence\n * @since 0.1.0\n */\nexport const run = fs\n",
        "src/services/client/internal/given.ts": "/** What is given. */\n\nexport const given = 1\n"
      })
      assert.deepStrictEqual(found, [
        "src/layers/client/ApiClient.ts:8 given lacks a docstring",
        "src/services/client/ApiClient.ts:8 make lacks a docstring",
        "src/services/client/ApiClient.ts:13 run lacks a sentence, @category"
      ])
    })
  )

  it.scoped("requires a header with @since in a file behind a door", () =>
    Effect.gen(function* () {
      const found = yield* problems({ "src/services/client/ApiClient.ts": 'import * as fs from "node:fs"\n' })
      assert.deepStrictEqual(found, ["src/services/client/ApiClient.ts:1 the module lacks a docstring"])
    })
  )

  it.scoped("finds a sentence of more than 35 words in documents and docstrings, with its place", () =>
    Effect.gen(function* () {
      const found = yield* long({
        "README.md": `Short.\n\n${many(36)}.\n`,
        "docs/more.md": `| a | ${many(40)} |\n`,
        "docs/api/index.md": many(50),
        "src/domain/a.ts": `// ${many(40)}\nconst a = 1\n\n/**\n * Short. ${many(20)}\n * ${many(17)}.\n */\nexport const b = a\n`,
        "src/products/cvm.ts": `/** ${many(40)} */\nexport const a = 1\n`
      })
      // A sentence begins with a capital letter, so the second one here goes with the first.
      assert.deepStrictEqual(found, ["README.md:3 36", "docs/more.md:1 40", "src/domain/a.ts:5 38"])
    })
  )

  it.scoped("fails as a program, and lists without failing", () =>
    Effect.gen(function* () {
      const root = yield* tree({ ...good, "README.md": `${many(36)}.\n` })
      const run = (...options: ReadonlyArray<string>) =>
        spawnSync(process.execPath, ["--import", "tsx", "scripts/check-docs.ts", ...options, root], {
          encoding: "utf8"
        })
      const failed = run()
      assert.strictEqual(failed.status, 1)
      assert.match(failed.stderr, /^README\.md:1 36 words: word0 word1 /)
      const listed = run("--list")
      assert.strictEqual(listed.status, 0)
      assert.match(listed.stdout, /^README\.md:1 36 words: word0 .*\n1 sentences have more than 35 words\n$/)
    })
  )
})
