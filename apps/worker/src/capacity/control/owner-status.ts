import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OwnerOrder, Reading } from '#shared/domain/capacity/readings.js';
import type { CapacityOffer } from '../health.js';
import type { PolicyInForce } from './policy-in-force.js';
import type { Release } from './release-meter.js';

/** One piece of work that this worker has taken. */
export interface WorkUnderWay {
  readonly kind: string;
  /** What it runs; null: nothing of an app's own (an app is looked at, or got ready). */
  readonly functionName: string | null;
  readonly sinceMs: number;
}

/** What the worker tells whoever sits at its machine. Times of the monotonic clock. */
export interface OwnerStatusFacts {
  /** Null: no policy acts. */
  readonly offer: CapacityOffer | null;
  readonly sinceMs: number | null;
  readonly owner: Reading<OwnerOrder>;
  readonly work: readonly WorkUnderWay[];
  readonly lastRelease: Release | null;
  readonly profile: PolicyInForce;
}

const workSchema = z.object({ kind: z.string(), functionName: z.string().nullable(), seconds: z.number() });

/** The status file's content. */
export const ownerStatusSchema = z.object({
  writtenAt: z.iso.datetime(),
  pid: z.number(),
  /** As state/activity; null: no policy acts, the machine works whenever there is work. */
  state: z.string().nullable(),
  reason: z.string().nullable(),
  /** Seconds in that state. */
  seconds: z.number().nullable(),
  whenOwnerActive: z.enum(['suspend', 'vacate', 'continue']),
  work: z.array(workSchema),
  lastRelease: z.object({ reason: z.string().nullable(), by: z.string(), seconds: z.number() }).nullable(),
});

export type OwnerStatus = z.infer<typeof ownerStatusSchema>;

/** Often enough to show that the worker is alive. */
const WRITE_EVERY_MS = 2_000;

export function statusPath(folder: string): string {
  return join(folder, 'owner-status.json');
}

/** What the worker last told; null: it has told nothing, or not in this form. */
export async function readOwnerStatus(folder: string): Promise<OwnerStatus | null> {
  try {
    return ownerStatusSchema.parse(JSON.parse(await readFile(statusPath(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** Keeps a file in the worker's folder that tells what it does, for `owner`: it must be able to say so without management. */
export class OwnerStatusFile {
  #writtenAtMs = -Infinity;
  #state: string | null | undefined;

  constructor(
    private readonly folder: string,
    private readonly facts: () => OwnerStatusFacts,
  ) {}

  /** Writes what has changed, or what is old. A disk that does not take it is no reason to stop: the next try comes soon. Never rejects. */
  async write(): Promise<void> {
    const nowMs = performance.now();
    const status = statusOf(this.facts(), nowMs);
    const isSame = `${status.state} ${status.reason}` === this.#state;
    if (isSame && nowMs - this.#writtenAtMs < WRITE_EVERY_MS) return;
    this.#writtenAtMs = nowMs;
    this.#state = `${status.state} ${status.reason}`;
    const path = statusPath(this.folder);
    // Whoever reads it must not see half of it.
    await writeFile(`${path}.new`, `${JSON.stringify(status)}\n`)
      .then(() => rename(`${path}.new`, path))
      .catch(() => undefined);
  }

  async remove(): Promise<void> {
    await rm(statusPath(this.folder), { force: true }).catch(() => undefined);
  }
}

function statusOf(
  { offer, sinceMs, work, lastRelease, profile }: OwnerStatusFacts,
  nowMs: number,
): OwnerStatus {
  const secondsSince = (ms: number): number => Math.round((nowMs - ms) / 1000);
  return {
    writtenAt: new Date().toISOString(),
    pid: process.pid,
    state: offer?.state ?? null,
    reason: offer?.reason ?? null,
    seconds: sinceMs === null ? null : secondsSince(sinceMs),
    whenOwnerActive: profile.policy.whenOwnerActive,
    work: work.map(({ kind, functionName, sinceMs: takenMs }) => ({
      kind,
      functionName,
      seconds: secondsSince(takenMs),
    })),
    lastRelease,
  };
}
