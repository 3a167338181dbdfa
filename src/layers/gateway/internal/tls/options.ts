/** The options of TLS. */
import type * as Redacted from "effect/Redacted"

/**
 * A key and a certificate of your own. Each is a PEM text, or the path of a file with one: a value with `-----BEGIN` in it is a text.
 *
 * @since 0.1.0
 * @category models
 */
export interface TlsCertificate {
  /** The private key. */
  readonly key: string | Redacted.Redacted<string>
  /** The certificate. It may have those between it and its authority below it. */
  readonly cert: string
  /** The certificates between `cert` and its authority, if they are in a file of their own. */
  readonly ca?: string | undefined
  /** Decrypts the key. */
  readonly passphrase?: string | Redacted.Redacted<string> | undefined
}

/**
 * A certificate authority of the gateway's own, in a folder of your choice.
 *
 * @since 0.1.0
 * @category models
 */
export interface TlsAuthority {
  /**
   * The folder that holds the state. Default: `effect-tencentcloud` in `XDG_STATE_HOME`, or in `~/.local/state`.
   */
  readonly directory?: string | undefined
}

/**
 * With which certificates a gateway serves TLS. `"own"` is an authority of its own in the user's state folder, made at first use.
 *
 * @since 0.1.0
 * @category models
 */
export type Tls = TlsCertificate | TlsAuthority | "own"
