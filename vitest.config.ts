import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const src = fileURLToPath(new URL("./src", import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-tencentcloud$/, replacement: `${src}/index.ts` },
      { find: /^effect-tencentcloud\/products$/, replacement: `${src}/products/index.ts` },
      { find: /^effect-tencentcloud\/(.*)$/, replacement: `${src}/$1.ts` }
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
