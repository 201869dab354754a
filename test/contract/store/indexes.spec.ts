import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import { storesOver, type Stores } from '#shared/store/kysely/open-stores.js';
import { RecordingEngine } from './recording-engine.js';
import {
  activeApp,
  newCalendar,
  newDefinition,
  newInvocation,
  newMachine,
  newRun,
  NIGHT,
  openedChunk,
} from './samples.js';
import type { SharedDatabase } from './processes-contract.js';
import { createSqliteFile } from './sqlite-test-database.js';

/**
 * Tables that stay as small as the installation is: reading them whole is as good as any index.
 * All others grow with every night.
 */
const SMALL = [
  'function_apps',
  'app',
  'schedules',
  'schedule',
  'access_keys',
  'machines',
  'machine_orders',
  'machine_keys',
  'capacity_policies',
  'function_placements',
  'enrolment_tokens',
  'kysely_migration',
  'calendars',
  'calendar_versions',
  'batch_graph',
  'batch_dependencies',
];

/** Filtered indexes of what is open at a time. */
const FEW_ROWS =
  /ix_batch_runs_open|ix_batch_runs_untold|ix_batch_events_untold|ix_batch_chunks_open|ix_batch_chunks_stale|ux_deployments_under_way/;

let database: SharedDatabase;
let engine: RecordingEngine;
let stores: Stores;

beforeAll(async () => {
  database = await createSqliteFile();
  engine = new RecordingEngine(database.databaseUrl.slice('sqlite:'.length));
  stores = storesOver(engine);
  await stores.store.migrate();
  engine.statements.clear();
  await readEveryList();
});

afterAll(async () => {
  await stores.store.close();
  await database.remove();
});

/** Every way in which the ports read or look for rows. */
async function readEveryList(): Promise<void> {
  const app = await activeApp(stores);
  const invocation = newInvocation(app, { idempotencyKey: 'k' });
  await stores.invocations.accept([invocation]);
  const { run } = await stores.batches.createRun(newRun(app, 2, { idempotencyKey: 'k' }));
  const chunk = await openedChunk(stores, run.id, 0);
  await readInvocations(app.appName, invocation.id);
  await readBatches(run.id, chunk.id, app.appId);
  await readDefinitions(app.appId, app.appName);
  await stores.catalogue.listApps();
  await stores.catalogue.listActiveVersions();
  await stores.deployments.begin({ id: run.id, appId: app.appId, deployer: '', author: '', message: '' });
  await stores.deployments.list(app.appId, 10);
  await stores.deployments.failInterrupted(60, 'note');
  await stores.schedules.listActive();
  await stores.schedules.hasUnfinishedRun(app.id);
  await stores.accessKeys.listForApp(app.appId);
  await stores.machines.list(60);
  await stores.work.usage('default', 24);
  const at = new Date();
  const wait = { at, action: 'suspend', reason: '', milliseconds: 1 } as const;
  const page = { id: 'page', work: [], waits: [wait] };
  await stores.machines.heartbeat(newMachine({ page }), -1);
  await stores.machines.markOffline();
  await stores.enrolment.listTokens();
  const range = { from: new Date(0), until: new Date() };
  for (const more of [{}, { pool: 'default' }, { machineId: run.id }]) {
    await stores.machineTime.sums({ ...range, ...more });
    await stores.machineTime.hours({ ...range, ...more }, 10);
    for (const grouping of ['function', 'machine', 'reason'] as const)
      await stores.work.sums({ ...range, ...more }, grouping);
    await stores.work.ownerImpact({ ...range, ...more });
    await stores.work.worstWaits({ ...range, ...more }, 10);
    await stores.work.waits({ ...range, ...more }, 10);
    await stores.machineTime.steps({ ...range, ...more }, { step: 'day', byPool: true });
  }
  await stores.machineTime.bookSilence(60);
  await stores.machineTime.sumUp();
  await stores.machineTime.removeOlder(1);
  const policy = { scope: 'pool', name: 'default' } as const;
  await stores.policies.put({ ...policy, knobs: {}, changedBy: '' });
  await stores.policies.list();
  await stores.policies.history(policy);
  const placement = { appId: app.appId, functionName: 'alpha' };
  await stores.placements.put({ ...placement, placement: {}, changedBy: '' });
  await stores.placements.list();
  await stores.placements.history(placement);
  await stores.enrolment.machineOfKey('hash');
  await readRunSchedules(run.id, app.appName);
  await readInputs(app.appId, run);
}

