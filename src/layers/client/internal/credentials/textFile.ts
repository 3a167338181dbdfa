/** Reads text files, with reasons for a failure that fit a sentence of ours. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"

/** Returns the text of a file. Fails with a clause about the file. */
export type ReadText = (path: string) => Effect.Effect<string, string>

const reasons = {
  NotFound: "does not exist",
  PermissionDenied: "may not be read: check its permissions",
  BadResource: "cannot be read: is it a folder?"
} as const

const unknown = "cannot be read"

/** Reads with the file system of the program. */
export const fromFileSystem =
  (fileSystem: FileSystem.FileSystem): ReadText =>
  (path) =>
    Effect.mapError(fileSystem.readFileString(path), (error) => {
      const reason = error._tag === "SystemError" ? error.reason : "Unknown"
      return reason === "NotFound" || reason === "PermissionDenied" || reason === "BadResource"
        ? reasons[reason]
        : unknown
    })

const codes: Readonly<Record<string, string>> = {
  ENOENT: reasons.NotFound,
  EACCES: reasons.PermissionDenied,
  EPERM: reasons.PermissionDenied,
  EISDIR: reasons.BadResource,
  ENOTDIR: reasons.BadResource
}

/** Reads with Node. */
export const fromNode: ReadText = (path) =>
  Effect.tryPromise({
    try: async (signal) => {
      // Loaded where it is used, so that a runtime without files can load this module.
      const { readFile } = await import("node:fs/promises")
      return await readFile(path, { encoding: "utf8", signal })
    },
    catch: (cause) => (Predicate.hasProperty(cause, "code") && codes[String(cause.code)]) || unknown
  })
