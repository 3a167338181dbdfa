/**
 * Actions as other releases of the product have them. A client of the current release rejects an invalid request. A client that
 * is older or newer than the server sends it.
 */
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"

const release = { product: "ebs", version: "2026-01-01", response: Schema.Struct({}), errors: [] }

/** Before volumes had a zone. */
export const CreateVolumeWithoutZone = ApiClient.callable(
  Action.make("CreateVolume", { ...release, request: Schema.Struct({ Size: Schema.Int }) })
)

/** When a size was a text: `20GB`. */
export const CreateVolumeOfTextSize = ApiClient.callable(
  Action.make("CreateVolume", { ...release, request: Schema.Struct({ Zone: Schema.String, Size: Schema.String }) })
)

/** Before there was a smallest size. */
export const CreateVolumeOfAnySize = ApiClient.callable(
  Action.make("CreateVolume", { ...release, request: Schema.Struct({ Zone: Schema.String, Size: Schema.Int }) })
)

/** When volumes can be encrypted. */
export const CreateEncryptedVolume = ApiClient.callable(
  Action.make("CreateVolume", {
    ...release,
    request: Schema.Struct({ Zone: Schema.String, Size: Schema.Int, Encrypted: Schema.Boolean })
  })
)

/** When volumes can be cloned. */
export const CloneVolume = ApiClient.callable(
  Action.make("CloneVolume", { ...release, request: Schema.Struct({ VolumeId: Schema.String }) })
)

/** Of a version that the gateway no longer serves. */
export const DescribeVolumesOf2025 = ApiClient.callable(
  Action.make("DescribeVolumes", { ...release, version: "2025-01-01", request: Schema.Struct({}) })
)
