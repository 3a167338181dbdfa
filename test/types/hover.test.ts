/**
 * What an editor shows of the products, whose unions have hundreds of members and so have to come by name; and what it offers after the
 * name of a module and a dot.
 */
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

const texts: Readonly<Record<string, string>> = { [program]: text, [draft]: drafted }

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
    ["items", "Stream<Instance, ", "DescribeInstancesError"],
    ["events", "Stream<ChatCompletionsResponse & ", "ChatCompletionsError"],
    ["wait", "Effect<DescribeInstancesResponse & ", "WaitError<"]
  ])("the errors of %s by name", (name, start, error) => {
    const shown = hover(name)
    assert.include(shown, `const ${name}: ${start}`)
    assert.include(shown, error)
    assert.notMatch(shown, /more \.\.\./)
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