async function readInputs(appId: string, run: BatchRun): Promise<void> {
  const { inputs, retention, batches } = stores;
  await batches.findItem(run.id, 1);
  await batches.chunkOf(run.id, 1);
  await batches.newestEndedRun(appId, run.name);
  await inputs.claim(60);
  await inputs.renew({ run, attempt: 1 }, 60, 1);
  await inputs.finish({ run, attempt: 1 }, { digest: 'd', sizeBytes: 1, itemsTotal: 1 });
  await retention.listOverdue(run.batchId, { days: 1, runs: 1 }, 10);
  await retention.beginRemoval(run.id);
  await retention.listRemovals(10);
  await retention.removeSome(run.id, 10);
}

async function readRunSchedules(runId: string, appName: string): Promise<void> {
  const { runSchedules } = stores;
  await runSchedules.listScheduled(new Date(), 10);
  await runSchedules.listScheduled(new Date(), 10, runId);
  await runSchedules.openRunsOf([runId]);
  await runSchedules.runsOfDay(appName, 'nightly invoices', '2026-11-30');
  await runSchedules.begin(runId);
  await runSchedules.explain(runId, { code: '', message: '' });
  await runSchedules.listEnding(new Date(), 10);
  await runSchedules.listEnding(new Date(), 10, runId);
  await runSchedules.drain(runId);
  await runSchedules.closeChunks(runId);
  await runSchedules.endWindow(runId, { state: 'carriedOver' });
  await runSchedules.endScheduled(runId, 'failed', { source: 'platform', type: '', message: '' });
  await runSchedules.listUnseenEnds(10);
  await runSchedules.markSeen([runId]);
}

async function readInvocations(appName: string, id: string): Promise<void> {
  for (const appFilter of [undefined, appName]) {
    for (const functionName of [undefined, 'alpha']) {
      for (const state of [undefined, 'failed', 'succeeded'] as const) {
        for (const after of [undefined, id]) {
          await stores.invocations.list({ appName: appFilter, functionName, state }, { limit: 10, after });
        }
      }
    }
  }
  await stores.invocations.find(id);
  await stores.invocations.logs(id);
  await stores.invocations.listUnfinished(60, 10);
  await stores.invocations.claim(id, 1);
  await stores.invocations.redispatch(id, 1);
  await stores.invocations.abandon(id, 'message');
}

async function readDefinitions(appId: string, appName: string): Promise<void> {
  const { batchDefinitions, calendars, occurrences } = stores;
  await calendars.put({ name: 'nrw', calendar: newCalendar(), changedBy: '' });
  const definition = newDefinition(appName, { calendar: 'nrw', window: NIGHT });
  const put = await batchDefinitions.put({ appId, definition, changedBy: '' });
  if (!('batch' in put)) throw new Error(`The definition was not put: ${put.kind}`);
  const other = newDefinition(appName, { dependsOn: [{ batch: definition.name, when: 'ended' }] });
  await batchDefinitions.put({ appId, definition: other, changedBy: '' });
  await batchDefinitions.put({ appId, definition: { ...other, priority: 1 }, changedBy: '' });
  const { id, version } = put.batch;
  await batchDefinitions.findById(id);
  for (const filter of [{}, { appId }]) {
    await batchDefinitions.list(filter, { limit: 10 });
    await batchDefinitions.list(filter, { limit: 10, after: id });
  }
  await batchDefinitions.listVersions(id, 10, 5);
  await batchDefinitions.findVersion(id, version);
  await batchDefinitions.listDependents(id);
  await batchDefinitions.remove({ appId, name: definition.name });
  await batchDefinitions.pause({ appId, name: definition.name }, '', '');
  await batchDefinitions.resume({ appId, name: definition.name });
  await occurrences.listDue(10);
  await occurrences.nextDueAt();
  await occurrences.list(id, 10, new Date());
  const claim = { batchId: id, version, openRunIds: [], plannedAt: new Date(0), run: null, nextDueAt: null };
  await occurrences.claim(claim);
  await occurrences.settle([{ ...claim, occurrences: [{ plannedAt: new Date(0), run: null }] }]);
  await calendars.list();
  await calendars.history('nrw');
  await calendars.remove('nrw', '');
}

