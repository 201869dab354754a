import type { ChunkJob } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import type { Attempt } from '#shared/domain/invocation.js';
import { itemRetryDelayMs } from '#shared/domain/item-retry.js';
import { EvictedError } from '../containers/evicted-error.js';
import type { InputLine } from '../packages/batch-input.js';
import { isOver, type ChunkTools, type ChunkWork } from './chunk-work.js';
import { runFunction, type FunctionEnding } from './function-run.js';
import { itemEnding, itemInput } from './item-input.js';
import { groupItemsOf, itemOf, terminated } from './item-run.js';
import { LogCollector } from './log-collector.js';
import { measure } from './measure.js';

/** Runs an item of a function that takes one at a time. */
export async function runOne(
  tools: ChunkTools,
  work: ChunkWork,
  line: InputLine,
  logs = new LogCollector(tools.settings.maxItemLogBytes),
  before: readonly Attempt[] = [],
): Promise<void> {
  const { job, version, definition } = work;
  const trigger = job.itemTrigger ?? 'message';
  const item = { text: line.text ?? '', id: `${job.runId}/${line.lineNumber}`, triesBefore: before.length };
  const input = itemInput(trigger, version, definition, item);
  const ending = itemEnding(trigger, await call(tools, work, input, logs, before));
  settle(tools, work, line, ending, logs, () => runOne(tools, work, line, logs, ending.attempts));
}

/** Runs a group of items. One that fails is split: its items run alone, so that one bad item does not fail its neighbours. */
export async function runGroup(
  tools: ChunkTools,
  work: ChunkWork,
  lines: readonly InputLine[],
): Promise<void> {
  const [only, ...more] = lines;
  if (only && more.length === 0) return runAlone(tools, work, only);
  const { maxItemLogBytes, maxItemOutputBytes } = tools.settings;
  const logs = new LogCollector(maxItemLogBytes);
  const messages = lines.map(({ text }) => text ?? '');
  const ending = await call(tools, work, { kind: 'queueGroup', messages }, logs, []);
  if (isOver(work)) return;
  const numbers = lines.map(({ lineNumber }) => lineNumber);
  if (ending.state === 'succeeded') {
    work.writer.add(groupItemsOf(numbers, ending, logs.lines, maxItemOutputBytes));
  } else if (ending.state === 'cancelled') {
    work.writer.add(numbers.map((lineNumber) => itemOf(lineNumber, ending, [], maxItemOutputBytes)));
  } else {
    for (const line of lines) {
      await work.pace.take(1, work.over);
      await runAlone(tools, work, line);
    }
  }
}

/** One item of a function that takes groups. */
async function runAlone(
  tools: ChunkTools,
  work: ChunkWork,
  line: InputLine,
  logs = new LogCollector(tools.settings.maxItemLogBytes),
  before: readonly Attempt[] = [],
): Promise<void> {
  const ending = await call(tools, work, { kind: 'queueGroup', messages: [line.text ?? ''] }, logs, before);
  if (ending.state === 'succeeded' && !isOver(work)) {
    // It was given a list of one, and may have answered with one.
    const { maxItemOutputBytes } = tools.settings;
    return work.writer.add(groupItemsOf([line.lineNumber], ending, logs.lines, maxItemOutputBytes));
  }
  settle(tools, work, line, ending, logs, () => runAlone(tools, work, line, logs, ending.attempts));
}

/** The outcome of an item, or its wait for another attempt. */
function settle(
  tools: ChunkTools,
  work: ChunkWork,
  line: InputLine,
  ending: FunctionEnding,
  logs: LogCollector,
  tryAgain: () => Promise<void>,
): void {
  if (isOver(work)) return;
  const waitMs = work.over.aborted ? null : retryWaitMs(work.job, ending);
  if (waitMs !== null) return work.waiting.add({ line, ending, logs, tryAgain }, waitMs);
  work.writer.add([itemOf(line.lineNumber, ending, logs.lines, tools.settings.maxItemOutputBytes)]);
}

function retryWaitMs({ retry }: ChunkJob, { state, failure, attempts }: FunctionEnding): number | null {
  if (!retry || !failure || state === 'succeeded' || state === 'cancelled') return null;
  return itemRetryDelayMs(retry, attempts.length, failure, Math.random());
}

async function call(
  tools: ChunkTools,
  work: ChunkWork,
  input: Parameters<typeof runFunction>[1]['input'],
  logs: LogCollector,
  before: readonly Attempt[],
): Promise<FunctionEnding> {
  const { job } = work;
  const startedAt = before[0]?.startedAt ?? new Date();
  if (work.terminated.aborted) return terminated({ startedAt, attempts: before });
  try {
    if (!tools.lease.isHeld)
      throw new EvictedError("The machine's lease has ended: no item is begun before it is renewed.");
    const ending = await runFunction(tools.pool, {
      invocationId: newId(),
      version: work.version,
      definition: work.definition,
      compartment: work.compartment,
      input,
      traceParent: job.traceParent,
      onLog: logs.add,
      lost: work.over,
      meter: work.meter,
      tries: job.retry && { before, most: job.retry.attempts },
    });
    const { state, attempts } = ending;
    measure(tools.durations, job, { state, attempts: attempts.slice(before.length) }, itemsIn(input));
    // Whatever became of it, it was not given its time: it runs again in the next window.
    if (work.windowOver.aborted && state !== 'succeeded') throw new EvictedError('Its window is over.');
    return work.terminated.aborted && ending.state !== 'succeeded' ? terminated(ending) : ending;
  } catch (error) {
    // Its container was ended under it.
    if (work.terminated.aborted) return terminated({ startedAt, attempts: before });
    throw error;
  }
}

function itemsIn(input: Parameters<typeof runFunction>[1]['input']): number {
  return input.kind === 'queueGroup' ? input.messages.length : 1;
}
