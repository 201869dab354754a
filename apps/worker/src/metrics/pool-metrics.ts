import type { Metrics } from '#shared/telemetry/metrics.js';
import type { PoolFigures } from '../containers/pool/app-host-pool.js';

/** Adds a pool's figures to a worker's metrics; they are read when the metrics are. */
export function observePool(metrics: Metrics, figures: () => PoolFigures): void {
  metrics
    .gauge('nightjar_worker_containers', 'Containers of this worker, by state.')
    .addCallback((result) => {
      for (const [state, count] of Object.entries(figures().containers)) result.observe(count, { state });
    });
  metrics
    .total(
      'nightjar_worker_container_leases_total',
      'How often a container was taken for work: warm, prewarmed, or cold (made for it).',
    )
    .addCallback((result) => {
      for (const [start, count] of Object.entries(figures().starts)) result.observe(count, { start });
    });
  metrics
    .gauge('nightjar_worker_container_requests_waiting', 'Function calls that wait for a container.')
    .addCallback((result) => result.observe(figures().waiting));
}
