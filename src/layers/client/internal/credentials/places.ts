/** The chain of places where a key can be, over what they need. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Transport } from "../../../../services/client/Transport.js"
import * as CredentialProvider from "../../CredentialProvider.js"
import * as Metadata from "./metadata.js"
import type { ChainOptions } from "./options.js"
import * as ProfileFiles from "./profileFiles.js"
import * as Roles from "./roles.js"
import * as Sts from "./sts.js"
import type { ReadText } from "./textFile.js"
import * as Variable from "./variable.js"

/** What the places need. Both transports limit the size of an answer. */
export interface Needs {
  readonly readText: ReadText
  /** Reaches STS. */
  readonly sts: Transport["Type"]
  /** Reaches the metadata service, which is on this machine: no proxy can ask it. */
  readonly metadata: Transport["Type"]
}

export const chain = (needs: Needs, options: ChainOptions = {}): Effect.Effect<CredentialProvider.Source> =>
  Effect.map(Sts.make(needs.sts), (obtain) => {
    const { readText } = needs
    const from = (roles: ProfileFiles.Needs["roles"]) =>
      CredentialProvider.chain([
        CredentialProvider.environmentWith(options.environment),
        ProfileFiles.make({ readText, roles }, { sts: options.sts, ...options.files }),
        Roles.ofPod(obtain, readText, options.sts),
        Metadata.make(needs.metadata, options.cvmRole)
      ])
    const found = from(obtain)
    const role = Roles.ofKey(obtain, { ...options.sts, from: from("another role") })
    return {
      refreshable: true,
      load: Variable.first("TENCENTCLOUD_ROLE_ARN").pipe(
        Effect.mapError((reason) => [{ source: "AssumeRole", reason }]),
        Effect.flatMap((roleArn) => (Option.isSome(roleArn) ? role.load : found.load))
      )
    }
  })
