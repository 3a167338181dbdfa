/** Reads the sources of the official clients for Go and Python: codes, streams, content types and hosts. */
import * as Catalogue from "../catalogue.js"
import * as Files from "./files.js"

/** What a client tells of a version. */
export interface Client {
  readonly file: string
  readonly product: string
  readonly version: string
  /** The codes of the version. */
  readonly codes: ReadonlyArray<string>
  /** The codes of each action. The client for Python tells none. */
  readonly errors: ReadonlyMap<string, ReadonlyArray<string>>
  /** The actions whose answers can be a stream of events. */
  readonly streams: ReadonlySet<string>
  /** The actions whose request is sent as `application/octet-stream`. */
  readonly octets: ReadonlySet<string>
  /** The hosts of the actions that have one of their own. */
  readonly hosts: ReadonlyMap<string, string>
}

/** The lines of a source, each with its number from 1. */
const linesOf = ({ text }: Files.Source) => text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 }))

/**
 * The codes of the constants in a file. Each line that is neither blank, nor a comment, nor one of `others`, must be a constant.
 */
const constantsOf = (source: Files.Source, constant: RegExp, others: RegExp): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const codes = linesOf(source).flatMap(({ line, number }) => {
    const code = constant.exec(line)?.[1]
    if (code === undefined && line.trim() !== "" && !others.test(line)) {
      faults.push(`line ${number}: \`${line.trim()}\` is no constant of an error code`)
    }
    return code === undefined ? [] : [code]
  })
  if (faults.length > 0) throw new Catalogue.Malformed(source.file, faults)
  return [...new Set(codes)]
}

const goConstant = /^\s*[A-Z_]\w*\s*=\s*"([^"\s]+)"\s*$/
const goOthers = /^\s*(\/\/|package \w+\s*$|const \(\s*$|\)\s*$)/
const goCode = /^\/\/\s+[A-Z_]\w* = (.*)$/
const goCodesFollow = /^\/\/ (error code that may be returned|可能返回的错误码)\s*[:：]/i

/** The codes in the comments above the methods of a client for Go. */
const goErrors = (source: Files.Source): ReadonlyMap<string, ReadonlyArray<string>> => {
  const faults: Array<string> = []
  const errors = new Map<string, ReadonlyArray<string>>()
  let codes: Array<string> | undefined
  for (const { line, number } of linesOf(source)) {
    const method = /^func \(c \*Client\) (\w+?)(?:WithContext)?\(/.exec(line)?.[1]
    if (method !== undefined) {
      // A method without a list of codes declares none.
      errors.set(method, [...new Set([...(errors.get(method) ?? []), ...(codes ?? [])])])
      codes = undefined
    } else if (goCodesFollow.test(line)) codes = []
    else if (!line.startsWith("//")) codes = undefined
    else if (codes !== undefined && line.replace("//", "").trim() !== "") {
      const code = /^"([^"\s]+)"$/.exec(goCode.exec(line)?.[1]?.trim() ?? "")?.[1]
      if (code === undefined) faults.push(`line ${number}: \`${line.trim()}\` is no error code of a method`)
      else codes.push(code)
    }
  }
  if (faults.length > 0) throw new Catalogue.Malformed(source.file, faults)
  return errors
}

