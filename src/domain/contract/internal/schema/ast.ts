/** The parts of a schema's syntax tree and of its parse issues that we read. They are internals of the schema libraries. */

/**
 * The common part of `effect/SchemaAST` and the older `@effect/schema/AST`. One reader serves both, and a program that uses
 * neither loads neither.
 */
export interface Ast {
  readonly _tag: string
  readonly annotations: object
  readonly types?: ReadonlyArray<Ast>
  readonly from?: Ast
  readonly propertySignatures?: ReadonlyArray<{
    readonly name: PropertyKey
    readonly type: Ast
    readonly isOptional: boolean
  }>
  readonly indexSignatures?: ReadonlyArray<{ readonly parameter: Ast; readonly type: Ast }>
  readonly elements?: ReadonlyArray<{ readonly type: Ast }>
  readonly rest?: ReadonlyArray<{ readonly type: Ast }>
  readonly literal?: unknown
  readonly enums?: ReadonlyArray<readonly [string, string | number]>
  readonly f?: () => Ast
}

/** The common part of a `ParseIssue` in both libraries. */
export interface ParseIssue {
  readonly _tag: string
  readonly actual: unknown
  readonly ast?: unknown
  readonly path?: unknown
  readonly issue?: unknown
  readonly issues?: unknown
  readonly kind?: string
  readonly message?: string | undefined
}

const annotationIds = (name: string): ReadonlyArray<symbol> => [
  Symbol.for(`effect/annotation/${name}`),
  Symbol.for(`@effect/schema/annotation/${name}`)
]

const descriptions = ["Description", "Title", "Identifier"].flatMap(annotationIds)
const names = ["Identifier", "Title"].flatMap(annotationIds)
const jsonSchemas = annotationIds("JSONSchema")

/** Returns the name or description that the author of a schema gave it. */
export const descriptionOf = (ast: Ast): string | undefined => {
  for (const id of descriptions) {
    const text: unknown = Reflect.get(ast.annotations, id)
    if (typeof text === "string") return text
  }
  return undefined
}

/** Whether a refinement accepts whole numbers only. The library's own refinements say so in their JSON Schema. */
const isWhole = (ast: Ast): boolean =>
  jsonSchemas.some((id) => {
    const schema: unknown = Reflect.get(ast.annotations, id)
    return typeof schema === "object" && schema !== null && Reflect.get(schema, "type") === "integer"
  })

const isBinary = (ast: Ast): boolean =>
  names.some((id) => ["Uint8Array", "Uint8ArrayFromSelf"].includes(String(Reflect.get(ast.annotations, id))))

const alternatives = (ast: Ast): ReadonlyArray<Ast> =>
  ast._tag === "Union"
    ? (ast.types ?? []).filter((type) => type._tag !== "UndefinedKeyword").flatMap(alternatives)
    : [ast]

/** Returns the values that a choice of literals accepts, or `undefined` for any other type. */
export const choicesOf = (ast: Ast): ReadonlyArray<unknown> | undefined => {
  const values: Array<unknown> = []
  for (const type of alternatives(ast)) {
    if (type._tag === "Literal") values.push(type.literal)
    else if (type._tag === "Enums") values.push(...(type.enums ?? []).map(([, value]) => value))
    else return undefined
  }
  return values
}

/** Returns the name of the type on the wire, as the service's own messages write it. */
export const wireTypeOf = (ast: Ast): string => {
  switch (ast._tag) {
    case "StringKeyword":
    case "TemplateLiteral":
      return "string"
    case "NumberKeyword":
      return "float"
    case "BigIntKeyword":
      return "int64"
    case "BooleanKeyword":
      return "bool"
    case "TypeLiteral":
      return "object"
    case "TupleType":
      return "list"
    case "Literal":
      return JSON.stringify(ast.literal) ?? "nothing"
    case "Enums":
      return (ast.enums ?? []).map(([, value]) => JSON.stringify(value)).join(" or ")
    case "Union":
      return [...new Set(alternatives(ast).map(wireTypeOf))].join(" or ")
    case "Suspend":
      return ast.f === undefined ? "object" : wireTypeOf(ast.f())
    case "Declaration":
      return isBinary(ast) ? "binary" : (descriptionOf(ast) ?? "another type")
    default: {
      if (ast.from === undefined) return descriptionOf(ast) ?? "another type"
      const from = wireTypeOf(ast.from)
      return from === "float" && isWhole(ast) ? "int64" : from
    }
  }
}
