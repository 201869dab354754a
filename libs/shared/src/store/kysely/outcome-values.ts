import type { InvocationOutcome } from '../../domain/invocation.js';
import { toJson } from './values.js';

/** An outcome with its payloads as JSON. Null: absent, or cut. */
export interface EncodedOutcome {
  readonly outcome: InvocationOutcome;
  readonly input: string | null;
  readonly output: string | null;
  readonly inputTruncated: boolean;
  readonly outputTruncated: boolean;
}

/** Both payloads whole. */
export function encodeOutcome(outcome: InvocationOutcome): EncodedOutcome {
  return {
    outcome,
    input: JSON.stringify(outcome.input),
    output: toJson(outcome.output),
    inputTruncated: false,
    outputTruncated: false,
  };
}

export function isOversize(json: string | null, keptBytes: number): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8: most payloads are decided without counting.
  if (json === null || json.length * 3 <= keptBytes) return false;
  return json.length > keptBytes || Buffer.byteLength(json) > keptBytes;
}

/** Leaves out what is longer than is kept, and says so. */
export function cutOversize(encoded: EncodedOutcome, keptBytes: number): EncodedOutcome {
  const inputTruncated = isOversize(encoded.input, keptBytes);
  const outputTruncated = isOversize(encoded.output, keptBytes);
  return {
    outcome: encoded.outcome,
    input: inputTruncated ? null : encoded.input,
    output: outputTruncated ? null : encoded.output,
    inputTruncated,
    outputTruncated,
  };
}

/** Adds a row in the order of `OUTCOMES.columns`: as it is written when nothing was promised. */
export function pushOutcome(values: unknown[], encoded: EncodedOutcome): void {
  const { outcome } = encoded;
  values.push(
    outcome.id,
    outcome.appId,
    outcome.appVersionId,
    outcome.functionName,
    outcome.trigger,
    outcome.state,
    outcome.fence,
    outcome.fence,
    0,
    null,
    null,
    null,
    encoded.input,
    encoded.output,
    toJson(outcome.failure),
    JSON.stringify(outcome.attempts),
    encoded.inputTruncated ? 1 : 0,
    encoded.outputTruncated ? 1 : 0,
    outcome.logsTruncated ? 1 : 0,
    outcome.machineId,
    outcome.coldStart ? 1 : 0,
    outcome.acceptedAt.getTime(),
    outcome.startedAt.getTime(),
    outcome.endedAt.getTime(),
    outcome.traceParent ?? null,
  );
}

/** Adds its log lines in the order of `INVOCATION_LOGS.columns`. */
export function pushLogs(values: unknown[], outcome: InvocationOutcome): void {
  outcome.logs.forEach((line, index) => {
    values.push(
      outcome.id,
      outcome.fence,
      index + 1,
      line.loggedAt.getTime(),
      line.level,
      line.category,
      line.message,
    );
  });
}
