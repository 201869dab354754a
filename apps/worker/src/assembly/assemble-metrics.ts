import type { Logger } from '@nestjs/common';
import { Metrics } from '#shared/telemetry/metrics.js';
import type { Settings } from '../config.js';
import type { AppHostPool } from '../containers/pool/app-host-pool.js';
import { MetricsServer } from '../metrics/metrics-server.js';
import { observePool } from '../metrics/pool-metrics.js';
import { noteReleases } from '../metrics/release-metrics.js';

/** A worker's metrics, which are read where its settings say: nowhere, if they say nothing. */
export interface WorkerMetrics {
  readonly noteRelease: ReturnType<typeof noteReleases>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export function assembleMetrics(
  settings: Pick<Settings, 'metricsHost' | 'metricsPort'>,
  pool: AppHostPool,
  logger: Logger,
): WorkerMetrics {
  const metrics = new Metrics();
  observePool(metrics, () => pool.figures());
  const server = new MetricsServer(metrics);
  return {
    noteRelease: noteReleases(metrics),
    open: async () => {
      if (settings.metricsPort === undefined) return;
      const url = await server.open(settings.metricsHost, settings.metricsPort);
      logger.log(`The worker's metrics are at ${url}`);
    },
    close: () => server.close(),
  };
}
