import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import type { BatchNotifications } from '#shared/domain/batch-definition.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { dueNotifications } from '#shared/domain/notifications/due-notifications.js';
import { targetsOf } from '#shared/domain/notifications/notification.js';
import {
  type NewNotification,
  NotificationStore,
  type ToldFacts,
  type Untold,
} from '#shared/store/notification-store.js';
import { SETTINGS } from '../../config.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import { InstanceAddress } from '../../http/instance-address.js';
import type { NotificationSettings } from '../notification-settings.js';
import { Courier } from '../sending/courier.js';
import { contentOf } from './notification-content.js';

export type TellerSettings = Pick<NotificationSettings, 'publicUrl' | 'notify' | 'notificationGiveUpSeconds'>;

const AT_ONCE = 100;
/** Nobody is told sooner by a shorter one than he reads it. */
const REST_MS = 1_000;
const REST_AFTER_ERROR_MS = 5_000;

/**
 * Decides of whatever ended or happened whom to tell. All that it knows stands in SQL: what one instance did not come to, another one or
 * the next start does.
 */
@Injectable()
export class Teller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Teller.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );

  constructor(
    @Inject(SETTINGS) private readonly settings: TellerSettings,
    private readonly store: NotificationStore,
    private readonly courier: Courier,
    private readonly address: InstanceAddress,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Looks once; says whether there was something that is now told. */
  async tellAll(): Promise<boolean> {
    await this.store.recordPassedDeadlines(AT_ONCE);
    let told = false;
    let written = 0;
    for (const untold of await this.store.listUntold(AT_ONCE)) {
      if (this.loop.isStopping) break;
      const notifications = await this.tell(untold);
      told = told || notifications !== null;
      written += notifications ?? 0;
    }
    if (written > 0) this.courier.wake();
    return told;
  }

  /** What goes wrong with one must not keep the others; an outage concerns all. */
  private async tell(untold: Untold): Promise<number | null> {
    try {
      return await this.store.tell(
        untold,
        { wants: (run) => this.receiversOf(run) !== undefined, due: (facts) => this.due(facts) },
        this.settings.notificationGiveUpSeconds,
      );
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.logger.error(
        { err: error, ...untold },
        'It could not be decided whom to tell; it is tried again.',
      );
      return null;
    }
  }

  private due(facts: ToldFacts): readonly NewNotification[] {
    const notify = this.receiversOf(facts.run);
    if (notify === undefined) return [];
    const news = facts.event
      ? ({ kind: 'event', event: facts.event } as const)
      : ({ kind: 'ended' } as const);
    const origin = this.settings.publicUrl?.replace(/\/+$/, '') ?? this.address.url;
    return dueNotifications(notify, { ...facts, news }).flatMap((event) => {
      const content = contentOf(event, facts, origin);
      return targetsOf(notify).map((target) => ({ id: newId(), event, target, content }));
    });
  }

  /** Who starts a run without a definition watches it. */
  private receiversOf({ settings, batchVersion }: BatchRun): BatchNotifications | undefined {
    if (settings?.notify) return settings.notify;
    return batchVersion === null ? undefined : this.settings.notify;
  }

  private async round(): Promise<number> {
    // Links lead to it, unless the settings say where to.
    if (!this.address.isKnown) return REST_MS;
    return (await this.tellAll()) ? 0 : REST_MS;
  }

  private failed(error: unknown): number {
    if (error instanceof UnavailableError)
      this.logger.warn({ err: error }, 'Whom to tell is decided when SQL is back.');
    else this.logger.error({ err: error }, 'It could not be decided whom to tell; it is tried again.');
    return REST_AFTER_ERROR_MS;
  }
}
