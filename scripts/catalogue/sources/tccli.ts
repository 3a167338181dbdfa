/** Reads the sources of `tccli`, the official command line: the shapes, documents and published examples of every product. */
import * as Schema from "effect/Schema"
import * as Catalogue from "../catalogue.js"
import * as Files from "./files.js"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.NullOr(schema))

/** Some products write 1 instead of true. */
const Flag = Schema.Literal(true, false, 1, 0)

const Member = Schema.Struct({
  name: Schema.String,
  type: Schema.Literal("string", "int", "float", "bool", "binary", "object", "list"),
  /** The type of the member, or of the elements of its list: a scalar or an object. */
  member: Schema.String,
  required: optional(Flag),
  value_allowed_null: optional(Flag),
  disabled: optional(Flag),
  output_required: optional(Flag),
  document: optional(Schema.String),
  example: optional(Schema.Unknown)
}).annotations({ identifier: "a member" })
export type Member = typeof Member.Type

const Action = Schema.Struct({
  input: Schema.String,
  output: Schema.String,
  status: optional(Schema.Literal("online", "deprecated", "offline", "")),
  skip_sign: optional(Flag)
}).annotations({ identifier: "an action" })

const Api = Schema.Struct({
  metadata: Schema.Struct({ apiVersion: Schema.String, serviceShortName: Schema.String }),
  actions: Schema.Record({ key: Schema.String, value: Action }),
  objects: Schema.Record({ key: Schema.String, value: Schema.Struct({ members: Schema.Array(Member) }) })
})

const Example = Schema.Struct({
  title: optional(Schema.String),
  input: optional(Schema.String),
  output: optional(Schema.String)
}).annotations({ identifier: "an example" })
export type Example = typeof Example.Type

const Examples = Schema.Struct({ actions: Schema.Record({ key: Schema.String, value: Schema.Array(Example) }) })

/** A version of a product, as the package describes it. */
export interface Version {
  readonly file: string
  readonly product: string
  readonly version: string
  readonly actions: (typeof Api.Type)["actions"]
  readonly objects: Readonly<Record<string, ReadonlyArray<Member>>>
  /** The published examples of each action. */
  readonly examples: Readonly<Record<string, ReadonlyArray<Example>>>
}

/** What to do where the folder holds no such sources. */
export const advice =
  "Download the package with `pip download --no-deps --no-binary :all: tccli`, unpack it, and name its folder with --tccli."

/** The type of a member, in the words of the catalogue. */
export const typeOf = ({ member, type }: Member): string => (type === "list" ? `list<${member}>` : member)

const faultsOf = ({ actions, objects }: Omit<Version, "examples">): ReadonlyArray<string> => [
  ...Object.entries(actions).flatMap(([name, { input, output }]) =>
    [["input", input] as const, ["output", output] as const].flatMap(([side, object]) =>
      Object.hasOwn(objects, object) ? [] : [`actions.${name}.${side}: there is no object \`${object}\``]
    )
  ),
  ...Object.entries(objects).flatMap(([name, members]) =>
    members.flatMap(({ member, name: label }, index) =>
      Catalogue.scalars.includes(member) || Object.hasOwn(objects, member)
        ? []
        : [
            `objects.${name}.members.${index}: \`${label}\` has the type \`${member}\`, which is neither an object of this version nor one of ${Catalogue.scalars.join(", ")}`
          ]
    )
  )
]

const readVersion = (folder: Files.Folder): Version => {
  const source = folder.read("api.json")
  if (source === undefined) throw new Catalogue.Malformed(folder.path, ["there is no api.json"])
  const { actions, metadata, objects } = Files.json(source, Api)
  const published = folder.read("examples.json")
  const version = {
    file: source.file,
    product: metadata.serviceShortName,
    version: metadata.apiVersion,
    actions,
    objects: Object.fromEntries(Object.entries(objects).map(([name, { members }]) => [name, members]))
  }
  const faults = faultsOf(version)
  if (faults.length > 0) throw new Catalogue.Malformed(source.file, faults)
  return { ...version, examples: published === undefined ? {} : Files.json(published, Examples).actions }
}

/** The versions of all products in a folder. Throws with every malformed file, or with what to install. */
export const read = (folder: string): ReadonlyArray<Version> => [
  ...Files.byVersion(Files.collect(Files.folders(folder, "api.json", advice), readVersion)).values()
]
