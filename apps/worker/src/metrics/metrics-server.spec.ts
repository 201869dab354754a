import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '#shared/telemetry/metrics.js';
import type { PoolFigures } from '../containers/pool/app-host-pool.js';
import { MetricsServer } from './metrics-server.js';
import { observePool } from './pool-metrics.js';

describe('a worker’s metrics', () => {
  let server: MetricsServer;
  let url: string;
  let figures: PoolFigures = {
    containers: { starting: 1, prewarmed: 2, busy: 3, idle: 4, paused: 5 },
    starts: { warm: 10, prewarmed: 20, cold: 30 },
    waiting: 6,
  };

  beforeEach(async () => {
    const metrics = new Metrics();
    observePool(metrics, () => figures);
    server = new MetricsServer(metrics);
    url = await server.open('127.0.0.1', 0);
  });

  afterEach(() => server.close());

  it('tell containers by state and leases by kind, as they are now', async () => {
    const text = await (await fetch(url)).text();
    expect(text).toMatch(/nightjar_worker_containers\{state="paused"[^}]*\} 5/);
    expect(text).toMatch(/nightjar_worker_container_leases_total\{start="cold"[^}]*\} 30/);
    expect(text).toMatch(/nightjar_worker_container_requests_waiting(\{[^}]*\})? 6/);
    figures = { ...figures, waiting: 7 };
    expect(await (await fetch(url)).text()).toMatch(/requests_waiting(\{[^}]*\})? 7/);
  });

  it('are all that there is', async () => {
    expect((await fetch(new URL('/', url))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });

  it('are gone once it is closed', async () => {
    await server.close();
    await server.close();
    await expect(fetch(url)).rejects.toThrow();
  });
});
