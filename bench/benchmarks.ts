/** All benchmarks, in the order of the table. */
import { bundle } from "./benchmarks/bundle.js"
import { callMany, callOne, callTraced } from "./benchmarks/call.js"
import { decodeError } from "./benchmarks/decode-error.js"
import { decodeLarge } from "./benchmarks/decode-large.js"
import { editorMemory, editorTime } from "./benchmarks/editor.js"
import { gateway, gatewayReject } from "./benchmarks/gateway.js"
import { memory } from "./benchmarks/memory.js"
import { scaleCalls, scaleKeys, scaleLimits, scalePolicies } from "./benchmarks/scale.js"
import { sign } from "./benchmarks/sign.js"
import { start } from "./benchmarks/start.js"
import { types } from "./benchmarks/types.js"
import { verify } from "./benchmarks/verify.js"
import type { Benchmark } from "./harness.js"

export const benchmarks: ReadonlyArray<Benchmark> = [
  sign,
  verify,
  decodeError,
  decodeLarge,
  callOne,
  callMany,
  callTraced,
  gateway,
  gatewayReject,
  start,
  bundle,
  types,
  editorTime,
  editorMemory,
  memory,
  scaleCalls,
  scaleKeys,
  scalePolicies,
  scaleLimits
]
