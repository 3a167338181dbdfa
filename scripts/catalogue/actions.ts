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
  declared: ReadonlyArray<string>,
  details: string
): string => {
  const [request, response] = shapes
  const start = `export const ${name}: `
  const type = group(`$.${kind}<`, generics, ">", width - start.length - 2)
  const flat = [`"${name}"`, `_${request}`, `_${response}`, `[${declared.join(", ")}]`, `"${details}"`].join(", ")
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
        `${indent}  ${group("[", declared, "]", width - indent.length - 3, `${indent}  `)}`,
        `${indent}  "${details}"`
      ].join(",\n")}\n${indent})`
  return `${start}${type} =${broken ? " " : "\n  "}${call}`
}

/** An action, with the union of its errors before it. */
export const actionOf = (
  product: string,
  version: string,
  name: string,
  { className, facts, hints, objects, outputs, typeIn }: Model
): { readonly text: string; readonly outcome: Outcome } => {
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
  const defined = definition(name, kind, generics, [request, response], declared, details)
  return {
    text: [unionOf(`${name}Error`, declared), `${doc}${defined}`].join("\n\n"),
    outcome: { action: name, pager, streams }
  }
}
