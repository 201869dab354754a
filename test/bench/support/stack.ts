import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startManagement, type RunningManagement } from '../../support/management.js';
import { startWorker, type RunningWorker } from '../../support/worker.js';
import { zipFolder } from '../../support/zip-of.js';
import type { BenchContext } from '../bench.js';
import { writeNoOpApp } from './no-op-app.js';
import { perPiece, processorSeconds, type ProcessGroup } from './processor-time.js';

const APP = 'no-op';

const createdSchema = z.object({ runId: z.string() });
const runSchema = z.object({
  state: z.string(),
  itemsSucceeded: z.number(),
  itemsFailed: z.number(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});
const ENDED = ['succeeded', 'completedWithFailures', 'failed', 'cancelled'];

/** Management and one worker, each a process of its own, with the no-op app published. */
export interface Stack {
  readonly url: string;
  readonly management: RunningManagement;
  readonly worker: RunningWorker;
  /** Runs a batch of so many items to its end; seconds from its start to its end, by the database's clock. */
  runBatch(functionName: 'item' | 'items', items: number): Promise<number>;
  /** Does something while a batch of so many items is under way, which is cancelled then; throws when it ended before. */
  duringBatch<T>(functionName: 'item' | 'items', items: number, work: () => Promise<T>): Promise<T>;
  /** Does something and tells the log which process used how much processor time for each piece of it. */
  explain<T>(what: string, pieces: (result: T) => number, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startStack(context: BenchContext): Promise<Stack> {
  const { redisUrl } = context;
  const quiet = { LOG_LEVEL: 'warn' };
  const management = await startManagement({ redisUrl, settings: quiet });
  const worker = await startWorker({ management, redisUrl, settings: quiet });
  const appFolder = join(context.workFolder, 'no-op');
  await writeNoOpApp(appFolder);
  await publish(management.url, await zipFolder(appFolder));
  return {
    url: `${management.url}/apps/${APP}`,
    management,
    worker,
    runBatch: (functionName, items) => runBatch(management.url, functionName, items),
    duringBatch: (functionName, items, work) => duringBatch(management.url, functionName, items, work),
    explain: async (what, pieces, work) => {
      const groups = groupsOf(management, worker, redisUrl);
      const before = processorSeconds(groups);
      const result = await work();
      context.log(`a ${what}: ${perPiece(before, processorSeconds(groups), pieces(result))}`);
      return result;
    },
    stop: async () => {
      await worker.stop();
      await management.stop();
    },
  };
}

function groupsOf(management: RunningManagement, worker: RunningWorker, redisUrl: string): ProcessGroup[] {
  const redisAddress = new URL(redisUrl).host;
  return [
    { name: 'management', accepts: (_, pid) => pid === management.service.pid },
    { name: 'worker', accepts: (_, pid) => pid === worker.service.pid },
    { name: 'Redis', accepts: (commandLine) => commandLine.includes(redisAddress) },
    { name: 'language workers', accepts: (commandLine) => commandLine.includes('language-worker.cjs') },
    { name: 'the client', accepts: (_, pid) => pid === process.pid },
  ];
}

async function publish(url: string, zip: Buffer): Promise<void> {
  const response = await fetch(`${url}/apps/${APP}/api/zipdeploy`, {
    method: 'POST',
    body: new Uint8Array(zip),
  });
  if (!response.ok) throw new Error(`The no-op app was not published: ${await response.text()}`);
}

async function runBatch(url: string, functionName: string, items: number): Promise<number> {
  const runId = await submit(url, functionName, items);
  return secondsOf(await seen(url, runId, ({ state }) => ENDED.includes(state)), items);
}

async function duringBatch<T>(
  url: string,
  functionName: string,
  items: number,
  work: () => Promise<T>,
): Promise<T> {
  const runId = await submit(url, functionName, items);
  await seen(url, runId, ({ itemsSucceeded }) => itemsSucceeded > 0);
  const result = await work();
  const { state } = await seen(url, runId, () => true);
  if (state !== 'running')
    throw new Error(`The batch of ${items} items was not under way any more (${state}).`);
  await fetch(`${url}/api/v1/batches/runs/${runId}/cancel`, { method: 'POST' });
  await seen(url, runId, (run) => ENDED.includes(run.state));
  return result;
}

async function submit(url: string, functionName: string, items: number): Promise<string> {
  const body = Buffer.from('{"id":12345678,"name":"a line of some length"}\n'.repeat(items));
  const submitted = await fetch(`${url}/api/v1/batches?app=${APP}&function=${functionName}&name=bench`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  if (!submitted.ok) throw new Error(`The batch was not taken: ${await submitted.text()}`);
  return createdSchema.parse(await submitted.json()).runId;
}

type Run = z.infer<typeof runSchema>;

/** The run as soon as it is so. */
async function seen(url: string, runId: string, isSo: (run: Run) => boolean): Promise<Run> {
  for (;;) {
    const response = await fetch(`${url}/api/v1/batches/runs/${runId}`);
    const run = runSchema.parse(await response.json());
    if (isSo(run)) return run;
    await delay(100);
  }
}

function secondsOf(run: Run, items: number): number {
  if (run.itemsSucceeded !== items) {
    throw new Error(
      `Of ${items} items ${run.itemsSucceeded} succeeded and ${run.itemsFailed} failed (${run.state}).`,
    );
  }
  return (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')) / 1000;
}
