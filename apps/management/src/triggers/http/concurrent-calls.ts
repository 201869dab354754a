import { Injectable } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import type { CallClient } from '../../dispatch/job-making.js';
import { ClientGoneError } from './read-body.js';

/** The calls of one app. */
interface AppCalls {
  running: number;
  /** Each lets one call go on; the oldest first. */
  readonly waiting: Set<() => void>;
}

/**
 * Keeps each app to `maxConcurrentRequests` of its host.json: so many of its calls are out at once, the others wait here in the order
 * in which they came. Here and not at the workers: a call that waits at one would take a place from other apps' calls, and the limit
 * would grow with the machines. Each management instance counts its own.
 */
@Injectable()
export class ConcurrentCalls {
  private readonly byApp = new Map<string, AppCalls>();

  /**
   * Resolves when the call may go on; `leave` must follow. Throws `UnavailableError` when that is not within the wait, and
   * `ClientGoneError`.
   */
  async enter(appId: string, most: number, waitMs: number, client: CallClient): Promise<void> {
    const calls = this.callsOf(appId);
    if (calls.running < most) {
      calls.running += 1;
      return;
    }
    await this.waitForTurn(calls, waitMs, client);
  }

  /** The call is over: the oldest that waits takes its place. */
  leave(appId: string): void {
    const calls = this.callsOf(appId);
    const [next] = calls.waiting;
    if (next) {
      calls.waiting.delete(next);
      next();
      return;
    }
    calls.running -= 1;
    if (calls.running === 0) this.byApp.delete(appId);
  }

  private waitForTurn(calls: AppCalls, waitMs: number, client: CallClient): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const giveUp = (error: Error): void => {
        if (!calls.waiting.delete(goOn)) return;
        clearTimeout(timer);
        reject(error);
      };
      const tooLong = (): void =>
        giveUp(
          new UnavailableError(
            'The app is at its maxConcurrentRequests, and no call of it has ended in time.',
          ),
        );
      const timer = setTimeout(tooLong, waitMs);
      calls.waiting.add(goOn);
      client.whenGone(() =>
        giveUp(new ClientGoneError('The client went while its call waited for its turn.')),
      );
    });
  }

  private callsOf(appId: string): AppCalls {
    let calls = this.byApp.get(appId);
    if (!calls) this.byApp.set(appId, (calls = { running: 0, waiting: new Set() }));
    return calls;
  }
}
