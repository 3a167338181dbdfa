/**
 * `npm run generate`: writes the modules of all products from `catalogue/`; `npm run generate -- cvm cdb` those of some. A file
 * that says what it said before is left as it is, so that a compiler sees what changed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import * as Catalogue from "./catalogue.js"
import * as Module from "./module.js"

const root = new URL("../../", import.meta.url)
const target = new URL("src/products/", root)
const begin = performance.now()
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("-"))
const verbose = process.argv.includes("--near-misses")

const written = new Set<string>()
const write = (path: string, text: string): void => {
  const file = new URL(path, target)
  written.add(path)
  if (existsSync(file) && readFileSync(file, "utf8") === text) return
  mkdirSync(new URL(".", file), { recursive: true })
  writeFileSync(file, text)
}

const moduleName = (version: string): string => `v${version.replaceAll("-", "")}`

const count = { products: 0, versions: 0, actions: 0, paged: 0, streams: 0, nearMisses: 0 }
const nearMisses: Array<string> = []

const generate = (product: Catalogue.Product): void => {
  count.products += 1
  for (const [version, facts] of Object.entries(product.versions)) {
    const { outcomes, text } = Module.render(product.product, version, facts)
    write(`${product.product}/${moduleName(version)}.ts`, text)
    count.versions += 1
    for (const { action, pager, streams } of outcomes) {
      count.actions += 1
      if (streams) count.streams += 1
      if (pager === undefined) continue
      if ("by" in pager) count.paged += 1
      else nearMisses.push(`${product.product} ${version} ${action}: ${pager.reason}`)
    }
  }
  write(
    `${product.product}.ts`,
    [
      `// Generated from catalogue/${product.product}.json by \`npm run generate\`. What is changed here is lost.`,
      "",
      `export * from "./${product.product}/${moduleName(Catalogue.newest(product))}.js"`,
      ""
    ].join("\n")
  )
}

/** The list of all products, each loaded when it is asked for. */
const index = (products: ReadonlyArray<Catalogue.Product>): string =>
  [
    "// Generated from catalogue/ by `npm run generate`. What is changed here is lost.",
    "",
    'import type * as $ from "../services/Catalogue.js"',
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

/** What an earlier catalogue had and this one has not. */
const removeOthers = (): void => {
  for (const path of readdirSync(target, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".ts") && !written.has(path.replaceAll("\\", "/"))) rmSync(new URL(path, target))
  }
}

try {
  const products = Catalogue.read(new URL("catalogue/", root), (name) => wanted.length === 0 || wanted.includes(name))
  const unknown = wanted.filter((name) => !products.has(name))
  if (unknown.length > 0) throw new Error(`There is no catalogue/${unknown[0]}.json.`)
  const read = [...products.values()].map((parse) => parse())
  for (const product of read) generate(product)
  if (wanted.length === 0) {
    write("index.ts", index(read))
    removeOthers()
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const { actions, paged, streams, versions } = count
  console.log(
    `${count.products} products, ${versions} versions, ${actions} actions, ${paged} with pages (${nearMisses.length} near misses), ${streams} that stream: ${seconds} s`
  )
  if (verbose) console.log(nearMisses.join("\n"))
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
}
