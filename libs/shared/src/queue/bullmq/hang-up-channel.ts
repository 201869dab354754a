import type { Redis } from 'ioredis';
import { laneName, type Lane } from '../lane.js';
import type { QueueSettings } from './redis-connection.js';

/** Where management says that clients have gone; workers of the lane listen. A message is a job's id. */
export function hangUpChannel(keyPrefix: string, lane: Lane): string {
  return `${keyPrefix}:hangup:${laneName(lane)}`;
}

/** How many ids are kept of jobs that were not here when their client went: one may be on its way from the queue. */
const KEPT_MAX = 1_000;
const KEPT_MS = 10_000;

/** A worker's ear for hang-ups of its lanes. Where Redis does not let it listen, calls run to their end as if nobody had gone. */
export class HangUpEar {
  /** By id, when it was heard. Monotonic, milliseconds. The oldest first. */
  readonly #early = new Map<string, number>();

  /** @param onHangUp tells whether the job is here */
  constructor(
    private readonly settings: QueueSettings,
    private readonly onHangUp: (id: string) => boolean,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  /** @param connection of its own: one that has subscribed takes no other commands. ioredis subscribes again after each loss. */
  listen(connection: Redis, lane: Lane): void {
    connection.on('message', (_channel: string, id: string) => this.#hear(id));
    connection.on('error', () => undefined);
    connection.subscribe(hangUpChannel(this.settings.keyPrefix, lane)).catch(this.onTrouble);
  }

  /** Whether the client of a job had gone before the job came. Costs nothing while none was heard of. */
  wasHeardOf(id: string): boolean {
    if (this.#early.size === 0) return false;
    this.#forgetOld();
    return this.#early.delete(id);
  }

  #hear(id: string): void {
    if (this.onHangUp(id)) return;
    this.#forgetOld();
    this.#early.set(id, performance.now());
  }

  #forgetOld(): void {
    const before = performance.now() - KEPT_MS;
    for (const [id, heardAt] of this.#early) {
      if (heardAt >= before && this.#early.size < KEPT_MAX) return;
      this.#early.delete(id);
    }
  }
}
