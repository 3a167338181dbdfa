/** The largest request of each kind, in bytes: the query of a GET, and the body of a POST with either signature. */
import type * as Wire from "../../../domain/wire/Wire.js"

export const maxSize = { get: 32 * 1024, postV1: 1024 * 1024, postV3: 10 * 1024 * 1024 }

/** The largest body of a request, by what its head says. */
export const maxBodySize = (method: string, headers: Wire.Headers): number =>
  method !== "POST" ? maxSize.get : headers.authorization === undefined ? maxSize.postV1 : maxSize.postV3

/** A body of at most this size, in bytes, costs so little that nothing is judged before it is read. */
const small = 64 * 1024

/** Whether a request should be judged by its head before its body is read: its body is large, or nobody says how large it is. */
export const needsJudging = (headers: Wire.Headers): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > small
