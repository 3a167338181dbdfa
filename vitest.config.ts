import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { configDefaults, defineConfig } from "vitest/config"
import { aliasesOf } from "./scripts/doors.mjs"

const root = fileURLToPath(new URL(".", import.meta.url))
const manifest = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"))

/**
 * What `npm run test:fast` leaves out: suites that start other programs, compilers or servers that stand still on purpose, and
 * those that take seconds to prove a law. `npm test` runs them all.
 */
const slow = [
  "test/interop/**",
  "test/attacks/**",
  "test/fuzz/**",
  "test/scripts/**",
  "test/package/**",
  "test/examples/**",
  "test/types/**",
  "test/layers/client/faults.test.ts",
  "test/layers/client/FetchClient.test.ts",
  "test/layers/gateway/NodeGatewayLimits.test.ts",
  "test/layers/gateway/NodeGatewayStrangers.test.ts",
  "test/services/gateway/GatewayMalformed.test.ts",
  "test/services/gateway/CredentialValidator.test.ts",
  "test/services/gateway/RateLimiter.test.ts",
  "test/services/gateway/ReplayGuard.test.ts",
  "test/services/gateway/strangers.test.ts"
]

/** Another version of undici, which scripts/check-undici.mjs has installed. */
const { UNDICI: undici } = process.env
const otherUndici = undici === undefined ? [] : [{ find: /^undici(\/.*)?$/, replacement: `${undici}$1` }]

export default defineConfig(({ mode }) => ({
  // Tests import the doors as users do, and get their sources.
  resolve: { alias: [...aliasesOf(manifest, root), ...otherUndici] },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(mode === "fast" ? slow : [])],
    // To load the library once for all files takes half of the time. `npm test` keeps each file apart.
    isolate: mode !== "fast",
    // One a core also where there are two, of which Vitest would leave one alone.
    maxWorkers: 2,
    minWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000
  }
}))
