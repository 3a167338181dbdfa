/** Metrics with labels, counted without an effect. Effect 4 keeps labels differently: an edition for it needs a twin of this file. */
import type * as Metric from "effect/Metric"
import type * as MetricKeyType from "effect/MetricKeyType"
import * as MetricLabel from "effect/MetricLabel"
import type * as MetricState from "effect/MetricState"

/** The labels of a count. */
export type Labels = ReadonlyArray<MetricLabel.MetricLabel>

/** Makes labels from names and values. Make them once: docs/performance.md, P19. */
export const labels = (values: Readonly<Record<string, string>>): Labels =>
  Object.entries(values).map(([name, value]) => MetricLabel.make(name, value))

/** Records a value in a histogram, in the series of these labels. `more` are those of the program that measures. */
export const record = (histogram: Histogram, value: number, labels: Labels, more: Labels): void =>
  histogram.unsafeUpdate(value, more.length === 0 ? labels : [...labels, ...more])

/** Counts values by their size. */
export type Histogram = Metric.Metric<MetricKeyType.MetricKeyType.Histogram, number, MetricState.MetricState.Histogram>

/** Adds one to a counter, in the series of these labels. `more` are those of the program that counts. */
export const increment = (counter: Metric.Metric.Counter<number>, labels: Labels, more: Labels): void =>
  counter.unsafeUpdate(1, more.length === 0 ? labels : [...labels, ...more])
