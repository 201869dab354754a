import { describe, expect, it } from '@jest/globals';
import { Metrics } from '#shared/telemetry/metrics.js';

describe('Metrics', () => {
  it('renders counters, histograms and gauges as Prometheus reads them', async () => {
    const metrics = new Metrics();
    metrics.counter('nightjar_invocations', 'Ended invocations.').add(2, { state: 'succeeded' });
    metrics.durationSeconds('nightjar_invocation_duration', 'From start to end.').record(0.004);
    metrics.gauge('nightjar_queue_waiting', 'Jobs that wait.').addCallback((result) => result.observe(7));
    const text = await metrics.render();
    expect(text).toMatch(/nightjar_invocations_total\{[^}]*state="succeeded"[^}]*\} 2/);
    expect(text).toMatch(/nightjar_invocation_duration(_seconds)?_bucket\{[^}]*le="0.005"[^}]*\} 1/);
    expect(text).toMatch(/nightjar_queue_waiting(\{[^}]*\})? 7/);
  });
});