/** The text of each function, by the action that it belongs to. */
const goFunctions = ({ text }: Files.Source): ReadonlyMap<string, string> => {
  const bodies = new Map<string, string>()
  for (const part of text.split(/^(?=func )/m)) {
    const name = /^func (?:New(\w+)Request\(|\(c \*Client\) (\w+?)(?:WithContext)?\()/.exec(part)
    const action = name?.[1] ?? name?.[2]
    if (action !== undefined) bodies.set(action, (bodies.get(action) ?? "") + part.replace(/^\/\/.*$/gm, ""))
  }
  return bodies
}

const readGo = (folder: Files.Folder): Client => {
  const source = folder.read("client.go")
  if (source === undefined) throw new Catalogue.Malformed(folder.path, ["there is no client.go"])
  const version = Files.expectMatch(source, /^const APIVersion = "([\d-]+)"/m, 'there is no `const APIVersion = "…"`')
  const product = Files.expectMatch(
    source,
    /\.WithApiInfo\("([^"]+)", APIVersion, "\w+"\)/,
    "no request says `.WithApiInfo(product, APIVersion, action)`"
  )
  const bodies = goFunctions(source)
  const called = new Map(
    [...bodies].flatMap(([name, body]) => {
      const action = /\.WithApiInfo\("[^"]+", APIVersion, "(\w+)"\)/.exec(body)?.[1]
      return action === undefined ? [] : [[name, action] as const]
    })
  )
  const actionsWith = (pattern: RegExp) =>
    [...bodies].flatMap(([name, body]) => {
      const found = pattern.exec(body)
      const action = called.get(name)
      return found === null || action === undefined ? [] : [[action, found[1] ?? ""] as const]
    })
  const all = goErrors(source)
  const errors = new Map([...called].map(([name, action]) => [action, all.get(name) ?? []] as const))
  const [constants, models] = [folder.read("errors.go"), folder.read("models.go")]
  const codes = [
    ...(constants === undefined ? [] : constantsOf(constants, goConstant, goOthers)),
    ...[...errors.values()].flat()
  ]
  const streams = [...(models?.text.matchAll(/^type (\w+)Response struct \{\s*tchttp\.BaseSSEResponse\b/gm) ?? [])]
  return {
    file: source.file,
    product,
    version,
    codes: [...new Set(codes)],
    errors,
    streams: new Set(streams.flatMap(([, name = ""]) => called.get(name) ?? [])),
    octets: new Set(
      actionsWith(/SendOctetStream\(|SetContentType\("application\/octet-stream"\)/).map(([name]) => name)
    ),
    hosts: new Map(actionsWith(/\.SetDomain\("([^"]+)"\)/))
  }
}

const pythonConstant = /^[A-Z_]\w*\s*=\s*'([^'\s]+)'\s*$/

const readPython = (folder: Files.Folder): Client => {
  const source = folder.read("_client.py")
  if (source === undefined) throw new Catalogue.Malformed(folder.path, ["there is no client"])
  const constants = folder.read("errorcodes.py")
  const named = (pattern: RegExp) => new Set([...source.text.matchAll(pattern)].map(([, name = ""]) => name))
  return {
    file: source.file,
    product: Files.expectMatch(source, /^ {4}_service = '([^']+)'/m, "there is no `_service = '…'`"),
    version: Files.expectMatch(source, /^ {4}_apiVersion = '([\d-]+)'/m, "there is no `_apiVersion = '…'`"),
    codes: constants === undefined ? [] : constantsOf(constants, pythonConstant, /^\s*#/),
    errors: new Map(),
    streams: named(/\._call_and_deserialize\("(\w+)"/g),
    octets: named(/\.call_octet_stream\("(\w+)"/g),
    hosts: new Map()
  }
}

/** What to do where a folder holds no such sources. */
const goAdvice =
  "Download the modules with `go mod download github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/<product>@latest`, copy them into one folder, and name it with --go."
const pythonAdvice =
  "Download the package with `pip download --no-deps tencentcloud-sdk-python`, unpack it, and name its folder with --python."

/** The clients of a folder with modules of the official client for Go. */
export const go = (folder: string): ReadonlyMap<string, Client> =>
  Files.byVersion(Files.collect(Files.folders(folder, "client.go", goAdvice), readGo))

/** The clients of a folder with the official client for Python. It tells the codes of a version, yet not all of them. */
export const python = (folder: string): ReadonlyMap<string, Client> =>
  Files.byVersion(Files.collect(Files.folders(folder, "_client.py", pythonAdvice), readPython))
