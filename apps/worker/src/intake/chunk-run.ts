import type { ChunkJob } from '#shared/contracts/jobs.js';
import { fenceOf } from '#shared/domain/invocation.js';
import { triggerOf, type AppVersion, type FunctionDefinition } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { JobVerdict, TakenJob } from '#shared/queue/work-source.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { CallMeter, WorkMeter } from '../books/work-meter.js';
import type { Lease } from '../capacity/lease/lease.js';
import { EvictedError } from '../containers/evicted-error.js';
import type { AppHostPool, Compartment } from '../containers/pool/app-host-pool.js';
import type { BatchInput, InputLine } from '../packages/batch-input.js';
import type { Recorder } from '../recorder/recorder.js';
import { runFunction, type FunctionEnding } from './function-run.js';
import { groupItemsOf, itemOf, malformed, unreadable } from './item-run.js';
import { LogCollector } from './log-collector.js';
import { ProgressWriter } from './progress-writer.js';
import { Slots } from './slots.js';
import type { VersionCache } from './version-cache.js';

export interface ChunkSettings {
  readonly machineId: string;
  /** Function calls of one chunk at a time. */
  readonly itemsInFlight: number;
  /** Items per call of a trigger with `cardinality: many`. */
  readonly groupSize: number;
  readonly maxItemBytes: number;
  readonly maxItemOutputBytes: number;
  readonly maxItemLogBytes: number;
}

export interface ChunkTools {
  readonly versions: VersionCache;
  readonly pool: AppHostPool;
  readonly batches: BatchStore;
  readonly input: BatchInput;
  readonly recorder: Recorder;
  /** Without it no call begins. */
  readonly lease: Pick<Lease, 'isHeld'>;
  readonly meter: Pick<WorkMeter, 'of'>;
  readonly settings: ChunkSettings;
}

/** What stays the same for all items of a chunk. */
interface ChunkWork {
  readonly job: ChunkJob;
  readonly lost: AbortSignal;
  readonly version: AppVersion;
  readonly definition: FunctionDefinition;
  readonly compartment: Compartment;
  readonly writer: ProgressWriter;
  readonly slots: Slots;
  readonly meter: CallMeter;
}

/**
 * Runs the items of a chunk, several at once, and commits them as they end. Items that an earlier attempt committed are
 * passed over. A fault of the platform ends the attempt: what is finished stays, and the queue hands the rest out again.
 */
export async function runChunk(
  tools: ChunkTools,
  taken: TakenJob & { readonly job: ChunkJob },
  compartment: Compartment,
): Promise<JobVerdict> {
  const { job } = taken;
  const { settings } = tools;
  const fence = fenceOf(job.dispatchCount, taken.attemptsStarted);
  if (!(await tools.batches.claimChunk(job.id, fence, settings.machineId))) return 'done';
  const version = await tools.versions.find(job.appVersionId);
  const definition = version.functions.find(({ name }) => name === job.functionName);
  if (!definition) throw new Error(`App version ${version.id} has no function "${job.functionName}".`);
  const writer = new ProgressWriter(tools.recorder, {
    chunkId: job.id,
    runId: job.runId,
    fence,
    machineId: settings.machineId,
  });
  const slots = new Slots(settings.itemsInFlight);
  const complete = await runItems(tools, {
    job,
    lost: taken.lost,
    version,
    definition,
    compartment,
    writer,
    slots,
    meter: tools.meter.of({
      appId: job.appId,
      appName: version.appName,
      functionName: job.functionName,
      runId: job.runId,
    }),
  });
  await writer.end(complete);
  return 'done';
}

/** False when the chunk is no longer ours. */
async function runItems(tools: ChunkTools, work: ChunkWork): Promise<boolean> {
  const { job, writer, slots } = work;
  const groupSize = triggerOf(work.definition)?.['cardinality'] === 'many' ? tools.settings.groupSize : 1;
  const finished = await tools.batches.finishedLines(job.runId, job.firstLine, job.lineCount);
  let group: InputLine[] = [];
  const start = async (lines: readonly InputLine[]): Promise<void> => {
    await writer.room();
    await slots.run(() =>
      groupSize === 1 ? runOne(tools, work, lines[0] as InputLine) : runGroup(tools, work, lines),
    );
  };
  try {
    for await (const lines of tools.input.read(partOf(job))) {
      if (isOver(work)) return false;
      for (const line of lines) {
        if (finished.has(line.lineNumber) || refuse(tools, work, line)) continue;
        group.push(line);
        if (group.length < groupSize) continue;
        const full = group;
        group = [];
        await start(full);
      }
    }
    if (group.length > 0) await start(group);
  } finally {
    // On a fault too: what is under way ends, and what has ended is committed, before the chunk goes to somebody else.
    await slots.drained().finally(() => writer.end(false));
  }
  return !isOver(work);
}

function isOver(work: ChunkWork): boolean {
  return work.lost.aborted || work.writer.refused;
}

function partOf(job: ChunkJob): Parameters<BatchInput['read']>[0] {
  return {
    digest: job.inputDigest,
    byteStart: job.byteStart,
    byteEnd: job.byteEnd,
    firstLine: job.firstLine,
  };
}

/** Gives a line that is no item its outcome; true when it did. */
function refuse(tools: ChunkTools, work: ChunkWork, line: InputLine): boolean {
  const refused = line.text === null ? unreadable(line, tools.settings.maxItemBytes) : malformed(line);
  if (refused) work.writer.add([refused]);
  return refused !== null;
}

async function runOne(tools: ChunkTools, work: ChunkWork, line: InputLine): Promise<void> {
  const { settings } = tools;
  const logs = new LogCollector(settings.maxItemLogBytes);
  const ending = await call(
    tools,
    work,
    {
      kind: 'queue',
      message: line.text ?? '',
      metadata: { Id: `${work.job.runId}/${line.lineNumber}`, DequeueCount: 1 },
    },
    logs,
  );
  if (isOver(work)) return;
  work.writer.add([itemOf(line.lineNumber, ending, logs.lines, settings.maxItemOutputBytes)]);
}

/** A group that fails is split: its items run alone, so that one bad item does not fail its neighbours. */
async function runGroup(tools: ChunkTools, work: ChunkWork, lines: readonly InputLine[]): Promise<void> {
  const { settings } = tools;
  const logs = new LogCollector(settings.maxItemLogBytes);
  const ending = await call(
    tools,
    work,
    { kind: 'queueGroup', messages: lines.map(({ text }) => text ?? '') },
    logs,
  );
  if (isOver(work)) return;
  const [only, ...more] = lines;
  if (ending.state === 'succeeded') {
    work.writer.add(
      groupItemsOf(
        lines.map(({ lineNumber }) => lineNumber),
        ending,
        logs.lines,
        settings.maxItemOutputBytes,
      ),
    );
  } else if (only && more.length === 0) {
    work.writer.add([itemOf(only.lineNumber, ending, logs.lines, settings.maxItemOutputBytes)]);
  } else {
    for (const line of lines) await runGroup(tools, work, [line]);
  }
}

async function call(
  tools: ChunkTools,
  work: ChunkWork,
  input: Parameters<typeof runFunction>[1]['input'],
  logs: LogCollector,
): Promise<FunctionEnding> {
  if (!tools.lease.isHeld)
    throw new EvictedError("The machine's lease has ended: no item is begun before it is renewed.");
  return runFunction(tools.pool, {
    invocationId: newId(),
    version: work.version,
    definition: work.definition,
    compartment: work.compartment,
    input,
    traceParent: work.job.traceParent,
    onLog: logs.add,
    lost: work.lost,
    meter: work.meter,
  });
}