async function readBatches(runId: string, chunkId: string, appId: string): Promise<void> {
  await stores.batches.listRuns({ limit: 10 });
  const range = { from: new Date(0), until: new Date() };
  for (const filter of [
    { appId },
    { batchId: runId },
    { state: 'failed' },
    { parentRunId: runId },
  ] as const) {
    await stores.batches.listRuns({ limit: 10, after: runId }, filter);
    await stores.batches.listRuns({ limit: 10 }, { ...filter, ...range, cause: 'schedule' });
  }
  await stores.batches.listOpenRuns();
  await stores.batches.progress(runId);
  await stores.batches.countOpenChunks(runId);
  await stores.batches.listOpenWork();
  await stores.batches.openChunkIds(runId);
  await stores.batches.noteWaiting(runId, null);
  await stores.batches.claimChunk(chunkId, 1, runId);
  await stores.batches.finishedLines(runId, 1, 10);
  await stores.batches.listStaleChunks(0, 10);
  await stores.batches.meanItemDurationMs(appId, 'alpha');
  for (const state of [undefined, 'failed', 'succeeded'] as const) {
    await stores.batches.listItems(runId, { state }, { limit: 10 });
  }
  await stores.batches.listItems(runId, { group: 'abc' }, { limit: 10 });
  await readDeadLetters(runId, appId);
  await stores.batches.terminatedRuns([runId]);
  await stores.batches.redispatchChunk(chunkId, 1);
  await stores.batches.endRunIfDue(runId);
  await stores.batches.cancelRun(runId);
  await readNotifications(runId);
}

async function readDeadLetters(runId: string, appId: string): Promise<void> {
  const { deadLetters } = stores;
  const page = { limit: 10, afterLine: 0 };
  await deadLetters.listGroups(runId, { limit: 10, after: '3-abc' });
  await deadLetters.listGroupsOfBatch(runId, 10, { limit: 10 });
  await deadLetters.counts(runId);
  for (const selection of [
    { kind: 'all' },
    { kind: 'group', group: 'abc' },
    { kind: 'lines', lines: [1, 2] },
  ] as const) {
    await deadLetters.replayableLines(runId, selection, false, page);
  }
  await deadLetters.unhealedLines(runId, page);
  await deadLetters.succeededLines([runId], 1, 10);
  await deadLetters.listFamily(runId);
  await deadLetters.listChildren(runId);
  await deadLetters.findByKey(appId, 'k');
  await stores.batchEvents.record({ runId, kind: 'failuresWarning', details: {} });
  await stores.batchEvents.listOfRun(runId);
}

async function readNotifications(runId: string): Promise<void> {
  const { notifications } = stores;
  await notifications.recordPassedDeadlines(10);
  await stores.batchEvents.record({ runId, kind: 'late', details: {} });
  await stores.batches.failRun(runId, { source: 'platform', type: '', message: '' });
  for (const untold of await notifications.listUntold(10)) {
    await notifications.tell(untold, { wants: () => true, due: () => [] }, 60);
  }
  await notifications.claimDue(10, 60);
  await notifications.nextDueInMs();
  for (const filter of [{}, { state: 'dead' }, { runId }] as const)
    for (const after of [undefined, runId]) await notifications.list({ limit: 10, after }, filter);
  await notifications.find(runId);
  await notifications.retry(runId, 60);
}

/** What SQLite would do that grows with the table. */
function slowSteps(sql: string): string[] {
  const file = new DatabaseSync(database.databaseUrl.slice('sqlite:'.length), { readOnly: true });
  try {
    const plan = file.prepare(`explain query plan ${sql}`).all() as { detail: string }[];
    return plan.map((step) => step.detail).filter((detail) => isSlow(detail, sql));
  } finally {
    file.close();
  }
}

