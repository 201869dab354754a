import type { ItemOutcome } from '#shared/domain/batch.js';
import type { BatchCalendar, BatchDefinition, BatchWindow } from '#shared/domain/batch-definition.js';
import type { AppVersion, FunctionDefinition, HostConfig } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { InvocationInput, InvocationOutcome } from '#shared/domain/invocation.js';
import type { MachineReport } from '#shared/domain/machine.js';
import type { NewBatchChunk, NewBatchRun } from '#shared/store/batch-store.js';
import type { NewAppVersion } from '#shared/store/catalogue-store.js';
import type { NewInvocation } from '#shared/store/invocation-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';

/** A time with milliseconds that SQL Server's old `datetime` could not hold. */
export const SAMPLE_TIME = new Date('2026-11-24T23:30:15.678Z');

export const HOST: HostConfig = {
  functionTimeoutSeconds: 1800,
  retry: { strategy: 'fixedDelay', maxRetryCount: 3, delayMs: 500 },
  http: {
    routePrefix: 'api',
    maxConcurrentRequests: null,
    maxOutstandingRequests: 20,
    customHeaders: { 'x-content-type-options': 'nosniff' },
  },
  logLevels: { default: 'Information' },
};

export const FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'zeta',
    programmingModel: 'v4',
    bindings: [{ name: 'timer', type: 'timerTrigger', direction: 'in', schedule: '0 0 2 * * *' }],
    disabled: false,
  },
  {
    name: 'alpha',
    programmingModel: 'v3',
    bindings: [{ name: 'message', type: 'queueTrigger', direction: 'in', queueName: 'påske' }],
    scriptFile: 'alpha/index.js',
    entryPoint: 'main',
    retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayMs: 10 },
    disabled: true,
  },
];

type NewSchedule = NewAppVersion['schedules'][number];

export function scheduleOf(functionName: string, expression: string): NewSchedule {
  return { functionName, expression, useMonitor: true, runOnStartup: false };
}

export function newVersion(appId: string, schedules: readonly NewSchedule[] = []): NewAppVersion {
  return {
    id: newId(),
    appId,
    packageDigest: 'ab'.repeat(32),
    packageSizeBytes: 5_000_000_000,
    host: HOST,
    functions: FUNCTIONS,
    schedules,
  };
}

/** An app of a name that no other test uses, with an active version. */
export async function activeApp(stores: Stores, schedules: readonly NewSchedule[] = []): Promise<AppVersion> {
  const app = await stores.catalogue.findOrCreateApp(`app-${newId()}`);
  return stores.catalogue.activateVersion(newVersion(app.id, schedules));
}

export const QUEUE_INPUT: InvocationInput = {
  kind: 'queue',
  message: '{"order":1}',
  metadata: { DequeueCount: 1 },
};

export function newInvocation(version: AppVersion, more: Partial<NewInvocation> = {}): NewInvocation {
  return {
    id: newId(),
    appId: version.appId,
    appVersionId: version.id,
    functionName: 'alpha',
    trigger: 'queue',
    input: QUEUE_INPUT,
    ...more,
  };
}

/** What a worker says of this invocation after it succeeded. */
export function outcomeOf(
  invocation: NewInvocation,
  fence: number,
  more: Partial<InvocationOutcome> = {},
): InvocationOutcome {
  return {
    id: invocation.id,
    fence,
    appId: invocation.appId,
    appVersionId: invocation.appVersionId,
    functionName: invocation.functionName,
    trigger: invocation.trigger,
    state: 'succeeded',
    input: invocation.input,
    output: { returnValue: { fence } },
    attempts: [{ number: 1, startedAt: SAMPLE_TIME, durationMs: 12.5 }],
    logs: [],
    logsTruncated: false,
    machineId: newId(),
    coldStart: false,
    acceptedAt: new Date(SAMPLE_TIME.getTime() - 2000),
    startedAt: SAMPLE_TIME,
    endedAt: new Date(SAMPLE_TIME.getTime() + 13),
    traceParent: invocation.traceParent,
    ...more,
  };
}

export const LINES_PER_CHUNK = 10;
export const BYTES_PER_CHUNK = 1000;

/** A run of `chunks` chunks, ten lines of a hundred bytes each. */
export function newRun(version: AppVersion, chunks = 2, more: Partial<NewBatchRun> = {}): NewBatchRun {
  return {
    id: newId(),
    name: 'nightly invoices',
    appId: version.appId,
    appVersionId: version.id,
    functionName: 'alpha',
    inputDigest: 'cd'.repeat(32),
    inputSizeBytes: chunks * BYTES_PER_CHUNK,
    itemsTotal: chunks * LINES_PER_CHUNK,
    ...more,
  };
}

export const NIGHT: BatchWindow = { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' };

/** A definition of a name of its own. */
export function newDefinition(app: string, more: Partial<BatchDefinition> = {}): BatchDefinition {
  return {
    name: `batch-${newId()}`,
    app,
    function: 'alpha',
    input: { kind: 'range', from: 1, to: 10 },
    priority: 0,
    misfire: 'runOnce',
    overlap: 'skip',
    carryOver: true,
    pauseOnFailure: false,
    ...more,
  };
}

export function newCalendar(more: Partial<BatchCalendar> = {}): BatchCalendar {
  return {
    timeZone: 'Europe/Berlin',
    businessDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
    holidays: [{ date: '2026-12-25', name: 'Weihnachten, schön' }],
    exclusions: [],
    additions: [],
    dayStartsAt: '06:00',
    ...more,
  };
}

export function cursorAt(chunk: number): { byteOffset: number; lineNumber: number } {
  return { byteOffset: chunk * BYTES_PER_CHUNK, lineNumber: chunk * LINES_PER_CHUNK + 1 };
}

export function newChunk(index: number): NewBatchChunk {
  return {
    id: newId(),
    byteStart: index * BYTES_PER_CHUNK,
    byteEnd: (index + 1) * BYTES_PER_CHUNK,
    firstLine: index * LINES_PER_CHUNK + 1,
    lineCount: LINES_PER_CHUNK,
    itemCount: LINES_PER_CHUNK,
  };
}

/** Makes and opens the run's chunk of this index. */
export async function openedChunk(stores: Stores, runId: string, index: number): Promise<NewBatchChunk> {
  const chunk = newChunk(index);
  const opened = await stores.batches.openChunk(runId, cursorAt(index), chunk, cursorAt(index + 1));
  if (!opened) throw new Error(`Chunk ${index} could not be opened`);
  return chunk;
}

export function item(lineNumber: number, more: Partial<ItemOutcome> = {}): ItemOutcome {
  return {
    lineNumber,
    state: 'succeeded',
    attempts: 1,
    startedAt: SAMPLE_TIME,
    durationMs: 2.5,
    output: { line: lineNumber },
    ...more,
  };
}

/** Outcomes of the lines `from` to `to`, both included. */
export function items(from: number, to: number, more: Partial<ItemOutcome> = {}): ItemOutcome[] {
  return Array.from({ length: to - from + 1 }, (_, index) => item(from + index, more));
}

/** A report of a machine of its own. */
export function newMachine(more: Partial<MachineReport> = {}): MachineReport {
  return {
    id: newId(),
    name: `machine-${newId()}`,
    os: 'linux',
    pool: 'default',
    runtime: 'docker',
    state: 'ready',
    reason: '',
    cores: 8,
    memoryBytes: 34_359_738_368,
    slots: 16,
    slotsBusy: 3,
    ...more,
  };
}
