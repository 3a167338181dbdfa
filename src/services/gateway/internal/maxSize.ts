/** The largest request of each kind, in bytes: the query of a GET, and the body of a POST with either signature. */
export const maxSize = { get: 32 * 1024, postV1: 1024 * 1024, postV3: 10 * 1024 * 1024 }
