/**
 * What an editor shows of the products, whose unions have hundreds of members and so have to come by name; and what it offers after the
 * name of a module and a dot.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import ts from "typescript-5.9"

const root = fileURLToPath(new URL("../..", import.meta.url))
const program = `${root}test/types/program.ts`
const text = `
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import * as Waiter from "effect-tencentcloud/Waiter"

export const { RunInstances, DescribeInstances } = Cvm
export const { ChatCompletions } = Hunyuan
export const call = RunInstances({})
export const items = DescribeInstances.items()
export const pages = DescribeInstances.pages()
export const events = ChatCompletions.stream({ Model: "", Messages: [] })
export const wait = Waiter.waitUntil(DescribeInstances, {}, { done: () => true })
`

/** A program that a user is writing. */
const draft = `${root}test/types/draft.ts`
const drafted = `
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"

ApiClient.;
Gateway.;
`

interface Hint {
  readonly e?: ReadonlyArray<string>
  readonly d?: unknown
  readonly r?: readonly [number | null, number | null]
  readonly x?: unknown
}

interface Version {
  readonly actions: Record<string, { readonly errors: ReadonlyArray<number>; readonly intl?: boolean }>
  readonly objects: Record<string, ReadonlyArray<readonly [name: string, type: string, flags?: string]>>
}

const readJson = (path: string) => JSON.parse(readFileSync(`${root}catalogue/${path}`, "utf8"))
const cvm: Version = readJson("cvm.json").versions["2017-03-12"]

/** The hints of the requests of cvm and hunyuan, as the catalogue's files have them. */
const hinted = (
  [
    ["Cvm", readJson("hints/cvm.json").versions["2017-03-12"], cvm],
    ["Hunyuan", readJson("hints/hunyuan.json").versions["2023-09-01"], readJson("hunyuan.json").versions["2023-09-01"]]
  ] as ReadonlyArray<readonly [string, Record<string, Record<string, Hint>>, Version]>
).flatMap(([module, objects, { objects: shapes }]) =>
  Object.entries(objects)
    .filter(([object]) => object.endsWith("Request"))
    .flatMap(([object, members]) =>
      Object.entries(members).map(([member, hint]) => ({
        path: `${module}.${object}["${member}"]`,
        type: shapes[object]?.find(([name]) => name === member)?.[1] ?? "",
        required: shapes[object]?.find(([name]) => name === member)?.[2]?.includes("r") === true,
        hint
      }))
    )
)

const offered = hinted.filter(({ hint, type }) => hint.e !== undefined && type === "string").slice(0, 30)
const described = hinted.filter(({ hint }) => hint.d !== undefined || hint.r !== undefined).slice(0, 20)
const actions = Object.entries(cvm.actions).slice(0, 20)

/** Members that a user fills in, members and actions that a user points at. */
const pointed = `${root}test/types/pointed.ts`
const pointedText = `
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"

${offered.map(({ path }, index) => `export const offered${index}: ${path} = ""`).join("\n")}
${offered.map(({ path }, index) => `export const unlisted${index}: ${path} = "NO_SUCH_VALUE"`).join("\n")}
${described.map(({ path }, index) => `export const described${index}: ${path} | undefined = undefined`).join("\n")}
${actions.map(([name]) => `export const action${name} = Cvm.${name}`).join("\n")}
`

const texts: Readonly<Record<string, string>> = {
  [pointed]: pointedText,
  [program]: text,
  [draft]: drafted
}

const { directoryExists, fileExists, getDirectories, readDirectory, readFile } = ts.sys
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, readFile).config,
  ts.sys,
  root
)
const read = (file: string): string | undefined => texts[file] ?? readFile(file)
const service = ts.createLanguageService({
  getScriptFileNames: () => Object.keys(texts),
  getScriptVersion: () => "1",
  getScriptSnapshot: (file) => {
    const source = read(file)
    return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source)
  },
  getCurrentDirectory: () => root,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (file) => file in texts || fileExists(file),
  readFile: read,
  readDirectory,
  directoryExists,
  getDirectories
})

/** The text over a name where it is declared, without the names of modules in it. */
const hover = (name: string): string => {
  const at = new RegExp(`(?<=const .*?)\\b${name}\\b`).exec(text)?.index ?? -1
  const parts = service.getQuickInfoAtPosition(program, at)?.displayParts
  return ts.displayPartsToString(parts).replace(/\s+/g, " ").replace(/\b(Cvm|Hunyuan|Effect)\.(?=[A-Z])/g, "")
}

/** What an editor offers after the name of a module and a dot, the first names first. */
const completions = (module: string): ReadonlyArray<string> => {
  const at = drafted.indexOf(`\n${module}.`) + module.length + 2
  return (service.getCompletionsAtPosition(draft, at, undefined)?.entries ?? []).map(({ name }) => name)
}

