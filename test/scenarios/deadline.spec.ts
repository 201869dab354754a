import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { jsonLines } from '../support/batch-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { batchApp } from './support/batch-app.js';

jest.setTimeout(120_000);

const runSchema = z.object({
  runId: z.string(),
  state: z.string(),
  forecast: z.object({
    state: z.string(),
    p50At: z.string().nullable(),
    moreMachines: z.number().nullable(),
    message: z.string(),
  }),
});
const whySchema = z.object({ isHeldUp: z.boolean(), reasons: z.array(z.object({ code: z.string() })) });

const ITEMS = 60_000;

describe('A deadline that can not be met', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
    await publishApp(stack.url, 'batch', batchApp());
  });
  afterAll(() => stack.stop());

  it('is said to be missed long before it is, with the machines that would make it', async () => {
    const deadlineAt = new Date(Date.now() + 90_000).toISOString();
    const query = new URLSearchParams({ app: 'batch', function: 'obey', deadlineAt });
    const answer = await fetch(`${stack.url}/api/v1/batches?${query.toString()}`, {
      method: 'POST',
      body: jsonLines(Array.from({ length: ITEMS }, () => ({ ms: 500 }))),
    });
    const { runId } = z.object({ runId: z.string() }).parse(await answer.json());
    const path = `${stack.url}/api/v1/batches/runs/${runId}`;
    const read = async <Body>(url: string, schema: z.ZodType<Body>) =>
      schema.parse(await (await fetch(url)).json());

    const late = await waitFor(
      async () => {
        const run = await read(path, runSchema);
        return run.forecast.state === 'late' ? run : undefined;
      },
      { timeoutMs: 80_000, intervalMs: 500, what: 'the news that it will be late' },
    );
    expect(Date.now()).toBeLessThan(Date.parse(deadlineAt));
    expect(late.state).toBe('running');
    expect(late.forecast.moreMachines).toBeGreaterThan(0);
    expect(late.forecast.message).toContain('more machines until then would make it.');
    const why = await read(`${path}/why`, whySchema);
    expect(why.reasons.length).toBeGreaterThan(0);
    await fetch(`${path}/terminate`, { method: 'POST' });
  });
});
