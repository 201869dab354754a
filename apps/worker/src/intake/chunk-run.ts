import type { ChunkJob } from '#shared/contracts/jobs.js';
import { fenceOf } from '#shared/domain/invocation.js';
import { triggerOf } from '#shared/domain/function-app.js';
import type { JobVerdict, TakenJob } from '#shared/queue/work-source.js';
import { EvictedError } from '../containers/evicted-error.js';
import type { Compartment } from '../containers/pool/app-host-pool.js';
import type { BatchInput, InputLine } from '../packages/batch-input.js';
import { runGroup, runOne } from './chunk-items.js';
import { callShape } from './call-shape.js';
import { isOver, type ChunkTools, type ChunkWork, type WaitingItem } from './chunk-work.js';
import { itemOf, malformed, terminated, unreadable } from './item-run.js';
import { Pace } from './pace.js';
import { ProgressWriter } from './progress-writer.js';
import { Slots } from './slots.js';
import { WaitingItems } from './waiting-items.js';
import { WindowEnd } from './window-end.js';

/**
 * Runs the items of a chunk, several at once, and commits them as they end. Items that an earlier attempt committed are
 * passed over. A fault of the platform ends the attempt: what is finished stays, and the queue hands the rest out again. Items
 * that fail are tried again as their run says, and wait for that beside the others: the chunk ends when all have. Their attempts
 * are known here only, until they have an outcome: with the chunk's next attempt they begin again. No item is begun that does not
 * fit the time that is left, and at the end of its window what still runs is given back: the rest is left to others, or to later.
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
  const version = await tools.appSettings.equip(
    await tools.versions.find(job.appVersionId),
    job.settingsGrant,
  );
  const definition = version.functions.find(({ name }) => name === job.functionName);
  if (!definition) throw new Error(`App version ${version.id} has no function "${job.functionName}".`);
  const writer = new ProgressWriter(tools.recorder, {
    chunkId: job.id,
    runId: job.runId,
    fence,
    machineId: settings.machineId,
  });
  const watched = tools.terminations.watch(job.runId);
  const waiting = new WaitingItems<WaitingItem>();
  const window = new WindowEnd(job.notAfter, tools.now);
  const isGrouped = triggerOf(definition)?.['cardinality'] === 'many';
  const { itemsPerCall, callsAtOnce } = callShape(job, isGrouped, settings);
  const endCalls = (): void => void tools.pool.endCalls(version, compartment);
  const ends = [watched.signal, window.over];
  for (const end of ends) end.addEventListener('abort', endCalls, { once: true });
  window.open();
  try {
    const extent = await runItems(tools, {
      job,
      lost: taken.lost,
      terminated: watched.signal,
      windowOver: window.over,
      over: AbortSignal.any([taken.lost, watched.signal, window.over]),
      admission: tools.gate.forItems(job, version, taken.course),
      version,
      definition,
      compartment,
      writer,
      slots: new Slots(callsAtOnce, () => waiting.notify()),
      pace: new Pace(job.itemsPerSecond),
      itemsPerCall,
      waiting,
      meter: tools.meter.of({
        appId: job.appId,
        appName: version.appName,
        functionName: job.functionName,
        runId: job.runId,
      }),
    });
    await writer.end(extent === 'whole');
    return extent === 'left' ? 'passRest' : 'done';
  } catch (error) {
    // It ran for as long as it may: no machine is to blame.
    if (error instanceof EvictedError && window.over.aborted) return 'passRest';
    throw error;
  } finally {
    // The run's signal outlives the chunk, whose container may have another run's calls by then.
    for (const end of ends) end.removeEventListener('abort', endCalls);
    window.close();
    watched.end();
  }
}

/** `left`: some of it does not fit here any more. `taken`: it is somebody else's. */
type Extent = 'whole' | 'left' | 'taken';

async function runItems(tools: ChunkTools, work: ChunkWork): Promise<Extent> {
  const { job, writer, slots } = work;
  const isGrouped = triggerOf(work.definition)?.['cardinality'] === 'many';
  const finished = await tools.batches.finishedLines(job.runId, job.firstLine, job.lineCount);
  let group: InputLine[] = [];
  let givenUp = 0;
  const start = async (lines: readonly InputLine[]): Promise<void> => {
    await startDue(work);
    if (work.terminated.aborted) return;
    await startTask(work, lines.length, async () => {
      // It may have waited for its slot while the run was terminated: then it has never begun.
      if (work.terminated.aborted) return;
      await (!isGrouped ? runOne(tools, work, lines[0] as InputLine) : runGroup(tools, work, lines));
    });
  };
  try {
    for await (const lines of tools.input.read(partOf(job))) {
      if (isOver(work)) return 'taken';
      if (work.terminated.aborted || work.admission.isShort) break;
      for (const line of lines) {
        if (work.admission.isShort) break;
        if (finished.has(line.lineNumber) || refuse(tools, work, line)) continue;
        group.push(line);
        if (group.length < work.itemsPerCall) continue;
        const full = group;
        group = [];
        await start(full);
      }
    }
    if (group.length > 0) await start(group);
    await untilAllEnded(work);
  } finally {
    // On a fault too: what is under way ends, and what has ended is committed, before the chunk goes to somebody else.
    await slots.drained().finally(() => {
      givenUp = giveUpWaiting(tools, work);
      return writer.end(false);
    });
  }
  if (isOver(work)) return 'taken';
  const hasMore = work.admission.isShort || givenUp > 0;
  return hasMore && !work.terminated.aborted ? 'left' : 'whole';
}

/** Begins it as soon as its run's rate allows and there is a slot, if it fits then. */
async function startTask(work: ChunkWork, items: number, task: () => Promise<void>): Promise<void> {
  await work.writer.room();
  await work.pace.take(items, work.over);
  await work.slots.run(async () => {
    // It may have waited for long.
    if (work.lost.aborted) return;
    if (work.terminated.aborted || work.admission.mayStart()) await task();
  });
}

/** Before anything new: an item that has waited comes first. */
async function startDue(work: ChunkWork): Promise<void> {
  for (const { tryAgain } of work.waiting.takeDue()) await startTask(work, 1, tryAgain);
}

/** Until no item runs or waits for an attempt, or nothing more is to be done. */
async function untilAllEnded(work: ChunkWork): Promise<void> {
  const { waiting, slots, writer } = work;
  while (!isOver(work) && !work.over.aborted && !work.admission.isShort && !slots.hasFailed) {
    await startDue(work);
    if (waiting.size === 0 && slots.isIdle) return;
    // What has ended shows meanwhile.
    if (slots.isIdle) await writer.end(false);
    await waiting.change([work.over]);
  }
}

/** Items that had begun are cancelled with their run; those of a chunk that goes to somebody else are simply forgotten. Gives how many. */
function giveUpWaiting(tools: ChunkTools, work: ChunkWork): number {
  const waiting = work.waiting.takeAll();
  if (isOver(work) || !work.terminated.aborted) return waiting.length;
  const { maxItemOutputBytes } = tools.settings;
  work.writer.add(
    waiting.map(({ line, ending, logs }) =>
      itemOf(line.lineNumber, terminated(ending), logs.lines, maxItemOutputBytes),
    ),
  );
  return waiting.length;
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
