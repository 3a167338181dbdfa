/** Finds a member that was written under a name that is nearly the right one. */

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/^(tencentcloud|tmp)/, "")

/**
 * The name under which an object has a member that means the one named. `SecretId`, `secret_id` and `TmpSecretId` all mean `secretId`.
 * Undefined if the object has the member itself, or has no such name.
 */
export const otherName = (object: object, name: string): string | undefined =>
  name in object ? undefined : Object.keys(object).find((key) => plain(key) === plain(name))
