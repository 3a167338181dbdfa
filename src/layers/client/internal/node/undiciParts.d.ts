// What undici's own index puts together. It has no types of its own for these.

declare module "undici/lib/dispatcher/client.js" {
  const Client: typeof import("undici").Client
  export default Client
}

declare module "undici/lib/core/connect.js" {
  const buildConnector: typeof import("undici").buildConnector
  export default buildConnector
}

declare module "undici/lib/core/errors.js" {
  const errors: typeof import("undici").errors
  export default errors
}

declare module "undici/lib/core/util.js" {
  const util: typeof import("undici").util
  export default util
}
