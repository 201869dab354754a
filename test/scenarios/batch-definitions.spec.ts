import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { allItems, runEnd, type Item, type Run } from '../support/batch-api.js';
import { brokenInvariants } from '../support/invariants.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { triggeredApp } from './support/triggered-app.js';

jest.setTimeout(90_000);

describe('Batch definitions', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
    await publishApp(stack.url, 'orders', triggeredApp());
  });
  afterAll(() => stack.stop());

  async function ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${stack.url}/api/v1/apps/orders/batches/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }

  /** Defines a batch and runs it to its end. */
  async function runDefined(name: string, definition: object, request?: object): Promise<[Run, Item[]]> {
    await ask('PUT', name, definition);
    const { runId } = await ask<{ runId: string }>('POST', `${name}/runs`, request);
    const run = await runEnd(stack.url, runId, 60_000);
    return [run, await allItems(stack.url, runId)];
  }

  it('run an HTTP function over items: each is the body of a POST, its status says how it went', async () => {
    const [run, items] = await runDefined('web', {
      function: 'order',
      input: { kind: 'range', from: 1, to: 8 },
      retry: { attempts: 2, backoff: 'fixed', delaySeconds: 0.1, notOn: ['HttpStatus422'] },
    });
    expect(run).toMatchObject({ state: 'completedWithFailures', itemsSucceeded: 6, itemsFailed: 2 });
    expect(items.map(({ output, attempts }) => [output, attempts])).toEqual([
      [{ index: 1, method: 'POST', attempt: 1 }, 1],
      [{ index: 2, method: 'POST', attempt: 1 }, 1],
      [null, 1],
      [{ index: 4, method: 'POST', attempt: 2 }, 2],
      [{ index: 5, method: 'POST', attempt: 1 }, 1],
      [null, 1],
      [{ index: 7, method: 'POST', attempt: 1 }, 1],
      [{ index: 8, method: 'POST', attempt: 2 }, 2],
    ]);
    expect(items[2]?.failure).toEqual({
      source: 'function',
      type: 'HttpStatus422',
      message: 'The function answered with status 422: order 3 is refused',
    });
  });

  it('run a timer function once, by a run that has its outcome and logs', async () => {
    const [run, items] = await runDefined('timer', { function: 'nightly', input: { kind: 'none' } });
    expect(run).toMatchObject({ state: 'succeeded', itemsTotal: 1, itemsSucceeded: 1 });
    expect(items[0]?.logs.map(({ message }) => message)).toEqual(['past due: false']);
  });

  it('run over what a request says instead, while the definition stays as it is', async () => {
    const definition = { function: 'order', input: { kind: 'range', from: 1, to: 1000 } };
    const [run, items] = await runDefined('instead', definition, {
      input: { kind: 'range', from: 7, to: 7 },
    });
    expect(run.state).toBe('succeeded');
    expect(items.map(({ output }) => output)).toEqual([{ index: 7, method: 'POST', attempt: 1 }]);
    expect(await ask('GET', 'instead')).toMatchObject({ version: 1, definition });
    const { runs } = await ask<{ runs: { runId: string; batchVersion: number }[] }>('GET', 'instead/runs');
    expect(runs).toMatchObject([{ runId: run.runId, batchVersion: 1 }]);
  });

  it('leave nothing half done', () => {
    expect(brokenInvariants(stack.databaseUrl, { maxAttempts: 2 })).toEqual([]);
  });
});
