/**
 * Errors that the service answers with. Each code has a class of its own, and the `_tag` of an error is its code.
 *
 * So you write the same code in `Effect.catchTags` that you read in the console, in a log, or in the product's document.
 *
 * @since 0.1.0
 */
export * from "./internal/apiError.js"
export * from "./internal/catching.js"
