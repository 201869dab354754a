import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { parseSnooze, snoozePath } from '../capacity/control/owner-order.js';
import { readWeek } from '../books/week-file.js';
import { summaryOf } from '../books/week.js';
import { readOwnerStatus, type OwnerStatus } from '../capacity/control/owner-status.js';
import type { OwnerOptions } from './owner-options.js';
import { ownerLines, type OwnerReport } from './owner-report.js';

/** The worker writes each 2 s; one that has written nothing for so long is not there, or hangs. */
const SILENT_MS = 30_000;

export interface OwnerSurroundings {
  readonly options: OwnerOptions;
  /** The worker's own. */
  readonly folder: string;
  readonly write: (text: string) => void;
  readonly nowMs: () => number;
}

/**
 * The tool of whoever a machine belongs to: says what runs on it and why, and keeps work away for as long as he says. It speaks with
 * the worker by files, needs no management, and what it was told holds whether the worker runs or not.
 */
export async function owner({ options, folder, write, nowMs }: OwnerSurroundings): Promise<void> {
  if (options.snooze !== undefined) await keep(folder, options.snooze);
  const report: OwnerReport = {
    status: freshOnly(await readOwnerStatus(folder), nowMs()),
    snooze: await readSnooze(folder, nowMs()),
    week: await weekOf(folder, new Date(nowMs())),
  };
  write(options.json ? `${JSON.stringify(report)}\n` : `${ownerLines(report).join('\n')}\n`);
}

async function keep(folder: string, snooze: NonNullable<OwnerOptions['snooze']>): Promise<void> {
  const path = snoozePath(folder);
  if (snooze === 'off') return rm(path, { force: true });
  await mkdir(folder, { recursive: true });
  // The worker must not read half of it.
  await writeFile(`${path}.new`, `${JSON.stringify(snooze)}\n`);
  await rename(`${path}.new`, path);
}

/** From the worker's books on the disk: whether it runs or not. */
async function weekOf(folder: string, now: Date): Promise<OwnerReport['week']> {
  try {
    const week = await readWeek(folder);
    return week && summaryOf(week, now);
  } catch {
    return 'unreadable';
  }
}

function freshOnly(status: OwnerStatus | null, nowMs: number): OwnerStatus | null {
  return status && nowMs - Date.parse(status.writtenAt) < SILENT_MS ? status : null;
}

/** One that is over is as good as none. */
async function readSnooze(folder: string, nowMs: number): Promise<OwnerReport['snooze']> {
  try {
    const snooze = parseSnooze(await readFile(snoozePath(folder), 'utf8'));
    return snooze.until !== 'never' && Date.parse(snooze.until) <= nowMs ? null : snooze;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'unreadable';
  }
}
