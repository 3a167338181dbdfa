/** Says which runtimes have the transport for Node, and what to use in others. */
export const needsNode =
  "`ApiClient.layer` and `NodeTransport` need the sockets of Node, Bun or Deno, which this runtime does not have. Use `FetchClient.layer`, " +
  "or `FetchClient.layerCredential` with a key of your own. If this is Node, bundle for it with the condition `node`"
