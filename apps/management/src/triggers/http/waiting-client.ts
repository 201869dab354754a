import type { ServerResponse } from 'node:http';
import type { CallClient } from '../../dispatch/job-making.js';

/** The client at the other end of a response. */
export class WaitingClient implements CallClient {
  constructor(private readonly response: Pick<ServerResponse, 'destroyed' | 'writableEnded' | 'once'>) {}

  /** Its connection is no more, and nothing was answered. */
  get isGone(): boolean {
    return this.response.destroyed && !this.response.writableEnded;
  }

  whenGone(listener: () => void): void {
    this.response.once('close', listener);
  }
}
