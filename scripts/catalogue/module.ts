/** Writes the module of one version of a product. */
import { actionOf, everyCode, type Outcome } from "./actions.js"
import type * as Catalogue from "./catalogue.js"
import { classComment } from "./comments.js"
import type * as Hints from "./hints.js"
import { byLetters, group, width } from "./layout.js"
import { interfacesOf } from "./members.js"
import { modelOf } from "./model.js"
import * as Names from "./names.js"
import { tableOf } from "./tables.js"
import * as Waiters from "./waiters.js"

export type { Outcome } from "./actions.js"
export { reach, types } from "./model.js"

const classOf = (name: string, code: string): string => {
  const start = `export class ${name} extends /* #__PURE__ */ $.ApiError(`
  const flat = `${start}"${code}") {}`
  return `/** ${classComment(code)} */\n${flat.length <= width ? flat : `${start}\n  "${code}"\n) {}`}`
}

/** The text of a module, and what came of each action. */
export const render = (
  product: string,
  version: string,
  catalogue: Catalogue.Version,
  hints: Hints.Objects = {},
  waiters: Waiters.Waiters = {}
): { readonly text: string; readonly outcomes: ReadonlyArray<Outcome> } => {
  const model = modelOf(catalogue, hints)
  const { classes, names, objects, shapeOf } = model
  const commonCodes = [...classes]
    .filter(([code]) => Names.common.has(code))
    .map(([, name]) => name)
    .sort(byLetters)
  const ownCodes = [...classes].filter(([code]) => !Names.common.has(code))
  const tables = Object.keys(objects)
    .sort()
    .map((name) => tableOf(name, shapeOf(name)))
  const actions = names.map((name) => actionOf(product, version, name, model))

  const text = [
    `// Generated from catalogue/${product}.json by \`npm run generate\`. What is changed here is lost.`,
    "",
    ...(commonCodes.length === 0
      ? []
      : [`${group("import { ", commonCodes, ' } from "../../domain/errors/CommonError.js"', width)}`]),
    'import * as $ from "../../services/catalogue/ProductAction.js"',
    "",
    ...(commonCodes.length === 0 ? [] : [group("export { ", commonCodes, " }", width), ""]),
    ...ownCodes.flatMap(([code, name]) => [classOf(name, code), ""]),
    ...interfacesOf(model).flatMap((item) => [item, ""]),
    ...tables.flatMap((item) => [item, ""]),
    `const _define = /* #__PURE__ */ $.define("${product}", "${version}")`,
    "",
    ...everyCode(model).flatMap((item) => [item, ""]),
    ...actions.flatMap(({ text }) => [text, ""]),
    ...Waiters.waitersOf(waiters, model),
    `/** ${product} ${version}, all its actions. */`,
    group(
      `export const product: $.Product = /* #__PURE__ */ $.product("${product}", "${version}", { `,
      names,
      " })",
      width
    ),
    ""
  ].join("\n")
  return { text, outcomes: actions.map(({ outcome }) => outcome) }
}
