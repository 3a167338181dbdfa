/**
 * Places where a key can be found besides the environment: files, the role of a CVM instance, the role of a TKE pod, and a role that
 * another key assumes. The chain tries them in order.
 *
 * @since 0.1.0
 */
export * from "./internal/credentials/chain.js"
export * from "./internal/credentials/cvmRole.js"
export * from "./internal/credentials/files.js"
export * from "./internal/credentials/options.js"
export * from "./internal/credentials/stsRoles.js"
