import { setTimeout as delay } from 'node:timers/promises';
import { openTunnel, type TunnelTarget } from './idle-tunnel.js';
import { spliceToServer } from './splice.js';

/** Open and unused at any time: as many requests find their way without waiting for a connection. */
const IDLE_TUNNELS = 4;
/** Between attempts, doubled up to the limit while none succeeds. */
const FIRST_DELAY_MILLISECONDS = 50;
const MAX_DELAY_MILLISECONDS = 2_000;
/** A tunnel that stood at least this long was accepted: its end is no refusal. */
const ACCEPTED_AFTER_MILLISECONDS = 1_000;
/** Deliberately long: a worker that is busy, or a network that is away for a moment, must not end the relay. */
const UNWANTED_AFTER_MILLISECONDS = 30_000;

/**
 * Keeps a few tunnels open to the worker and splices each that the worker uses to the HTTP server at a local port.
 *
 * A tunnel is **idle** from its opening line on until the worker sends the first byte of a request; then it is **used**, and
 * another is opened in its place. One that ends unused is opened again after a while: the worker refused it, or is gone. When
 * that goes on for half a minute nobody wants the relay any more, and its owner is told.
 */
export class HttpRelay {
  readonly #target: TunnelTarget;
  readonly #port: number;
  readonly #onUnwanted: () => void;
  readonly #stopped = new AbortController();

  /** @param port where the server listens on this machine's loopback. */
  constructor(target: TunnelTarget, port: number, onUnwanted: () => void = () => {}) {
    this.#target = target;
    this.#port = port;
    this.#onUnwanted = onUnwanted;
  }

  start(): void {
    for (let count = 0; count < IDLE_TUNNELS; count += 1) void this.#keepOne();
  }

  /** Opens no more tunnels and ends the idle ones; those in use come to their end. */
  stop(): void {
    this.#stopped.abort();
  }

  async #keepOne(): Promise<void> {
    const { signal } = this.#stopped;
    let refusedSince: number | undefined;
    let waitMilliseconds = FIRST_DELAY_MILLISECONDS;
    while (!signal.aborted) {
      const { used, stoodMilliseconds } = await openTunnel(this.#target, signal);
      if (used !== undefined) spliceToServer(used, this.#port);
      if (used !== undefined || stoodMilliseconds >= ACCEPTED_AFTER_MILLISECONDS) {
        refusedSince = undefined;
        waitMilliseconds = FIRST_DELAY_MILLISECONDS;
      }
      if (used !== undefined) continue;
      refusedSince ??= performance.now();
      if (performance.now() - refusedSince > UNWANTED_AFTER_MILLISECONDS) this.#onUnwanted();
      await delay(waitMilliseconds, undefined, { signal }).catch(() => {});
      waitMilliseconds = Math.min(waitMilliseconds * 2, MAX_DELAY_MILLISECONDS);
    }
  }
}
