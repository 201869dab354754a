import type { EarlierFailure, ItemOutcome } from '#shared/domain/batch.js';
import type { Attempt, InvocationOutput, LogLine } from '#shared/domain/invocation.js';
import type { JsonValue } from '#shared/domain/json.js';
import type { LineProblem } from '../packages/batch-input.js';
import type { FunctionEnding } from './function-run.js';

/** The outcome of a line whose text could not be read. */
export function unreadable(
  line: { readonly lineNumber: number; readonly problem: LineProblem },
  maxItemBytes: number,
): ItemOutcome {
  if (line.problem === 'notUtf8') {
    return refused(line.lineNumber, 'MalformedItem', 'is not UTF-8. Send the file in UTF-8.');
  }
  const problem = `is longer than ${maxItemBytes} bytes (setting maxItemBytes).`;
  return refused(line.lineNumber, 'ItemTooLarge', problem);
}

/** The outcome of a line that is no JSON; null when it is. */
export function malformed(line: { readonly lineNumber: number; readonly text: string }): ItemOutcome | null {
  try {
    JSON.parse(line.text);
    return null;
  } catch (error) {
    return refused(line.lineNumber, 'MalformedItem', `is not valid JSON: ${(error as Error).message}`);
  }
}

/** What is not given to the function at all. */
function refused(lineNumber: number, type: string, problem: string): ItemOutcome {
  return {
    lineNumber,
    state: 'failed',
    attempts: 0,
    startedAt: new Date(),
    durationMs: 0,
    failure: { source: 'function', type, message: `Line ${lineNumber} ${problem}` },
  };
}

/** The end of a call that was ended with its run. */
export function terminated(ending: Pick<FunctionEnding, 'startedAt' | 'attempts'>): FunctionEnding {
  const message = 'Its run was terminated before it had come to an end.';
  const failure = { source: 'platform', type: 'Terminated', message } as const;
  const { startedAt, attempts } = ending;
  return { state: 'cancelled', failure, attempts, coldStart: false, startedAt, endedAt: new Date() };
}

/** The outcome of an item that had a function call of its own. */
export function itemOf(
  lineNumber: number,
  ending: FunctionEnding,
  logs: readonly LogLine[],
  outputLimitBytes: number,
): ItemOutcome {
  return {
    lineNumber,
    state: ending.state === 'succeeded' || ending.state === 'cancelled' ? ending.state : 'failed',
    attempts: ending.attempts.length,
    startedAt: ending.startedAt,
    durationMs: durationMsOf(ending),
    output: within(outputValue(ending.output), outputLimitBytes),
    failure: ending.failure,
    logs: logs.length > 0 ? logs : undefined,
    earlierFailures: earlierFailures(ending.attempts),
  };
}

/** What is kept of an item that was tried very often: how it began, and what came last. */
const EARLIER_FAILURES = 10;
const EARLIER_MESSAGE_CHARS = 500;

/** What went wrong before the last attempt; undefined where nothing did. */
function earlierFailures(attempts: readonly Attempt[]): readonly EarlierFailure[] | undefined {
  const failures = attempts.slice(0, -1).flatMap(({ number, startedAt, durationMs, failure }) => {
    if (!failure) return [];
    const message = failure.message.slice(0, EARLIER_MESSAGE_CHARS);
    return [{ attempt: number, startedAt, durationMs, type: failure.type, message }];
  });
  if (failures.length === 0) return undefined;
  return failures.filter((_, index) => index === 0 || index > failures.length - EARLIER_FAILURES);
}

/**
 * The outcomes of a group that succeeded as one call. A return value that is an array with an element per item is dealt out;
 * any other belongs to the group and stands at its first item, as do the logs.
 */
export function groupItemsOf(
  lineNumbers: readonly number[],
  ending: FunctionEnding,
  logs: readonly LogLine[],
  outputLimitBytes: number,
): ItemOutcome[] {
  const value = outputValue(ending.output);
  const dealt = Array.isArray(value) && value.length === lineNumbers.length ? value : undefined;
  const durationMs = durationMsOf(ending) / lineNumbers.length;
  return lineNumbers.map((lineNumber, index) => ({
    lineNumber,
    state: 'succeeded',
    attempts: ending.attempts.length,
    startedAt: ending.startedAt,
    durationMs,
    output: within(dealt ? dealt[index] : index === 0 ? value : undefined, outputLimitBytes),
    failure: undefined,
    logs: index === 0 && logs.length > 0 ? logs : undefined,
    earlierFailures: earlierFailures(ending.attempts),
  }));
}

function durationMsOf(ending: FunctionEnding): number {
  return ending.attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0);
}

/** The return value alone where there is nothing else. */
function outputValue(output: InvocationOutput | undefined): JsonValue | undefined {
  if (!output) return undefined;
  const { returnValue, outputs } = output;
  if (!outputs || Object.keys(outputs).length === 0) return returnValue;
  return { returnValue: returnValue ?? null, outputs: { ...outputs } };
}

/** An output over the limit is replaced by a note of its size: a cut JSON text would be no JSON. */
function within(value: JsonValue | undefined, limitBytes: number): JsonValue | undefined {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean')
    return value;
  const sizeBytes = Buffer.byteLength(JSON.stringify(value));
  return sizeBytes <= limitBytes ? value : { truncated: true, sizeBytes };
}
