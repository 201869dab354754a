import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type Docker from 'dockerode';
import { queryNumber } from '../support/database.js';
import { dockerEngine } from '../support/docker-engine.js';
import { EngineProxy, type Treatment } from '../support/engine-proxy.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationEnd } from '../support/invocation-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS } from './support/batch-under-way.js';
import { callLater, engineApp } from './support/engine-app.js';
import { machineIs } from './support/machines.js';

jest.setTimeout(300_000);

/** Later than `engineSlowSeconds`, sooner than `engineProbeSeconds`. */
const SLOW_MS = 4_500;
const CREATE = /^POST \/(v[\d.]+\/)?containers\/create/;
const START = /^POST \/(v[\d.]+\/)?containers\/\w+\/start/;
const DELETE = /^DELETE /;

describe('A container engine in trouble', () => {
  let engine: Docker;
  let proxy: EngineProxy;
  let stack: Stack;
  beforeAll(async () => {
    engine = await dockerEngine();
    proxy = await EngineProxy.start();
    stack = await Stack.start({
      ...FAULT_SETTINGS,
      runtime: 'docker',
      workerSettings: {
        ...FAULT_SETTINGS.workerSettings,
        DOCKER_HOST: proxy.address,
        NIGHTJAR_HEARTBEAT_SECONDS: '1',
        NIGHTJAR_ENGINE_PROBE_SECONDS: '8',
        NIGHTJAR_ENGINE_SLOW_SECONDS: '3',
        NIGHTJAR_RECONCILE_INTERVAL_SECONDS: '1',
        NIGHTJAR_RECONCILE_GRACE_SECONDS: '1',
        NIGHTJAR_PREWARMED_CONTAINERS: '0',
        NIGHTJAR_PREWARMED_CONTAINERS_REACTIVE: '0',
      },
    });
    await publishApp(stack.url, 'engine', engineApp());
  });
  afterEach(() => {
    proxy.treat = () => 'pass';
  });
  afterAll(async () => {
    proxy.treat = () => 'pass';
    await stack.stop();
    await proxy.stop();
  });

  const isClaimed = (id: string): boolean =>
    queryNumber(stack.databaseUrl, 'SELECT count(*) FROM invocations WHERE id = ? AND fence > 0', id) > 0;
  const creations = (): number => proxy.requests.filter((request) => CREATE.test(request)).length;

  it.each<[string, Treatment, RegExp]>([
    ['gone', 'refuse', /^ENGINE_DOWN: Docker could not /],
    ['hung', 'hang', /^ENGINE_DOWN: .*no answer within 8 s/],
    ['slow', SLOW_MS, /^ENGINE_SLOW: /],
  ])(
    'that is %s: no work is taken, and again only after a test function has run',
    async (_what, treatment, reason) => {
      proxy.treat = () => treatment;
      proxy.breakConnections();
      await machineIs(stack.url, 'one', 'unhealthy', reason);
      const id = await callLater(stack.url, 'engine', { n: 1 });
      // A whole look later, at the least, nobody has touched it.
      const asked = proxy.requests.length;
      await waitFor(() => proxy.requests.length > asked + 1, { timeoutMs: 90_000, what: 'another look' });
      expect(isClaimed(id)).toBe(false);

      proxy.treat = (request) => (CREATE.test(request) ? 'refuse' : 'pass');
      await machineIs(stack.url, 'one', 'unhealthy', /^TEST_FUNCTION_FAILED: /);
      expect(isClaimed(id)).toBe(false);
      const created = creations();
      proxy.treat = () => 'pass';
      await machineIs(stack.url, 'one', 'ready');
      expect(creations()).toBeGreaterThan(created);
      expect(await invocationEnd(stack.url, id, 120_000)).toMatchObject({
        state: 'succeeded',
        attemptCount: 1,
      });
    },
  );

  it.each([
    ['created', CREATE],
    ['started', START],
  ])(
    'that says no though the container is %s: it is removed, and the work runs once',
    async (_what, lost) => {
      // Whatever is warm is in the way: the call must start a container.
      const app = `engine-${lost === CREATE ? 'created' : 'started'}`;
      await publishApp(stack.url, app, engineApp());
      const since = proxy.requests.length;
      let isLost = false;
      proxy.treat = (request) => {
        if (!isLost && lost.test(request)) {
          isLost = true;
          return 'swallowAnswer';
        }
        // Nor can it be undone before the work is done elsewhere.
        return isLost && DELETE.test(request) ? 'refuse' : 'pass';
      };
      const id = await callLater(stack.url, app, { n: 1 });
      await waitFor(() => isLost, {
        timeoutMs: 90_000,
        what: 'a container whose start is answered with an error',
      });
      const asked = proxy.requests.slice(since).find((request) => CREATE.test(request)) ?? '';
      const name = new URLSearchParams(asked.split('?')[1]).get('name') ?? 'none';
      await waitFor(() => proxy.requests.slice(since).some((request) => DELETE.test(request)), {
        timeoutMs: 90_000,
      });
      proxy.treat = () => 'pass';
      expect(await invocationEnd(stack.url, id, 120_000)).toMatchObject({
        state: 'succeeded',
        attemptCount: 1,
      });
      const isGone = (): Promise<boolean> =>
        engine
          .getContainer(name)
          .inspect()
          .then(() => false)
          .catch((error: { statusCode?: number }) => error.statusCode === 404);
      await waitFor(isGone, { timeoutMs: 120_000, what: `${name} to be removed` });
    },
  );

  it('leaves the database in order', () => {
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
