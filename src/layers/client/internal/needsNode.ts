/** Says which runtimes have the transport for Node, and what to use in others. */
import * as ConfigError from "effect/ConfigError"

export const needsNode =
  "`ApiClient.layer` and `NodeTransport` need the sockets of Node, Bun or Deno, which this runtime does not have. Use `FetchClient.layer`, " +
  "or `FetchClient.layerCredential` with a key of your own. If this is Node, bundle for it with the condition `node`"

/** The error of a layer that this runtime cannot build. */
export const unsupported = (reason = needsNode): ConfigError.ConfigError => ConfigError.Unsupported([], reason)
