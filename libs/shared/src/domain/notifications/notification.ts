import { createHash } from 'node:crypto';
import type { BatchNotifications, NotifiedEvent } from '../batch-definition.js';
import type { RunCause, RunState } from '../batch.js';

/** Where a notification goes. */
export type NotificationTarget =
  | { readonly kind: 'webhook'; readonly url: string; readonly secretName?: string | undefined }
  | { readonly kind: 'email'; readonly address: string };

/**
 * A notification's life: `waiting` until a receiver took it, tried again and again → `sent`; or `dead`, when its time was over or the
 * receiver said that it wants no more. A dead one waits again when somebody asks for it.
 */
export const NOTIFICATION_STATES = ['waiting', 'sent', 'dead'] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];

/** What is said, frozen when it was decided: each try says the same. Times are ISO 8601, UTC. */
export interface NotificationContent {
  readonly event: NotifiedEvent;
  readonly app: string;
  readonly batch: string;
  readonly runId: string;
  readonly state: RunState;
  readonly cause: RunCause;
  /** `2026-11-30` */
  readonly businessDate: string | null;
  readonly plannedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly deadlineAt: string | null;
  readonly items: {
    readonly total: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Runs in a row that failed, this one among them; 0: it did not. */
  readonly failuresInARow: number;
  /** Why the run itself failed. */
  readonly failure: { readonly type: string; readonly message: string } | null;
  /** What happened, in a sentence or two. */
  readonly message: string;
  /** Where the run is read. */
  readonly runUrl: string;
  /** When it happened. */
  readonly happenedAt: string;
}

/** Something to be said to one receiver. */
export interface Notification {
  readonly id: string;
  readonly runId: string;
  readonly event: NotifiedEvent;
  readonly target: NotificationTarget;
  readonly content: NotificationContent;
  readonly state: NotificationState;
  readonly attempts: number;
  readonly createdAt: Date;
  /** Null unless it waits. */
  readonly nextTryAt: Date | null;
  readonly endedAt: Date | null;
  /** Of the newest try that failed. */
  readonly lastError: string | null;
}

/** The receivers that a definition, or the installation's settings, name; each once. */
export function targetsOf({ webhooks = [], emails = [] }: BatchNotifications): readonly NotificationTarget[] {
  const targets: NotificationTarget[] = [
    ...webhooks.map(({ url, secretName }) => ({ kind: 'webhook' as const, url, secretName })),
    ...emails.map((address) => ({ kind: 'email' as const, address })),
  ];
  return [...new Map(targets.map((target) => [targetKey(target), target])).values()];
}

/** Names a receiver in 64 characters: a URL may be longer than what a database compares. */
export function targetKey(target: NotificationTarget): string {
  const name = target.kind === 'webhook' ? target.url : target.address.toLowerCase();
  return createHash('sha256').update(`${target.kind} ${name}`).digest('hex');
}
