import { Injectable } from '@nestjs/common';

/**
 * Where it is said that accepted work could not be put on its queue. The reconciler listens, so that the work is put back
 * soon after the queue answers again and not only at the next full minute.
 */
@Injectable()
export class QueueTrouble {
  private listener: (() => void) | null = null;

  /** There is one listener, the reconciler; a second one replaces it. */
  listen(listener: () => void): void {
    this.listener = listener;
  }

  note(): void {
    this.listener?.();
  }
}
