import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { type ClaimedNotification, NotificationStore } from '#shared/store/notification-store.js';
import { SETTINGS } from '../../config.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import type { NotificationSettings } from '../notification-settings.js';
import { Delivery } from './delivery.js';
import { DeliveryError } from './delivery-error.js';
import { nextTrySeconds } from './next-try.js';

export type CourierSettings = Pick<
  NotificationSettings,
  'notificationTimeoutSeconds' | 'notificationRetrySeconds'
>;

const AT_ONCE = 20;
/** A try that has not ended by then is another instance's: its own time-outs are over long before. */
const LEASE_BEYOND_TIMEOUT_SECONDS = 60;
/** Other instances write notifications too. */
const LONGEST_REST_MS = 2_000;
const REST_AFTER_ERROR_MS = 5_000;

/**
 * Sends what is due. A notification is claimed, sent, and what became of it is recorded, in this order: after a kill in between it goes
 * out once more with the same id, by which receivers know it. Several instances share the work; none sends what another has claimed.
 */
@Injectable()
export class Courier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Courier.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private readonly stopping = new AbortController();

  constructor(
    @Inject(SETTINGS) private readonly settings: CourierSettings,
    private readonly store: NotificationStore,
    private readonly delivery: Delivery,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** What is under way is ended, and goes on in another instance or after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop.stop();
  }

  /** There is something new. */
  wake(): void {
    this.loop.wake();
  }

  /** Sends some of what is due; returns how many that were. */
  async sendDue(): Promise<number> {
    const leaseSeconds = this.settings.notificationTimeoutSeconds + LEASE_BEYOND_TIMEOUT_SECONDS;
    const claims = await this.store.claimDue(AT_ONCE, leaseSeconds);
    await Promise.all(claims.map((claim) => this.send(claim)));
    return claims.length;
  }

  private async send(claim: ClaimedNotification): Promise<void> {
    try {
      await this.delivery.deliver(claim.id, claim.target, claim.content, this.stopping.signal);
    } catch (error) {
      await this.recordFailed(claim, error);
      return;
    }
    await this.store.recordSent(claim);
  }

  private async recordFailed(claim: ClaimedNotification, error: unknown): Promise<void> {
    const reason = (error as Error).message;
    const note = { notificationId: claim.id, event: claim.content.event, attempt: claim.attempt, reason };
    if (!(error instanceof DeliveryError))
      this.logger.error({ ...note, err: error }, 'A notification could not be sent; it is tried again.');
    if (this.stopping.signal.aborted) {
      await this.store.recordFailed(claim, 'Management was stopped meanwhile.', 0);
      return;
    }
    const isFinal = error instanceof DeliveryError && error.isFinal;
    const next = isFinal
      ? null
      : nextTrySeconds(claim, this.settings.notificationRetrySeconds, Math.random());
    await this.store.recordFailed(claim, reason, next);
    if (next === null)
      this.logger.warn(note, 'A notification is given up; retry it by hand when it can be sent.');
    else this.logger.log(note, 'A notification was not taken; it is tried again.');
  }

  private async round(): Promise<number> {
    if ((await this.sendDue()) > 0 && !this.loop.isStopping) return 0;
    const next = await this.store.nextDueInMs();
    return Math.min(LONGEST_REST_MS, Math.max(0, next ?? LONGEST_REST_MS));
  }

  private failed(error: unknown): number {
    if (error instanceof UnavailableError) this.logger.warn({ err: error }, 'Notifications wait for SQL.');
    else this.logger.error({ err: error }, 'Notifications could not be sent; it is tried again.');
    return REST_AFTER_ERROR_MS;
  }
}
