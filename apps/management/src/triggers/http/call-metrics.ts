import type { Histogram } from '@opentelemetry/api';
import { Injectable } from '@nestjs/common';
import { FAAS } from '#shared/telemetry/faas-attributes.js';
import { Metrics } from '#shared/telemetry/metrics.js';
import type { HttpFunction } from './http-function.js';

/** How long HTTP clients of functions wait, and what they get. */
@Injectable()
export class CallMetrics {
  private readonly duration: Histogram;

  constructor(metrics: Metrics) {
    this.duration = metrics.durationSeconds(
      'nightjar_http_call_duration_seconds',
      'From the request of a function to its answer.',
    );
  }

  answered({ version, definition }: HttpFunction, status: number, durationMs: number): void {
    this.duration.record(durationMs / 1000, {
      [FAAS.appName]: version.appName,
      [FAAS.functionName]: definition.name,
      // The class only: single codes would multiply the series.
      status: `${Math.trunc(status / 100)}xx`,
    });
  }
}
