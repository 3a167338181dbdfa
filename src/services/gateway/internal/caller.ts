/** Who a caller is: to limits, policies, handlers and the journal. */
import type { Caller } from "./check.js"

/** The owner of a key. */
interface Owner {
  readonly secretId: string
  readonly account: string
  readonly identity: string
}

const nobody: Owner = { secretId: "", account: "", identity: "" }

/** The owner of the key that a request names. An anonymous caller has an empty account and identity. */
export const ownerOf = (caller: Caller | undefined): Owner => (caller?._tag === "Signed" ? caller.key : nobody)
