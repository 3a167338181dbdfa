/** The main programs of README and docs end as a program should: at Ctrl-C and at SIGTERM, finalizers run. */
import { spawn } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"

const root = fileURLToPath(new URL("../../", import.meta.url))

const pages = ["README.md", ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md")
)

const blocksOf = (page: string): ReadonlyArray<string> =>
  [...readFileSync(root + page, "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code)

describe("S7: a main program", () => {
  it.each(pages)("of %s is run by NodeRuntime.runMain", (page) => {
    for (const code of blocksOf(page)) assert.notMatch(code, /^(await )?Effect\.run(Promise|Fork|Callback)\(/m)
  })

  it("is in README twice, and elsewhere", () => {
    const count = (page: string) => blocksOf(page).filter((code) => /^NodeRuntime\.runMain\(/m.test(code)).length
    assert.strictEqual(count("README.md"), 2)
    assert.isAbove(count("docs/serving.md"), 0)
  })

  it.each(["SIGINT", "SIGTERM"] as const)(
    "of README runs its finalizers at %s, with a call in flight",
    async (signal) => {
      let hasCalled = () => {}
      const called = new Promise<void>((resolve) => {
        hasCalled = resolve
      })
      const service = createServer(() => hasCalled())
      await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve))
      const { port } = service.address() as AddressInfo
      const [page = ""] = blocksOf("README.md")
      const program = page
        .replace('region: "ap-guangzhou"', `region: "ap-guangzhou", endpoint: "http://127.0.0.1:${port}"`)
        .replace("runMain(program.pipe(", 'runMain(program.pipe(Effect.ensuring(Effect.log("finalizer ran")), ')
      assert.notStrictEqual(program, page)
      const path = `${root}test/package/.page-${process.pid}-${signal}.ts`
      writeFileSync(path, program)
      try {
        const child = spawn(process.execPath, ["--import", "tsx", path], {
          cwd: root,
          env: { ...process.env, TENCENTCLOUD_SECRET_ID: "AKIDtest", TENCENTCLOUD_SECRET_KEY: "test" }
        })
        let output = ""
        for (const stream of [child.stdout, child.stderr]) {
          stream.on("data", (chunk: Buffer) => {
            output += String(chunk)
          })
        }
        const ended = new Promise<void>((resolve) => child.on("close", () => resolve()))
        await Promise.race([called, ended])
        child.kill(signal)
        await ended
        assert.include(output, "finalizer ran")
      } finally {
        rmSync(path, { force: true })
        service.closeAllConnections()
        await new Promise((resolve) => service.close(resolve))
      }
    },
    60_000
  )
})
