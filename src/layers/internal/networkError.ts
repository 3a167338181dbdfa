import * as Predicate from "effect/Predicate"

/** Nobody here knows who signed the certificate. */
const unknownAuthority = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

/** The code of an error of the system, of TLS or of the HTTP library. */
export const codeOf = (error: unknown): string | undefined =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" ? error.code : undefined

/**
 * What the system said. Other texts are left behind, since they may quote the request: an error that has no code gives nothing.
 */
export const explain = (error: unknown): string | undefined => {
  const code = codeOf(error)
  if (code === undefined || !(error instanceof Error)) return undefined
  if (unknownAuthority.has(code))
    return `its certificate is signed by an authority that is not known here (${error.message}): give that authority's certificate as \`ca\``
  // One for each address that was tried, and no message of its own.
  if (error instanceof AggregateError) return error.errors.flatMap((each) => explain(each) ?? []).join("; ") || code
  return error.message || code
}
