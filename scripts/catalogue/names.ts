/** The names of the error classes of a version. */
import * as CommonError from "../../src/domain/errors/CommonError.js"

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** `InvalidInstance.NotFound` is `InvalidInstanceNotFound`; a dot at the end becomes an underscore. */
const camel = (code: string): string => code.split(/[._]/).map(capital).join("") + (code.endsWith(".") ? "_" : "")

/** If two codes would have the same name, dots become underscores: `InvalidParameter_Conflict`, `InvalidParameterConflict`. */
const dotted = (code: string): string => (code.includes(".") ? code.split(".").map(capital).join("_") : camel(code))

/** The classes of `domain/CommonError`, by code. */
export const common: ReadonlyMap<string, string> = new Map(
  Object.entries(CommonError).flatMap(([name, value]) =>
    typeof value === "function" && "code" in value ? [[String(value.code), name] as const] : []
  )
)

/** The name of the class of each code. */
export const ofCodes = (codes: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const plain = codes.map((code) => common.get(code) ?? camel(code))
  return new Map(
    codes.map((code, index) => {
      const name = plain[index] ?? code
      const alone = common.has(code) || plain.indexOf(name) === plain.lastIndexOf(name)
      return [code, alone ? name : dotted(code)]
    })
  )
}