function isSlow(detail: string, sql: string): boolean {
  if (detail.includes('USE TEMP B-TREE FOR ORDER BY'))
    return !/from "(function_apps|access_keys|machines)"|group by "row"."fingerprint"/.test(sql);
  const [, scanned] = /^SCAN (?!CONSTANT ROW)(\w+)/.exec(detail) ?? [];
  if (scanned === undefined || SMALL.includes(scanned)) return false;
  // A list that is read along the index of its order ends with its page; a filtered index holds the few that are meant.
  const alongIndex = detail.includes('USING') && (sql.includes(' limit ') || FEW_ROWS.test(detail));
  return !alongIndex;
}

describe('the indexes', () => {
  it('are enough: no read gets slower as the tables grow', () => {
    const slow = [...engine.statements]
      .filter((sql) => /^(select|update)/.test(sql))
      .flatMap((sql) => slowSteps(sql).map((step) => `${step}: ${sql}`));
    expect(slow).toEqual([]);
    expect(engine.statements.size).toBeGreaterThan(50);
  });

  it.each([
    ['invocations of an app', '"app_id" =', 'ix_invocations_app'],
    ['invocations of a function', '"function_name" =', 'ix_invocations_function'],
    [
      'invocations that failed',
      `"state" = ? and "invocation"."state" <> 'succeeded'`,
      'ix_invocations_state',
    ],
    ['unfinished invocations', `"dispatched_at" <=`, 'ix_invocations_unfinished'],
    ['runs of a batch', '"run"."batch_id" = ? and "run"."id" < ?', 'ix_batch_runs_batch'],
    ['runs of a state', '"run"."state" = ? and "run"."id" < ?', 'ix_batch_runs_state'],
    ['runs of a parent', '"run"."parent_run_id" = ? and "run"."id" < ?', 'ix_batch_runs_parent'],
    ['open runs of a batch', '"batch_id" = ? and "ended_at" is null', 'ix_batch_runs_batch_open'],
    ['batches that are due', '"next_due_at" <=', 'ix_batches_due'],
    ['batches of an app', '"batch"."app_id" = ? order by', 'ix_batches_app'],
    ['batches that use a calendar', '"batch"."calendar" = ?', 'ix_batches_calendar'],
    ['batches that wait for one', '"dependency"."depends_on_id" = ?', 'ix_batch_dependencies_on'],
    ['open runs', '"ended_at" is null order by', 'ix_batch_runs_open'],
    ['open chunks of a run', 'count(*) as "open"', 'ix_batch_chunks_open'],
    ['silent chunks', '"active_at" <=', 'ix_batch_chunks_stale'],
    ['items that failed', 'from "batch_items" as "row" indexed by', 'ix_batch_items_state'],
    ['failure groups', 'group by "row"."fingerprint"', 'USING COVERING INDEX ix_batch_items_group'],
    ['replayed items', '"row"."replayed_by" is not null', 'ix_batch_items_replayed'],
    ['ends that nobody told of', '"told_at" is null and "ended_at" is not null', 'ix_batch_runs_untold'],
    ['failures of a batch in a row', '"ended_at" >= ? and', 'ix_batch_runs_batch_ended'],
    ['notifications that are due', '"next_try_at" <=', 'ix_notifications_due'],
    ['notifications of a state', 'from "notifications" where "state" = ? and "id"', 'ix_notifications_state'],
    ['unfinished runs of a schedule', '"schedule_id" = ?', 'ix_invocations_schedule'],
  ])('find %s by an index of their own', (_what, part, index) => {
    const statements = [...engine.statements].filter((sql) => sql.startsWith('select') && sql.includes(part));
    expect(statements.length).toBeGreaterThan(0);
    const file = new DatabaseSync(database.databaseUrl.slice('sqlite:'.length), { readOnly: true });
    const plans = statements.map((sql) => JSON.stringify(file.prepare(`explain query plan ${sql}`).all()));
    file.close();
    expect(plans.some((plan) => plan.includes(index))).toBe(true);
  });
});
