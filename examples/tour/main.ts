/**
 * The tour of the error codes: `npm start`, or `npm start --silent -- --json` for a program to read.
 */
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as Table from "./table.js"
import { summarize, tour } from "./tour.js"
import * as World from "./world.js"

const paint = process.stdout.isTTY && !process.env.NO_COLOR ? Table.colours : Table.plain

const asTable = Effect.gen(function* () {
  const { address } = yield* GatewayServer
  yield* Console.log(`Each error code by its real cause, from a gateway on ${address.url}.`)
  const rows = yield* tour
  yield* Console.log(`\n${Table.format(rows, paint)}`)
  return summarize(rows)
})

const asJson = Effect.gen(function* () {
  const rows = yield* tour
  yield* Console.log(JSON.stringify(rows, undefined, 2))
  const summary = summarize(rows)
  if (summary.exitCode !== 0) yield* Console.error(summary.text)
  return summary
})

const main = Effect.gen(function* () {
  const { json } = parseArgs({ options: { json: { type: "boolean" } } }).values
  const { exitCode } = yield* json ? asJson : asTable
  process.exitCode = exitCode
})

/** The gateway logs to stderr, one line each. The cause of an InternalError is in this log, and in no answer. */
const logger = Logger.make<unknown, string>(({ cause, message }) =>
  ["The gateway's log", message, ...Cause.prettyErrors(cause).map((error) => error.message)].flat().join(": ")
)

const layer = Logger.replace(Logger.defaultLogger, Logger.withConsoleError(logger))

// The logger above takes the place of the pretty one, which writes to stdout.
NodeRuntime.runMain(main.pipe(Effect.provide(World.layer), Effect.provide(layer)), { disablePrettyLogger: true })
