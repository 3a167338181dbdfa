import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** How each seam of docs/effect-4.md is found in the source. */
const seams: Readonly<Record<string, RegExp>> = {
  fiber:
    /withFiberRuntime|\.currentContext\b|currentDefaultServices|getFiberRef|fiber\.currentSpan\b|currentTracer\b|addObserver|removeObserver|unsafeInterruptAsFork|\.unsafeMap\b|FiberId\./,
  "effects of our own": /Effectable\./,
  "clock without a turn": /unsafeCurrentTime(Millis|Nanos)/,
  "forks and detached work": /Effect\.(disconnect|forkIn|forkDaemon|unsafeMakeLatch)\b|FiberSet\.|Deferred\.unsafeDone/,
  callbacks: /Effect\.async\b/,
  pulls: /Stream\.(toPull|fromPull|repeatEffectChunkOption)\b/,
  "streams and chunks":
    /Stream\.(mapConcat\w*|mapChunksEffect|paginate\w*|mapAccum\w*|runFoldWhile|unwrapScoped|toChannel|fromChannel)\b|Chunk\.unsafeFromArray/,
  schedules: /\bSchedule\.(?!Schedule\b)\w/,
  metrics: /\bMetric(Label)?\.\w/,
  tracer: /Effect\.makeSpan|Tracer\.Tracer\b|HttpTraceContext/,
  "schemas, by structure": /\bSchemaAST\b|\bAST\.\w|ParseResult\./,
  configuration: /ConfigError\.\w+\(|ConfigError\.is/,
  "HTTP client": /HttpClientError|HttpClientResponse|withTracerDisabledWhen/,
  "HTTP server": /HttpApp\b|withMaxBodySize/,
  randomness: /Random\.make\b|PCGRandom|DefaultServices\.liveServices/,
  references: /Context\.Reference\b/,
  experimental: /@effect\/experimental/
}

const sources = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.startsWith("products"))
  .map((name) => ({ name: name.slice(0, -".ts".length), text: readFileSync(`${root}/src/${name}`, "utf8") }))
  // What a comment says touches nothing.
  .map(({ name, text }) => ({ name, text: text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "") }))

const modulesOf = (seam: RegExp): ReadonlyArray<string> =>
  sources.flatMap(({ name, text }) => (seam.test(text) ? [name] : [])).sort()

const [, page = ""] = readFileSync(`${root}/docs/effect-4.md`, "utf8").split("## The seams")

const row = (seam: string): ReadonlyArray<string> => {
  const cells = page
    .split("\n")
    .find((line) => line.startsWith(`| ${seam} |`))
    ?.split(" | ")
  return [...(cells?.[2] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name).sort()
}

describe("docs/effect-4.md", () => {
  it.each(Object.entries(seams))("names every module that touches %s, and no other", (seam, pattern) => {
    const modules = modulesOf(pattern)
    assert.isNotEmpty(modules)
    assert.deepStrictEqual(row(seam), modules)
  })
})
