/** Asks the language service of TypeScript what an editor offers in the fresh project. */
import { join } from "node:path"
import ts from "typescript-5.9"

/** Names that a user has to find after the name of a module and a dot. */
const expected = {
  ApiClient: [
    "call",
    "stream",
    "dryRun",
    "layer",
    "layerConfig",
    "layerTransport",
    "layerHttp",
    "layerServices",
    "paged",
    "withOptions"
  ],
  Gateway: ["handlers", "layer"]
}

/** A language service over one file. The file does not have to exist. */
const serviceFor = (folder, file, text) => {
  const { directoryExists, fileExists, getDirectories, readDirectory, readFile } = ts.sys
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    types: []
  }
  const read = (path) => (path === file ? text : readFile(path))
  return ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const source = read(path)
      return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source)
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === file || fileExists(path),
    readFile: read,
    readDirectory,
    directoryExists,
    getDirectories
  })
}

/** The names that an editor offers after `Module.`, for each module. Returns the ones that are missing, as sentences. */
export const missingCompletions = (folder, name) =>
  Object.entries(expected).flatMap(([module, members]) => {
    const file = join(folder, "completions.ts")
    const text = `import * as ${module} from "${name}/${module}"\n${module}.`
    const offered = serviceFor(folder, file, text).getCompletionsAtPosition(file, text.length, undefined)?.entries ?? []
    const names = new Set(offered.map((entry) => entry.name))
    return members
      .filter((member) => !names.has(member))
      .map((member) => `An editor does not offer ${member} after \`${module}.\` in a fresh project.`)
  })
