/**
 * `npm run generate`: writes the modules of all products from `catalogue/`; `npm run generate -- cvm cdb` those of some. A file
 * whose content is the same is not written again, so that a compiler sees what changed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Catalogue from "./catalogue.js"
import * as Command from "./command.js"
import * as Hints from "./hints.js"
import * as Module from "./module.js"
import * as Waiters from "./waiters.js"

export interface Options {
  /** The folder of the catalogue's files. */
  readonly catalogue: string
  /** The folder of the modules. */
  readonly target: string
  /** The products to write. Default: all. */
  readonly wanted?: ReadonlyArray<string>
}

/** The counts of the modules, and the actions that seem to page, each with the reason why it has no pages. */
export interface Written {
  readonly products: number
  readonly versions: number
  readonly actions: number
  readonly paged: number
  readonly streams: number
  readonly nearMisses: ReadonlyArray<string>
}

const header = (source: string): string =>
  `// Generated from ${source} by \`npm run generate\`. What is changed here is lost.`

export const moduleName = (version: string): string => `v${version.replaceAll("-", "")}`

/** The module of a product without a version: it exports the newest version. */
const newestOf = (product: Catalogue.Product): string =>
  [
    header(`catalogue/${product.product}.json`),
    "",
    `export * from "./${product.product}/${moduleName(Catalogue.newest(product))}.js"`,
    ""
  ].join("\n")

/** The list of all products, each loaded on demand. */
const indexOf = (products: ReadonlyArray<Catalogue.Product>): string =>
  [
    header("catalogue/"),
    "",
    'import type * as $ from "../services/catalogue/Catalogue.js"',
    "",
    "/** Every product of the catalogue, by its versions, oldest first; each is loaded when it is asked for. */",
    "export const products: $.Products = {",
    products
      .map(({ product, versions }) => {
        const lines = Object.keys(versions)
          .sort()
          .map((version) => `    "${version}": () => import("./${product}/${moduleName(version)}.js")`)
        return `  ${product}: {\n${lines.join(",\n")}\n  }`
      })
      .join(",\n"),
    "}",
    ""
  ].join("\n")

/** Writes the modules. Throws if a file of the catalogue is malformed, and then writes nothing. */
export const generate = ({ catalogue, target, wanted = [] }: Options): Written => {
  const unknown = wanted.filter((name) => !Catalogue.files(catalogue).has(name))
  if (unknown.length > 0) throw new Error(`There is no catalogue/${unknown[0]}.json.`)
  const read = Catalogue.read(catalogue, (name) => wanted.length === 0 || wanted.includes(name))
  const hints = Hints.read(catalogue, read)
  const waiters = Waiters.read(catalogue, read)
  const products = [...read.values()].map(({ product }) => product)

  const modules = new Map<string, string>()
  const outcomes: Array<Module.Outcome & { readonly of: string }> = []
  for (const product of products) {
    for (const [version, facts] of Object.entries(product.versions)) {
      const rendered = Module.render(
        product.product,
        version,
        facts,
        hints.get(product.product)?.hints.versions[version],
        waiters.get(product.product)?.[version]
      )
      modules.set(`${product.product}/${moduleName(version)}.ts`, rendered.text)
      for (const outcome of rendered.outcomes) outcomes.push({ ...outcome, of: `${product.product} ${version}` })
    }
    modules.set(`${product.product}.ts`, newestOf(product))
  }
  if (wanted.length === 0) modules.set("index.ts", indexOf(products))

  for (const [path, text] of modules) {
    const file = join(target, path)
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  if (wanted.length === 0) {
    // Removes what an earlier catalogue had and this one lacks.
    for (const path of readdirSync(target, { recursive: true, encoding: "utf8" })) {
      if (path.endsWith(".ts") && !modules.has(path.replaceAll("\\", "/"))) rmSync(join(target, path))
    }
  }

  return {
    products: products.length,
    versions: products.reduce((sum, { versions }) => sum + Object.keys(versions).length, 0),
    actions: outcomes.length,
    paged: outcomes.filter(({ pager }) => pager !== undefined && "by" in pager).length,
    streams: outcomes.filter(({ streams }) => streams).length,
    nearMisses: outcomes.flatMap(({ action, of, pager }) =>
      pager === undefined || "by" in pager ? [] : [`${of} ${action}: ${pager.reason}`]
    )
  }
}

await Command.main(import.meta.url, (args) => {
  const begin = performance.now()
  const { actions, nearMisses, paged, products, streams, versions } = generate({
    catalogue: Command.fromRoot("catalogue"),
    target: Command.fromRoot("src/products"),
    wanted: args.filter((argument) => !argument.startsWith("-"))
  })
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  console.log(
    `${products} products, ${versions} versions, ${actions} actions, ${paged} with pages (${nearMisses.length} near misses), ${streams} that stream: ${seconds} s`
  )
  if (args.includes("--near-misses")) console.log(nearMisses.join("\n"))
  return 0
})
