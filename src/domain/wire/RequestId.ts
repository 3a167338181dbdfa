/**
 * The RequestId of an answer.
 *
 * @since 0.1.0
 */

const pattern = /^[\w-]{1,64}$/

/**
 * Whether a value looks like a RequestId: 1 to 64 letters, digits, `_` and `-`. A service may send any other text instead. Such
 * a text never goes into a span or a message.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRequestId = (value: unknown): value is string => typeof value === "string" && pattern.test(value)