// The compiler reads the library, Effect and two products for it.
describe("an editor shows", { timeout: 600_000 }, () => {
  it("a program without errors", () => {
    const faults = [...service.getSyntacticDiagnostics(program), ...service.getSemanticDiagnostics(program)]
    assert.deepStrictEqual(
      faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      []
    )
  })

  it.each([
    ["RunInstances", 'const RunInstances: Unary<"RunInstances", RunInstancesRequest, RunInstancesResponse, RunInstancesError>'],
    [
      "DescribeInstances",
      'const DescribeInstances: Paged<"DescribeInstances", DescribeInstancesRequest, DescribeInstancesResponse, DescribeInstancesError, Instance>'
    ],
    [
      "ChatCompletions",
      'const ChatCompletions: Streamed<"ChatCompletions", ChatCompletionsRequest, ChatCompletionsResponse, ChatCompletionsError>'
    ]
  ])("the request, the response and the errors of %s by name", (name, expected) => assert.strictEqual(hover(name), expected))

  it.each([
    ["call", "Effect<RunInstancesResponse & ", "CallError<RunInstancesError>"],
    ["items", "Stream<Instance, ", "CallError<DescribeInstancesError>"],
    ["pages", "Stream<DescribeInstancesResponse & ", "CallError<DescribeInstancesError>"],
    ["events", "Stream<ChatCompletionsResponse & ", "ChatCompletionsError"],
    ["wait", "Effect<DescribeInstancesResponse & ", "WaitError<"]
  ])("the errors of %s by name", (name, start, error) => {
    const shown = hover(name)
    assert.include(shown, `const ${name}: ${start}`)
    assert.include(shown, error)
    assert.notMatch(shown, /more \.\.\./)
    // The call itself takes 120 letters and more.
    if (name !== "wait") assert.notInclude(shown, "Action<")
  })
})

describe("an editor offers", { timeout: 600_000 }, () => {
  it.each([
    ["ApiClient", ["call", "stream", "dryRun", "callable", "paged", "withOptions", "callStats"]],
    ["ApiClient", ["layer", "layerConfig", "layerTransport", "layerHttp", "layerServices"]],
    ["Gateway", ["handlers", "make", "layer", "Gateway"]]
  ])("after `%s.` its members: %j", (module, members) => {
    const offered = completions(module)
    assert.deepStrictEqual(members.filter((member) => !offered.includes(member)), [])
    // Nothing but the module's own: an editor that does not know a module offers every word of the file.
    assert.notInclude(offered, module === "ApiClient" ? "Gateway" : "DescribeInstances")
  })
})

describe("of what the catalogue knows, an editor", { timeout: 600_000 }, () => {
  const after = (words: string): number => pointedText.indexOf(words) + words.length
  /** The comment over something in the text, after some words. */
  const comment = (words: string, inside = 1): string =>
    ts.displayPartsToString(service.getQuickInfoAtPosition(pointed, after(words) - inside)?.documentation)

  it("has enough to show", () => assert.deepStrictEqual([offered.length, described.length, actions.length], [30, 20, 20]))

  it.each(offered.map(({ hint, path }, index) => [path, hint.e ?? [], index] as const))(
    "completes %s by %j",
    (path, values, index) => {
      const start = `offered${index}: ${path} = "`
      const entries = service.getCompletionsAtPosition(pointed, after(start), undefined)?.entries ?? []
      assert.includeMembers(
        entries.map(({ name }) => name),
        [...values]
      )
    }
  )

  it("takes every other value too", () => {
    const faults = service.getSemanticDiagnostics(pointed)
    assert.deepStrictEqual(
      faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      []
    )
  })

  it.each(described.map(({ hint, path, required }, index) => [path, hint, required, index] as const))(
    "tells of %s what its hint %j says",
    (path, { d, r, x }, required, index) => {
      const shown = comment(`described${index}: ${path}`, 3)
      assert.include(shown, required ? "Required" : "Optional")
      if (d !== undefined) assert.include(shown, `Default: \`${d}\`.`)
      if (x !== undefined) assert.include(shown, `Example: \`${x}\`.`)
      for (const end of r ?? []) if (end !== null) assert.include(shown, String(end))
    }
  )

  it.each(actions)("tells what there is to know of %s", (name, { errors, intl }) => {
    const shown = comment(`export const action${name} = Cvm.${name}`)
    assert.include(shown, "cvm 2017-03-12.")
    assert.include(shown, name.startsWith("Describe") ? "Only reads." : "Changes something.")
    assert.include(shown, `Declares ${errors.length === 0 ? "no" : errors.length} code`)
    for (const site of intl === true ? ["tencentcloud.com", "cloud.tencent.com"] : ["cloud.tencent.com"]) {
      assert.include(shown, `https://console.${site}/api/explorer?Product=cvm&Version=2017-03-12&Action=${name})`)
    }
  })
})
