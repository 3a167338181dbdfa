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
    testTimeout: 60_000,
    hookTimeout: 60_000
  }
})
