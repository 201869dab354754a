import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Counter, Histogram, ObservableCounter, ObservableGauge } from '@opentelemetry/api';

/** Seconds; from a warm call to an overnight item. */
const DURATION_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];

/** A process' metrics, written out in Prometheus' text format when asked. */
export class Metrics {
  readonly #reader = new PrometheusExporter({ preventServerStart: true });
  readonly #serializer = new PrometheusSerializer();
  readonly #meter = new MeterProvider({ readers: [this.#reader] }).getMeter('nightjar');

  counter(name: string, description: string): Counter {
    return this.#meter.createCounter(name, { description });
  }

  /** A count that somebody else keeps. */
  total(name: string, description: string): ObservableCounter {
    return this.#meter.createObservableCounter(name, { description });
  }

  durationSeconds(name: string, description: string): Histogram {
    return this.#meter.createHistogram(name, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: DURATION_BUCKETS_SECONDS },
    });
  }

  gauge(name: string, description: string): ObservableGauge {
    return this.#meter.createObservableGauge(name, { description });
  }

  /** Prometheus' text format, version 0.0.4. */
  async render(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }
}
