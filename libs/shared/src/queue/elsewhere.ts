import { z } from 'zod';
import type { Job } from '../contracts/jobs.js';

/** How often a machine leaves a job to others that the platform failed on it. */
export const PASSES_MAX = 2;

/** How long a job is left to others the first time: a machine with a free slot takes a job within milliseconds. */
export const PASS_MS = 1_000;

/** The longest that a job is left. Long against the cost of looking at it, short against the time that a machine loses which could take it. */
const PASS_MAX_MS = 15_000;

/** What the queue keeps, beside a job, of the machine on which the platform failed it last. */
const failedOnSchema = z.object({ machineId: z.string(), passes: z.number().int().min(0) });

export type FailedOn = z.infer<typeof failedOnSchema>;

/** What the queue keeps, beside a job, of its way so far. */
const courseSchema = z.object({
  /** How often it was taken off a machine in mid-run. */
  evictions: z.number().int().min(0),
  /** How often machines have left it to others since it last ran, all of them together. */
  passes: z.number().int().min(0),
});

export type Course = z.infer<typeof courseSchema>;

const NO_COURSE: Course = Object.freeze({ evictions: 0, passes: 0 });

const markedSchema = z.object({ failedOn: failedOnSchema });
const coursedSchema = z.object({ course: courseSchema });

/**
 * Reads it from where `failedOn` has put it. What is not of its form is no reason to leave a job alone.
 * Almost no job has it, and each is looked at: that it is not there must cost nothing.
 */
export function readFailedOn(data: unknown): FailedOn | undefined {
  if (typeof data !== 'object' || data === null || !('failedOn' in data)) return undefined;
  const parsed = markedSchema.safeParse(data);
  return parsed.success ? parsed.data.failedOn : undefined;
}

/** Reads a job's way so far, in the same manner. A job without one was neither evicted nor left. */
export function readCourse(data: unknown): Course {
  if (typeof data !== 'object' || data === null || !('course' in data)) return NO_COURSE;
  const parsed = coursedSchema.safeParse(data);
  return parsed.success ? parsed.data.course : NO_COURSE;
}

/**
 * Whether a machine takes a job, or passes it over so that another may: work that the platform failed here goes elsewhere where
 * there is an elsewhere, and comes back after so many passes where there is none.
 */
export function decidePass(failedOn: FailedOn | undefined, machineId: string): 'take' | 'pass' {
  return failedOn?.machineId === machineId && failedOn.passes < PASSES_MAX ? 'pass' : 'take';
}

/**
 * Work with requirements or a rank is left by every machine that does not meet them, or is not the best, and the queue can't tell which
 * is: of ten machines nine may have to look. So it goes round quickly at first, and is as cheap as other work after a minute.
 */
const CHOOSY_PASS_MS = 100;
const CHOOSY_GROWTH = 1.25;

/**
 * How long a job is left to others that was left so often before: longer each time, so that what nobody can take costs little.
 * @param choosy it has requirements or a rank
 */
export function passDelayMs(passes: number, choosy: boolean): number {
  const delayMs = choosy
    ? CHOOSY_PASS_MS * CHOOSY_GROWTH ** Math.min(passes, 30)
    : PASS_MS * 2 ** Math.min(passes, 20);
  return Math.min(delayMs, PASS_MAX_MS);
}

/** From so many on all delays are the longest one. */
const GROWING_PASSES = 30;

/**
 * For how long a job was left to others that was left so often. Who gives others a chance for a while counts this, not the passes:
 * choosy work is looked at many times in the time in which other work is looked at twice.
 */
export function leftForMs(passes: number, choosy: boolean): number {
  let sumMs = Math.max(0, passes - GROWING_PASSES) * PASS_MAX_MS;
  for (let one = 0; one < Math.min(passes, GROWING_PASSES); one += 1) sumMs += passDelayMs(one, choosy);
  return sumMs;
}

/** Whether it is work that most machines may leave to others. */
export function isChoosy({ requirements, rank }: Partial<Pick<Job, 'requirements' | 'rank'>>): boolean {
  return requirements !== undefined || rank !== undefined;
}
