import type { NotifiedEvent } from '../domain/batch-definition.js';
import type { BatchRun, RunProgress } from '../domain/batch.js';
import type { BatchEvent } from '../domain/failure-group.js';
import type { EarlierEnd } from '../domain/notifications/due-notifications.js';
import type {
  Notification,
  NotificationContent,
  NotificationState,
  NotificationTarget,
} from '../domain/notifications/notification.js';
import type { Page, PageRequest } from './page.js';

/** Something that nobody has decided yet whom to tell of. */
export type Untold =
  | { readonly kind: 'ended'; readonly runId: string }
  | { readonly kind: 'event'; readonly runId: string; readonly eventId: string };

/** What the decision looks at. */
export interface ToldFacts {
  readonly run: BatchRun;
  readonly progress: RunProgress;
  /** Null: it is the run's end. */
  readonly event: BatchEvent | null;
  /** See `NewsFacts`; at most the newest thousand. */
  readonly failedBefore: readonly EarlierEnd[];
}

export interface NewNotification {
  readonly id: string;
  readonly event: NotifiedEvent;
  readonly target: NotificationTarget;
  readonly content: NotificationContent;
}

/** Whom to tell, decided purely: it may be asked more than once. */
export interface Telling {
  /** Whether anybody wants to hear of this run: else nothing more is looked up. */
  wants(run: BatchRun): boolean;
  due(facts: ToldFacts): readonly NewNotification[];
}

/** A notification that one instance tries to send, until its lease ends. */
export interface ClaimedNotification {
  readonly id: string;
  readonly target: NotificationTarget;
  readonly content: NotificationContent;
  /** This one is the n-th. */
  readonly attempt: number;
  /** From the beginning of this try, seconds; 0 or less: it is the last. */
  readonly secondsLeft: number;
}

/** An outbox: what is to be said, to whom, and whether it was. */
export abstract class NotificationStore {
  /**
   * Records the event `late` of open runs whose deadline has passed by the database's clock and that have none yet; returns how many.
   */
  abstract recordPassedDeadlines(limit: number): Promise<number>;
  /** Ends of runs and events of them, the oldest first. */
  abstract listUntold(limit: number): Promise<readonly Untold[]>;
  /**
   * Marks it as told and writes what is due, in one transaction: of several instances one does, and each thing is said once to each
   * receiver. Returns how many were written; null when another instance was first, the run is gone, or
   * an earlier end of the same batch is still untold (what is due depends on that).
   * @param giveUpSeconds how long each is tried
   */
  abstract tell(untold: Untold, telling: Telling, giveUpSeconds: number): Promise<number | null>;
  /** Takes some that are due: nobody else has them until the lease ends. A claim counts as a try. */
  abstract claimDue(limit: number, leaseSeconds: number): Promise<readonly ClaimedNotification[]>;
  /** When the next one is due, in milliseconds from now; null when none waits. */
  abstract nextDueInMs(): Promise<number | null>;
  /** The receiver took it. False when the claim was lost: it may go out twice, with the same id. */
  abstract recordSent(claim: ClaimedNotification): Promise<boolean>;
  /** @param nextTrySeconds null: it is given up */
  abstract recordFailed(
    claim: ClaimedNotification,
    error: string,
    nextTrySeconds: number | null,
  ): Promise<boolean>;
  /** Newest first. */
  abstract list(
    page: PageRequest,
    filter?: { readonly state?: NotificationState | undefined; readonly runId?: string | undefined },
  ): Promise<Page<Notification>>;
  abstract find(id: string): Promise<Notification | null>;
  /** A dead one is tried again from the beginning. False when it is not dead. */
  abstract retry(id: string, giveUpSeconds: number): Promise<boolean>;
}
