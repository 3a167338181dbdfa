/**
 * The languages that the protocol knows.
 *
 * @since 0.1.0
 */

/**
 * The language of messages, as `X-TC-Language` names it. Signature version 1 sends it as the parameter `Language`.
 *
 * @since 0.1.0
 * @category models
 */
export type Language = "en-US" | "zh-CN"

/**
 * Returns whether a text names a language of the protocol.
 *
 * @since 0.1.0
 * @category guards
 */
export const isLanguage = (input: string): input is Language => input === "en-US" || input === "zh-CN"
