import { createInterface } from 'node:readline';
import { newId } from '#shared/domain/ids.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import { cursorAt, items, newChunk } from '../samples.js';
import type { Course, RaceResult } from './race.js';

/**
 * A process that races others: it migrates, makes the app that all make, says the app's id, waits for the course on its standard
 * input, runs it and says how often it was the one. Its argument is the database's URL.
 */
async function main(): Promise<void> {
  const stores = await openStores({ databaseUrl: process.argv[2] ?? '' });
  await stores.store.migrate();
  await stores.store.check();
  const app = await stores.catalogue.findOrCreateApp('race');
  say({ appId: app.id });
  for await (const line of createInterface({ input: process.stdin })) {
    say(await race(stores, JSON.parse(line) as Course));
    break;
  }
  await stores.store.close();
}

async function race(stores: Stores, course: Course): Promise<RaceResult> {
  const [occurrences, chunks, deployments] = await Promise.all([
    claimOccurrences(stores, course),
    openChunks(stores, course),
    beginDeployments(stores, course),
    recordSharedLines(stores, course),
  ]);
  return { occurrences, chunks, deployments };
}

async function claimOccurrences(stores: Stores, course: Course): Promise<number> {
  let won = 0;
  for (const plannedAt of course.plannedAt) {
    const invocation = {
      ...course,
      id: newId(),
      trigger: 'timer',
      input: { kind: 'queue', message: '' },
    } as const;
    const outcome = await claimInTurn(stores, course.scheduleId, new Date(plannedAt), invocation);
    if (outcome === 'taken') continue;
    won++;
    await stores.invocations.abandon(invocation.id, 'It was only raced for.');
  }
  return won;
}

/** Runs of a schedule never overlap: an occurrence waits until the run that another process won has ended. */
async function claimInTurn(
  ...[stores, ...claim]: [Stores, ...Parameters<Stores['schedules']['claimOccurrence']>]
): Promise<'claimed' | 'taken'> {
  for (;;) {
    const outcome = await stores.schedules.claimOccurrence(...claim);
    if (outcome !== 'overlaps') return outcome;
  }
}

async function openChunks(stores: Stores, course: Course): Promise<number> {
  let won = 0;
  for (let index = 0; index < course.runChunks; index++) {
    if (await stores.batches.openChunk(course.runId, cursorAt(index), newChunk(index), cursorAt(index + 1)))
      won++;
  }
  return won;
}

async function beginDeployments(stores: Stores, course: Course): Promise<number> {
  let won = 0;
  for (let tried = 0; tried < course.deployments; tried++) {
    const deployment = { id: newId(), appId: course.appId, deployer: '', author: '', message: '' };
    if (await stores.deployments.begin(deployment)) won++;
  }
  return won;
}

async function recordSharedLines(stores: Stores, { sharedChunk }: Course): Promise<void> {
  for (let from = 1; from <= sharedChunk.lines; from += 50) {
    const lines = items(from, Math.min(from + 70, sharedChunk.lines));
    await stores.batches.recordProgress([
      { ...sharedChunk, fence: 1001, machineId: newId(), items: lines, done: false },
    ]);
  }
}

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

await main();
