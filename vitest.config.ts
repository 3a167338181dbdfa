import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const src = fileURLToPath(new URL("./src", import.meta.url))

const { exports } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"))

/** Tests import the front doors as users do, and get their sources. */
const doors = Object.entries<{ default: string }>(exports).flatMap(([subpath, target]) => {
  const name = /^\.\/([A-Z]\w*)$/.exec(subpath)?.[1]
  if (name === undefined) return []
  return [
    {
      find: new RegExp(`^effect-tencentcloud/${name}$`),
      replacement: src + target.default.replace("./dist", "").replace(".js", ".ts")
    }
  ]
})

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-tencentcloud$/, replacement: `${src}/index.ts` },
      { find: /^effect-tencentcloud\/products$/, replacement: `${src}/products/index.ts` },
      { find: /^effect-tencentcloud\/products\/(.*)$/, replacement: `${src}/products/$1.ts` },
      ...doors
    ]
  },
  test: {
    include: ["test/**/*.test.ts"],
    // One a core also where there are two, of which Vitest would leave one alone.
    maxWorkers: 2,
    minWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000
  }
})
