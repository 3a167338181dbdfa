/** Reads a text file, with reasons for its failure that fit a sentence of ours. */
import type * as PlatformError from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"

const toReason = (error: PlatformError.PlatformError): string => {
  switch (error._tag === "SystemError" ? error.reason : undefined) {
    case "NotFound":
      return "does not exist"
    case "PermissionDenied":
      return "may not be read: check its permissions"
    case "BadResource":
      return "cannot be read: is it a folder?"
    default:
      return "cannot be read"
  }
}

/** Returns the text of a file. Fails with a clause about the file. */
export const read = (fileSystem: FileSystem.FileSystem, path: string): Effect.Effect<string, string> =>
  Effect.mapError(fileSystem.readFileString(path), toReason)
