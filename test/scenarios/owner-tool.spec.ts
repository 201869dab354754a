import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { holdingApp, promiseHold, releaseHeld } from '../support/holding-app.js';
import { executionsIn } from '../support/executions.js';
import { invocationEnd } from '../support/invocation-api.js';
import { machineInState } from '../support/machine-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(300_000);

/** Tests run from the repository's root, as npm runs scripts. */
const MAIN = join(process.cwd(), 'dist/apps/worker/src/main.js');
const TIME = { timeoutMs: 120_000, intervalMs: 200 };

const reportSchema = z.object({
  status: z
    .object({
      state: z.string().nullable(),
      reason: z.string().nullable(),
      work: z.array(z.object({ kind: z.string(), functionName: z.string().nullable() })),
    })
    .nullable(),
  snooze: z.unknown(),
  week: z
    .object({
      offeredCoreHours: z.number(),
      work: z.array(
        z.object({ name: z.string(), usedMs: z.number(), calls: z.number(), evictions: z.number() }),
      ),
      waits: z.object({ count: z.number() }),
    })
    .nullable(),
});
type Report = z.infer<typeof reportSchema>;

describe("the tool of a machine's owner", () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('owner-tool');
    stack = await Stack.start({ workerSettings: { NIGHTJAR_HEARTBEAT_SECONDS: '2' } });
    await publishApp(stack.url, 'holding', holdingApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  /** As the owner runs it: with nothing of the worker's but where it is. */
  async function ownerTool(...flags: string[]): Promise<Report> {
    const { name, dataFolder } = stack.worker();
    const args = [MAIN, 'owner', '--json', '--data-dir', dataFolder, '--name', name, ...flags];
    const env = { PATH: process.env['PATH'] };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: folder });
    return reportSchema.parse(JSON.parse(stdout));
  }

  const told = (what: string, is: (report: Report) => boolean): Promise<unknown> =>
    waitFor(async () => is(await ownerTool()), { ...TIME, what });

  it('says what runs, sends it away when it is told to, and lets it come back', async () => {
    const hold = { id: 'held', file: join(folder, 'held'), release: join(folder, 'release') };
    const runs = (): number => executionsIn(hold.file).get(hold.id) ?? 0;
    const invocation = await promiseHold(stack.url, hold);
    await waitFor(() => runs() > 0, { ...TIME, what: 'the function to run' });
    await told('what runs', ({ status }) => status?.work[0]?.functionName != null);
    await ownerTool('--snooze', '1h');
    const { capacity } = await machineInState(stack.url, 'one', 'owner');
    expect(capacity?.reason).toBe('USER_REQUEST');
    releaseHeld(hold);
    await told('the work to be gone', ({ status }) => status?.work.length === 0);
    await ownerTool('--snooze', 'off');
    await machineInState(stack.url, 'one', 'ready');
    const end = await invocationEnd(stack.url, invocation, 120_000);
    expect(end).toMatchObject({ state: 'succeeded', attemptCount: 1 });
  });

  it('works while management is away, and when the worker is', async () => {
    await stack.management.kill();
    expect(await ownerTool('--snooze', 'never')).toMatchObject({ snooze: { until: 'never' } });
    await told('the owner’s word to be heard', ({ status }) => status?.reason === 'USER_REQUEST');
    await stack.worker().stop();
    const { status, snooze, week } = await ownerTool('--snooze', 'off');
    expect({ status, snooze }).toEqual({ status: null, snooze: null });
    // What the test before did, out of the worker's own books.
    expect(week?.offeredCoreHours).toBeGreaterThan(0);
    expect(week?.work.map(({ name }) => name)).toEqual(['holding/hold']);
    expect(week?.work[0]?.calls).toBeGreaterThanOrEqual(1);
    expect(week?.waits.count).toBeGreaterThanOrEqual(1);
    await stack.startManagement();
    await stack.startWorker('one');
  });
});
