import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { folder } from "../files.js"
import { type Benchmark, type Turn, verify } from "../harness.js"

/** TypeScript 7, as a user runs it. */
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc")

/** One action of each product, with a request. A wrong request among them shows that the compiler checks them. */
const calls = [
  { product: "cvm", version: "v20170312", action: "DescribeInstances", right: "{ Limit: 10 }", wrong: '{ Limit: "" }' },
  {
    product: "mongodb",
    version: "v20190725",
    action: "DescribeDBInstances",
    right: "{ Limit: 10 }",
    wrong: '{ Limit: "" }'
  },
  { product: "monitor", version: "v20180724", action: "DescribeBaseMetrics", right: '{ Namespace: "" }', wrong: "{}" },
  {
    product: "sts",
    version: "v20180813",
    action: "GetFederationToken",
    right: '{ Name: "", Policy: "" }',
    wrong: "{}"
  },
  {
    product: "tke",
    version: "v20220501",
    action: "DescribeNodePools",
    right: '{ ClusterId: "" }',
    wrong: "{ ClusterId: 1 }"
  }
]

const ours = `
import * as Effect from "effect/Effect"
import * as ApiClient from "effect-tencentcloud/ApiClient"
${calls.map(({ product, version }) => `import * as ${product} from "effect-tencentcloud/products/${product}/${version}"`).join("\n")}

export const main = Effect.gen(function* () {
${calls
  .map(
    ({ action, product, right, wrong }) => `
  const ${product}Id: string = (yield* ${product}.${action}(${right})).RequestId
  // @ts-expect-error
  yield* ${product}.${action}(${wrong})`
  )
  .join("\n")}
  return [${calls.map(({ product }) => `${product}Id`)}]
}).pipe(Effect.provide(ApiClient.layer({ region: "ap-guangzhou" })))
`

const theirs = `
${calls.map(({ product }) => `import { ${product} } from "tencentcloud-sdk-nodejs-${product}"`).join("\n")}

const options = { credential: { secretId: "", secretKey: "" }, region: "ap-guangzhou" }

export const main = async () => {
${calls
  .map(
    ({ action, product, right, version, wrong }) => `
  const ${product}Client = new ${product}.${version}.Client(options)
  const ${product}Id: string | undefined = (await ${product}Client.${action}(${right})).RequestId
  // @ts-expect-error
  await ${product}Client.${action}(${wrong})`
  )
  .join("\n")}
  return [${calls.map(({ product }) => `${product}Id`)}]
}
`

const configuration = JSON.stringify({
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2023"],
    module: "NodeNext",
    moduleResolution: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"]
  },
  include: ["program.mts"]
})

const project = (program: string): Effect.Effect<() => Promise<string>, never, Scope.Scope> =>
  Effect.map(folder({ "program.mts": program, "tsconfig.json": configuration }), (path) => async () => {
    try {
      await promisify(execFile)(process.execPath, [compiler, "-p", path])
      return ""
    } catch (error) {
      return String(Reflect.get(Object(error), "stdout"))
    }
  })

const turn =
  (check: () => Promise<string>): Turn =>
  async () => {
    const begin = performance.now()
    const faults = await check()
    if (faults !== "") throw new Error(faults)
    return { value: performance.now() - begin }
  }

export const types: Benchmark = {
  name: "types",
  what: "the check of a program that calls five products, by TypeScript 7",
  unit: "ms",
  goals: [{ against: "theirs", is: "at most", value: 1.5, held: 2.2 }],
  prepare: () =>
    Effect.gen(function* () {
      const contenders = {
        ours: yield* project(ours),
        theirs: yield* project(theirs),
        floor: yield* project("export {}\n")
      }
      for (const [contender, check] of Object.entries(contenders)) {
        const faults = yield* Effect.promise(check)
        yield* verify(contender, faults === "", faults)
      }
      return {
        rounds: 11,
        turns: { ours: turn(contenders.ours), theirs: turn(contenders.theirs), floor: turn(contenders.floor) }
      }
    })
}
