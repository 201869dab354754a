import { z } from 'zod';

/** How often a machine leaves a job to others that the platform failed on it. */
export const PASSES_MAX = 2;

/** How long it leaves it each time: a machine with a free slot takes a job within milliseconds. */
export const PASS_MS = 1_000;

/** What the queue keeps, beside a job, of the machine on which the platform failed it last. */
const failedOnSchema = z.object({ machineId: z.string(), passes: z.number().int().min(0) });

export type FailedOn = z.infer<typeof failedOnSchema>;

const markedSchema = z.object({ failedOn: failedOnSchema });

/**
 * Reads it from where `failedOn` has put it. What is not of its form is no reason to leave a job alone.
 * Almost no job has it, and each is looked at: that it is not there must cost nothing.
 */
export function readFailedOn(data: unknown): FailedOn | undefined {
  if (typeof data !== 'object' || data === null || !('failedOn' in data)) return undefined;
  const parsed = markedSchema.safeParse(data);
  return parsed.success ? parsed.data.failedOn : undefined;
}

/**
 * Whether a machine takes a job, or passes it over so that another may: work that the platform failed here goes elsewhere where
 * there is an elsewhere, and comes back after so many passes where there is none.
 */
export function decidePass(failedOn: FailedOn | undefined, machineId: string): 'take' | 'pass' {
  return failedOn?.machineId === machineId && failedOn.passes < PASSES_MAX ? 'pass' : 'take';
}
