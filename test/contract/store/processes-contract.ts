import { afterEach, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import { Child } from './processes/child.js';
import type { Course, RaceResult } from './processes/race.js';
import { activeApp, newRun, newVersion, openedChunk, SAMPLE_TIME, scheduleOf } from './samples.js';

const RACERS = 4;
const OCCURRENCES = 40;
const CHUNKS = 40;
const SHARED_LINES = 2_000;
const PATIENCE_MS = 120_000;

/** An empty database for processes, which need its URL. */
export interface SharedDatabase {
  readonly databaseUrl: string;
  remove(): Promise<void>;
}

/** What several processes over one database must not do to each other. */
export function describeProcesses(name: string, create: () => Promise<SharedDatabase>): void {
  describe(`processes that share ${name}`, () => {
    const children: Child[] = [];
    const databases: SharedDatabase[] = [];

    afterEach(async () => {
      await Promise.all(children.splice(0).map((child) => child.kill()));
      for (const database of databases.splice(0)) await database.remove();
    });

    async function newDatabase(): Promise<string> {
      const database = await create();
      databases.push(database);
      return database.databaseUrl;
    }

    it(
      'migrate once, make one app, and share occurrences, chunks, deployments and items',
      async () => {
        const databaseUrl = await newDatabase();
        for (let racer = 0; racer < RACERS; racer++) children.push(new Child('racer.ts', databaseUrl));
        const apps = await Promise.all(children.map((child) => child.read<{ appId: string }>()));
        expect(new Set(apps.map((app) => app.appId)).size).toBe(1);
        const course = await layOut(databaseUrl, apps[0]?.appId ?? '');
        for (const child of children) child.write(course);
        const results = await Promise.all(children.map((child) => child.read<RaceResult>()));
        const total = (won: keyof RaceResult) => results.reduce((sum, result) => sum + result[won], 0);
        expect(total('occurrences')).toBe(OCCURRENCES);
        expect(total('chunks')).toBe(CHUNKS);
        expect(total('deployments')).toBe(1);
        await expectOneItemPerLine(databaseUrl, course);
      },
      PATIENCE_MS,
    );

    it(
      'leave nothing half-done when they are killed',
      async () => {
        const databaseUrl = await newDatabase();
        const stores = await openStores({ databaseUrl });
        try {
          await stores.store.migrate();
          const app = await activeApp(stores);
          for (let round = 0; round < 3; round++) {
            const { run } = await stores.batches.createRun(newRun(app, 1, { id: newId() }));
            const chunk = await openedLongChunk(stores, run.id);
            const child = new Child('recorder.ts', databaseUrl, run.id, chunk);
            children.push(child);
            let said = 0;
            for (let line = 0; line < 3 + round; line++) said = await child.read<number>();
            await child.kill();
            const recorded = await stores.batches.finishedLines(run.id, 1, 1_000_000);
            expect(recorded.size).toBeGreaterThanOrEqual(said);
            expect(recorded.size % 500).toBe(0);
            expect((await stores.batches.progress(run.id)).itemsSucceeded).toBe(recorded.size);
          }
        } finally {
          await stores.store.close();
        }
      },
      PATIENCE_MS,
    );
  });
}

async function openedLongChunk(
  stores: Awaited<ReturnType<typeof openStores>>,
  runId: string,
): Promise<string> {
  const id = newId();
  const chunk = { id, byteStart: 0, byteEnd: 1000, firstLine: 1, lineCount: 1_000_000, itemCount: 1_000_000 };
  const start = { byteOffset: 0, lineNumber: 1 };
  await stores.batches.openChunk(runId, start, chunk, { byteOffset: 1000, lineNumber: 1_000_001 });
  return id;
}

async function layOut(databaseUrl: string, appId: string): Promise<Course> {
  const stores = await openStores({ databaseUrl });
  try {
    const version = await stores.catalogue.activateVersion(
      newVersion(appId, [scheduleOf('zeta', '0 * * * * *')]),
    );
    const [schedule] = await stores.schedules.listActive();
    const { run } = await stores.batches.createRun(newRun(version, CHUNKS));
    const shared = await stores.batches.createRun(newRun(version, SHARED_LINES / 10));
    const chunk = await openedChunk(stores, shared.run.id, 0);
    return {
      scheduleId: schedule?.id ?? '',
      appId,
      appVersionId: version.id,
      functionName: 'zeta',
      plannedAt: Array.from({ length: OCCURRENCES }, (_, index) => SAMPLE_TIME.getTime() + index * 60_000),
      runId: run.id,
      runChunks: CHUNKS,
      sharedChunk: { runId: shared.run.id, chunkId: chunk.id, lines: SHARED_LINES },
      deployments: 10,
    };
  } finally {
    await stores.store.close();
  }
}

async function expectOneItemPerLine(databaseUrl: string, { sharedChunk }: Course): Promise<void> {
  const stores = await openStores({ databaseUrl });
  try {
    const lines = await stores.batches.finishedLines(sharedChunk.runId, 1, SHARED_LINES + 100);
    expect(lines.size).toBe(SHARED_LINES);
  } finally {
    await stores.store.close();
  }
}
