/** Writes the actions of a module, each with the union of its errors. */
import { actionComment } from "./actionComments.js"
import * as Facts from "./facts.js"
import { group, unionOf, width } from "./layout.js"
import type { Model } from "./model.js"

/** The facts of an action that the generator counts and prints. */
export interface Outcome {
  readonly action: string
  readonly pager: Facts.Pager | Facts.NearMiss | undefined
  readonly streams: boolean
}

/** `export const Name: type = _define(…)`, broken over lines where Biome would break it. */
const definition = (
  name: string,
  kind: string,
  generics: ReadonlyArray<string>,
  shapes: readonly [request: string, response: string],
  declared: ReadonlyArray<string> | string,
  details: string
): string => {
  const list = typeof declared === "string" ? declared : `[${declared.join(", ")}]`
  const [request, response] = shapes
  const start = `export const ${name}: `
  const type = group(`$.${kind}<`, generics, ">", width - start.length - 2)
  const flat = [`"${name}"`, `_${request}`, `_${response}`, list, `"${details}"`].join(", ")
  const pure = "/* #__PURE__ */ _define("
  const inline = start.length + type.length + " = ".length + pure.length
  const broken = type.includes("\n") || inline <= width
  const indent = broken ? "" : "  "
  const before = type.includes("\n") ? pure.length + "> = ".length : broken ? inline : pure.length + 2
  const fits = before + flat.length + 1 <= width
  const call = fits
    ? `${pure}${flat})`
    : `${pure}\n${[
        `${indent}  "${name}"`,
        `${indent}  _${request}`,
        `${indent}  _${response}`,
        `${indent}  ${typeof declared === "string" ? declared : group("[", declared, "]", width - indent.length - 3, `${indent}  `)}`,
        `${indent}  "${details}"`
      ].join(",\n")}\n${indent})`
  return `${start}${type} =${broken ? " " : "\n  "}${call}`
}

/** The fewest codes that are worth a name. */
const manyCodes = 8

/** Whether an action declares every code of its version, as one whose own codes nobody knows. The modules write those once. */
const declaresEvery = ({ facts, classes }: Model, name: string): boolean =>
  classes.size >= manyCodes && new Set(facts(name).errors).size === classes.size

/** The classes of every code of a version, as a list and as a union, if an action declares them all. */
export const everyCode = (model: Model): ReadonlyArray<string> => {
  if (!model.names.some((name) => declaresEvery(model, name))) return []
  const all = [...model.classes.values()]
  return [
    `${group("const $every = [", all, "] as const", width)}`,
    unionOf("$EveryError", all).replace("export type", "type")
  ]
}

/** An action, with the union of its errors before it. */
export const actionOf = (
  product: string,
  version: string,
  name: string,
  model: Model
): { readonly text: string; readonly outcome: Outcome } => {
  const { className, facts, hints, objects, outputs, typeIn } = model
  const every = declaresEvery(model, name)
  const action = facts(name)
  const { errors, request, response } = action
  const requestMembers = objects[request] ?? []
  const letter = Facts.lettersOf(product, name, action, requestMembers)
  const streams = letter.includes("s")
  const pager = Facts.pagerOf(requestMembers, objects[response] ?? [], objects, hints[request])
  const paged = pager !== undefined && "by" in pager ? pager : undefined
  const kind = `${paged === undefined ? "" : "Paged"}${streams ? "Streamed" : ""}` || "Unary"
  const generics = [`"${name}"`, request, outputs.get(response) ?? response, `${name}Error`]
  if (paged !== undefined) generics.push(typeIn("response")(paged.element))
  const declared = [...new Set(errors.map(className))]
  const details = [
    letter,
    ...(paged === undefined ? [] : [Facts.partOf(paged)]),
    ...Facts.travelOf(facts(name), requestMembers)
  ].join("|")
  const comment = actionComment({
    ...{ product, version, name, action, letters: letter, pager: paged },
    ...{ request: requestMembers, codes: declared.length }
  })
  const doc = `/**\n${comment.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`
  const defined = definition(name, kind, generics, [request, response], every ? "$every" : declared, details)
  return {
    text: [
      every ? `export type ${name}Error = $EveryError` : unionOf(`${name}Error`, declared),
      `${doc}${defined}`
    ].join("\n\n"),
    outcome: { action: name, pager, streams }
  }
}
