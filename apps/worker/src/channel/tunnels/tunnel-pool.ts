import type { Socket } from 'node:net';
import { ChannelClosedError } from '../language-worker-channel.js';

/** More than any relay of ours keeps: what an app opens beyond them by itself is closed. */
const IDLE_MAX = 32;

interface Waiter {
  readonly resolve: (tunnel: Socket) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The tunnels that one container's relay holds open. A tunnel is **idle**, and silent, until somebody takes it for one exchange;
 * the relay then opens another. Who comes when none is idle waits for the next, first come, first served.
 */
export class TunnelPool {
  /** The oldest first, each with what ends it when it says something or is lost. */
  readonly #idle = new Map<Socket, () => void>();
  readonly #waiting: Waiter[] = [];
  #closedReason: string | undefined;

  /** @param tunnel one whose errors somebody else takes note of */
  add(tunnel: Socket): void {
    const waiter = this.#waiting.shift();
    if (waiter) return waiter.resolve(tunnel);
    if (this.#closedReason !== undefined || this.#idle.size >= IDLE_MAX) return void tunnel.destroy();
    const drop = (): void => {
      this.#idle.delete(tunnel);
      tunnel.destroy();
    };
    this.#idle.set(tunnel, drop);
    // A relay says nothing of its own accord; reading is how a tunnel's end is noticed.
    tunnel.on('data', drop).on('end', drop).on('close', drop);
    tunnel.resume();
  }

  /** Throws `ChannelClosedError`, and the signal's reason when it aborts first. */
  async take(signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted();
    if (this.#closedReason !== undefined) throw new ChannelClosedError(this.#closedReason);
    const [oldest] = this.#idle;
    if (!oldest) return this.#next(signal);
    const [tunnel, drop] = oldest;
    this.#idle.delete(tunnel);
    tunnel.off('data', drop).off('end', drop).off('close', drop);
    tunnel.pause();
    return tunnel;
  }

  /** Ends the idle tunnels; those that were taken come to their end by themselves. */
  close(reason: string): void {
    this.#closedReason = reason;
    for (const drop of [...this.#idle.values()]) drop();
    for (const { reject } of this.#waiting.splice(0)) reject(new ChannelClosedError(reason));
  }

  #next(signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const forget = (): void => signal.removeEventListener('abort', giveUp);
      const waiter: Waiter = {
        resolve: (tunnel) => {
          forget();
          resolve(tunnel);
        },
        reject: (error) => {
          forget();
          reject(error);
        },
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiter);
    });
  }
}
