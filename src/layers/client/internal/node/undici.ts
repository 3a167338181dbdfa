/**
 * Finds what a connection needs of undici. The index of undici loads 96 files: pools, `fetch`, WebSockets, mocks. A connection needs 19
 * of them, so we load those by their paths, and the index only if a version has moved them. See P16 in docs/performance.md.
 */
/// <reference path="./undiciParts.d.ts" />
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Undici from "undici"
import { TransportFault } from "../../../../domain/wire/Wire.js"
import * as Environment from "../../../../services/client/internal/environment.js"
import { needsNode } from "../needsNode.js"

/** What a connection needs of undici. */
export interface Parts {
  readonly Client: typeof Undici.Client
  readonly buildConnector: typeof Undici.buildConnector
  /** Reads the name of a header, in lower case. */
  readonly headerName: (raw: Buffer) => string
}

const partsOf = (Client: unknown, buildConnector: unknown, util: unknown): Parts | undefined =>
  Predicate.isFunction(Client) &&
  Predicate.isFunction(buildConnector) &&
  Predicate.hasProperty(util, "headerNameToString") &&
  Predicate.isFunction(util.headerNameToString)
    ? // These files are what the index exports, which has these types. `scripts/check-undici.mjs` compares them.
      ({ Client, buildConnector, headerName: util.headerNameToString } as unknown as Parts)
    : undefined

/** Loads the parts by their paths. Each `import` has a literal path, so that a bundler finds it. */
export const loadFiles = async (): Promise<Parts | undefined> => {
  const [client, connector, util] = await Promise.all([
    import("undici/lib/dispatcher/client.js"),
    import("undici/lib/core/connect.js"),
    import("undici/lib/core/util.js")
  ])
  return partsOf(client.default, connector.default, util.default)
}

/** A function, so that no bundler reads the path: a bundle holds the files, and has no use for the index. */
const indexPath = (): string => "undici"

const loadIndex = async (): Promise<Parts> => {
  const { buildConnector, Client, util }: typeof Undici = await import(
    /* webpackIgnore: true */ /* @vite-ignore */ indexPath()
  )
  return { Client, buildConnector, headerName: util.headerNameToString }
}

/** undici reads the environment as it is loaded, which Deno may forbid. Other runtimes lack modules of Node that it needs. */
const toFault = (error: unknown): TransportFault =>
  new TransportFault({
    reason:
      Environment.isForbidden(error) && error instanceof Error
        ? `undici, which sends over the sockets of Node, cannot be loaded: ${error.message}`
        : needsNode,
    sent: false,
    permanent: true
  })

/** Loads the parts: by their paths, or else from the index. Fails with what every request would fail with. */
export const load = (files = loadFiles, index = loadIndex): Effect.Effect<Parts, TransportFault> =>
  Effect.tryPromise({
    try: async () => (await files().catch(() => undefined)) ?? (await index()),
    catch: toFault
  })
