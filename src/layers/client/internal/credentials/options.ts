/**
 * The options of the sources of keys.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Json from "../../../../domain/wire/Json.js"
import type * as CredentialProvider from "../../CredentialProvider.js"

/**
 * The profile to read, and the file that holds it.
 *
 * @since 0.1.0
 * @category models
 */
export interface FilesOptions {
  /** The name of the profile. Default: `TENCENTCLOUD_PROFILE`, then `TCCLI_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** The path of an INI file. No other file is read. Default: `TENCENTCLOUD_CREDENTIALS_FILE`, and without it the usual places. */
  readonly file?: string | undefined
  /** For a profile that assumes a role. */
  readonly sts?: StsOptions | undefined
}

/**
 * How to ask the metadata service of an instance.
 *
 * @since 0.1.0
 * @category models
 */
export interface CvmRoleOptions {
  /** The name of the role. Default: the role that the instance has. */
  readonly roleName?: string | undefined
  /** The address of the metadata service. Default: `http://metadata.tencentyun.com`. */
  readonly endpoint?: string | undefined
  /** The time limit of each of the two answers. Default: 2 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * How to ask STS, the Security Token Service, for a key.
 *
 * @since 0.1.0
 * @category models
 */
export interface StsOptions {
  /** The host of STS. Default: `TENCENTCLOUD_ENDPOINT_STS`, then `TENCENTCLOUD_ENDPOINT`, then `sts.tencentcloudapi.com`. */
  readonly endpoint?: string | undefined
  /** The time limit of the answer. Default: 10 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
  /** How long the key lasts, up to 12 hours. Default: the service's own, 2 hours. */
  readonly duration?: Duration.DurationInput | undefined
  /** The name of the session in the logs of the cloud. Default: `effect-tencentcloud-` and the time. */
  readonly sessionName?: string | undefined
}

/**
 * The role to assume, and the key that may assume it.
 *
 * @since 0.1.0
 * @category models
 */
export interface AssumeRoleOptions extends StsOptions {
  /** The source of the key that assumes the role. It can be any source, another role included. */
  readonly from: CredentialProvider.Source
  /** The role, such as `qcs::cam::uin/100000000001:roleName/reader`. Default: `TENCENTCLOUD_ROLE_ARN`. */
  readonly roleArn?: string | undefined
  /** The name of the session. Default: `TENCENTCLOUD_ROLE_SESSION_NAME`, and without it `effect-tencentcloud-` and the time. */
  readonly sessionName?: string | undefined
  /** A CAM policy that allows less than the role does: `{ version: "2.0", statement: [ … ] }`. Default: none. */
  readonly policy?: Json.JsonObject | undefined
  /** The id that the owner of the role asks callers of other accounts for. Default: none. */
  readonly externalId?: string | undefined
  /** The region of STS, which gives the same keys everywhere. Default: `ap-guangzhou`. */
  readonly region?: string | undefined
}

/**
 * Options for the sources of the chain.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChainOptions {
  /** For the environment. */
  readonly environment?: CredentialProvider.EnvironmentOptions | undefined
  /** For the files. */
  readonly files?: FilesOptions | undefined
  /** For the role of an instance. */
  readonly cvmRole?: CvmRoleOptions | undefined
  /** For the role of a pod, of a profile, and of `TENCENTCLOUD_ROLE_ARN`. */
  readonly sts?: StsOptions | undefined
}
