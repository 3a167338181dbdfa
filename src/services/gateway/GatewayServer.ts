/**
 * A gateway that listens on a port.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"

/**
 * The address that a gateway listens on.
 *
 * @since 0.1.0
 * @category models
 */
export interface Address {
  readonly host: string
  readonly port: number
  /** The endpoint for a client, such as `http://127.0.0.1:9140`. */
  readonly url: string
}

/**
 * A gateway cannot listen on a port.
 *
 * @since 0.1.0
 * @category models
 */
export class ListenError extends Data.TaggedError("ListenError")<{
  readonly message: string
  readonly host: string
  readonly port: number
  /** The code of the system, such as `EADDRINUSE`. */
  readonly code: string
}> {
  constructor(props: { readonly host: string; readonly port: number; readonly code: string }) {
    super({
      ...props,
      message: `Cannot listen on ${props.host}:${props.port} (${props.code}). ${
        props.code === "EADDRINUSE"
          ? "Another program has the port: choose another one, or 0 for any that is free."
          : "Choose another host or port."
      }`
    })
  }
}

/**
 * A gateway that is listening.
 *
 * @since 0.1.0
 * @category tags
 */
export class GatewayServer extends Context.Tag("effect-tencentcloud/GatewayServer")<
  GatewayServer,
  { readonly address: Address }
>() {}
