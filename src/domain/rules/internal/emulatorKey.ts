/** The key of the emulator, which everybody knows. It has the form of a real one: a SecretId of 36 letters and digits, a SecretKey of 32. */

export const emulatorKey = {
  secretId: "AKIDEMULATORForTestsOnlyNoRealCloud0",
  secretKey: "EmulatorKeyEverybodyKnowsNotReal"
} as const

/** What the SecretId of every key of an emulator begins with. */
export const emulatorPrefix = "AKIDEMULATOR"

/** Whether a key is the emulator's, or a temporary one of its. */
export const isEmulatorKey = (secretId: string): boolean => secretId.startsWith(emulatorPrefix)

const inHeader = `TC3-HMAC-SHA256 Credential=${emulatorPrefix}`

const inParameters = `SecretId=${emulatorPrefix}`

/** Whether a key of the emulator has signed a request: with version 3, in a header, or with version 1, in a parameter. */
export const isSignedByEmulatorKey = (
  authorization: string | undefined,
  query: string,
  body: string | Uint8Array
): boolean =>
  authorization === undefined
    ? query.includes(inParameters) || (typeof body === "string" && body.includes(inParameters))
    : authorization.startsWith(inHeader)
