import type { WorkReading } from '#shared/domain/capacity/readings.js';
import type { Taking } from './decide-taking.js';

/** Refused work comes back within 15 s. What has not come back for twice as long waits no more, or was taken elsewhere. */
const REMEMBERED_MS = 30_000;

/** Why this machine does nothing although there is work: what was refused last, as long as nothing was taken since. */
export class Refusals {
  #latest: { readonly reason: WorkReading['refused']; readonly atMs: number } | undefined;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  note(taking: Taking): void {
    if (taking.verdict === 'take') this.#latest = undefined;
    if (taking.verdict === 'refuse') this.#latest = { reason: taking.reason, atMs: this.nowMs() };
  }

  get reason(): WorkReading['refused'] {
    if (!this.#latest || this.nowMs() - this.#latest.atMs > REMEMBERED_MS) return null;
    return this.#latest.reason;
  }
}
