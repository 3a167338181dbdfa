/**
 * The twin of NodeTransport.ts for runtimes without the sockets of Node: Workers, edge runtimes, browsers. It loads nothing of Node, so
 * a bundle for them builds, and each layer fails with what to use there. `imports` and `exports` in package.json choose between them.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as NodeTransport from "../NodeTransport.js"
import { unsupported } from "./needsNode.js"

const layerFailed = /* #__PURE__ */ Layer.fail(/* #__PURE__ */ unsupported())

export const make: typeof NodeTransport.make = () => Effect.fail(unsupported())

export const layer: typeof NodeTransport.layer = () => layerFailed

export const layerConfig: typeof NodeTransport.layerConfig = () => layerFailed

export const layerHttpClient: typeof NodeTransport.layerHttpClient = () => layerFailed

export const layerHttpClientConfig: typeof NodeTransport.layerHttpClientConfig = () => layerFailed

/** Nothing here has a proxy. */
export const bypassesProxy: typeof NodeTransport.bypassesProxy = () => true
