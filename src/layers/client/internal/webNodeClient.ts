/** The twin of nodeClient.ts for runtimes without the sockets of Node, where it fails with what to use there. */
import * as Effect from "effect/Effect"
import { unsupported } from "./needsNode.js"
import type * as NodeClient from "./nodeClient.js"

export const makeTransport: typeof NodeClient.makeTransport = () => Effect.fail(unsupported())

export const makeSource: typeof NodeClient.makeSource = /* #__PURE__ */ Effect.fail(/* #__PURE__ */ unsupported())

export const complete: typeof NodeClient.complete = () => Effect.fail(unsupported())
