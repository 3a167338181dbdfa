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
  /** The file with the certificate that clients must trust, if the gateway has a certificate authority of its own. */
  readonly certificateAuthority?: string | undefined
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
 * A gateway cannot serve TLS. Its message says what is wrong and where, and never holds a key.
 *
 * - `file`: a file cannot be read or written.
 * - `key`: the private key cannot be used, or its passphrase is missing or wrong.
 * - `certificate`: the certificate cannot be used.
 * - `mismatch`: the key is not that of the certificate.
 * - `state`: the folder of the gateway's own authority is not as the gateway has left it.
 *
 * @since 0.1.0
 * @category models
 */
export class TlsError extends Data.TaggedError("TlsError")<{
  readonly message: string
  readonly reason: "file" | "key" | "certificate" | "mismatch" | "state"
  /** The path of the file, if the value came from one. */
  readonly file?: string | undefined
  /** The code of the system, such as `ENOENT`, if a file is the matter. */
  readonly code?: string | undefined
}> {}

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
