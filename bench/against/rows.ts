/** What a comparison of two builds measures: the contender of each benchmark that is this library. */
export interface Row {
  readonly name: string
  readonly benchmark: string
  readonly contender: string
  /** The compared value: the processor time of one operation, or the benchmark's own value. */
  readonly compares: "cost" | "value"
  readonly unit: "µs" | "ms" | "KB"
  /** Whether it never varies, so that one measurement is enough. */
  readonly isFixed?: boolean
}

const processorTime = (name: string, contender = "ours"): Row => ({
  ...{ name, benchmark: name, contender, compares: "cost", unit: "µs" }
})

const size = (name: string, contender: string): Row => ({
  ...{ name, benchmark: "bundle", contender, compares: "value", unit: "KB", isFixed: true }
})

/** Without `types`, which measures a compiler, and without `memory`, whose growth is too close to 0 for a ratio. */
export const rows: ReadonlyArray<Row> = [
  processorTime("sign"),
  processorTime("verify"),
  processorTime("decode-error"),
  processorTime("decode-large"),
  processorTime("call-1"),
  processorTime("call-32"),
  processorTime("call-traced"),
  processorTime("gateway"),
  processorTime("gateway-reject"),
  { ...processorTime("start"), unit: "ms" },
  size("bundle", "ours"),
  size("bundle-undici", "over undici"),
  // Its value is processor time already.
  { ...processorTime("scale-calls", "512 at once"), compares: "value" },
  processorTime("scale-keys", "100000 keys"),
  processorTime("scale-policies", "100000 policies"),
  processorTime("scale-limits", "100000 limits")
]
