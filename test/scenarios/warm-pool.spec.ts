import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JOB_VERSION, type WarmJob } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import { BullmqWorkQueue } from '#shared/queue/bullmq/bullmq-work-queue.js';
import { queryRows } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { shopApp } from './support/shop-app.js';

jest.setTimeout(180_000);

const soon = { timeoutMs: 120_000 };
const LANE = { pool: 'default', os: 'linux', urgency: 'interactive' } as const;

/** A worker's pool, seen from outside: by its metrics. */
describe('The pool of a worker', () => {
  let stack: Stack;
  let metricsUrl: string;

  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    stack = await Stack.start({
      workerSettings: {
        NIGHTJAR_METRICS_PORT: String(port),
        NIGHTJAR_PREWARMED_CONTAINERS: '1',
        NIGHTJAR_PREWARMED_CONTAINERS_REACTIVE: '0',
      },
    });
  });
  afterAll(() => stack.stop());

  /** The value behind a metric with a label, such as `containers{state="idle"}`. */
  async function metric(name: string, label: string): Promise<number> {
    const text = await (await fetch(metricsUrl)).text();
    const line = text
      .split('\n')
      .find((one) => one.startsWith(`nightjar_worker_${name}{`) && one.includes(label));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  const containers = (state: string): Promise<number> => metric('containers', `state="${state}"`);
  const allLeases = async (): Promise<Record<'warm' | 'prewarmed' | 'cold', number>> => ({
    warm: await leases('warm'),
    prewarmed: await leases('prewarmed'),
    cold: await leases('cold'),
  });
  const leases = (start: string): Promise<number> => metric('container_leases_total', `start="${start}"`);

  it('has a container ready before there is an app, and one of the app before its calls come', async () => {
    await waitFor(async () => (await containers('prewarmed')) === 1, soon);
    await publishApp(stack.url, 'shop', shopApp('first'));
    // To look into the package took the prewarmed container; the next one is there again.
    await waitFor(async () => (await containers('prewarmed')) === 1, soon);
    const before = await allLeases();
    await sendWarmJob();
    await waitFor(async () => (await leases('prewarmed')) > before.prewarmed, soon);
    await waitFor(async () => (await containers('busy')) + (await containers('starting')) === 0, soon);
    expect((await fetch(`${stack.url}/apps/shop/api/version`)).status).toBe(200);
    expect(await allLeases()).toEqual({
      prewarmed: before.prewarmed + 1,
      warm: before.warm + 1,
      cold: before.cold,
    });
  });

  async function sendWarmJob(): Promise<void> {
    const [version] = queryRows<{ id: string }>(stack.databaseUrl, 'SELECT id FROM app_versions');
    const job: WarmJob = {
      version: JOB_VERSION,
      kind: 'warm',
      id: newId(),
      appVersionId: version?.id ?? '',
      deadlineAt: Date.now() + soon.timeoutMs,
    };
    const queue = BullmqWorkQueue.open({ redisUrl: stack.redis.url, keyPrefix: 'nightjar' });
    // Connects in the background.
    await waitFor(() => queue.enqueue(LANE, [job]).then(() => true), soon);
    await queue.close();
  }
});
