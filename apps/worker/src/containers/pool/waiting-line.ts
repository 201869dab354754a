import type { ContainerRequest } from './placement.js';

/** Thrown at who waits for a container when the worker stops. */
export class PoolClosedError extends Error {
  constructor() {
    super('The worker stops: it starts no more containers.');
    this.name = 'PoolClosedError';
  }
}

interface Waiting<Order, Lease> {
  readonly order: Order;
  readonly sinceMs: number;
  readonly settle: (lease: Lease | null) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Who waits for a container, in the order in which they came. Only the one at the head may have a container made; those behind it
 * may step out of the line into a container of theirs that has room.
 */
export class WaitingLine<Order extends ContainerRequest, Lease> {
  #waiting: Waiting<Order, Lease>[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** The first in the line, and since when it waits. */
  get head(): { readonly order: Order; readonly sinceMs: number } | undefined {
    return this.#waiting[0];
  }

  /** Resolves with null when the waiting one has given up. Throws `PoolClosedError`. */
  join(order: Order, givenUp: AbortSignal | undefined): Promise<Lease | null> {
    if (givenUp?.aborted) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        waiting.settle(null);
      };
      const waiting: Waiting<Order, Lease> = {
        order,
        sinceMs: performance.now(),
        settle: (lease) => {
          givenUp?.removeEventListener('abort', leave);
          resolve(lease);
        },
        fail: (error) => {
          givenUp?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      givenUp?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /** Offers everybody a place, the first in the line first. @param offer undefined: there is none for this one */
  offer(offer: (order: Order, isHead: boolean) => Lease | undefined): void {
    const staying: Waiting<Order, Lease>[] = [];
    const line = this.#waiting;
    this.#waiting = [];
    for (const waiting of line) {
      const lease = offer(waiting.order, staying.length === 0);
      if (lease === undefined) staying.push(waiting);
      else waiting.settle(lease);
    }
    this.#waiting = [...staying, ...this.#waiting];
  }

  /** Sends everybody away, as if they had given up. */
  dismiss(): void {
    for (const { settle } of this.#waiting.splice(0)) settle(null);
  }

  close(): void {
    for (const { fail } of this.#waiting.splice(0)) fail(new PoolClosedError());
  }
}
