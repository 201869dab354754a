import type { Selectable } from 'kysely';
import type { NotifiedEvent } from '../../domain/batch-definition.js';
import type { Notification, NotificationState } from '../../domain/notifications/notification.js';
import {
  type ClaimedNotification,
  NotificationStore,
  type Telling,
  type Untold,
} from '../notification-store.js';
import type { Page, PageRequest } from '../page.js';
import type { Database } from './database.js';
import { listUntold, recordPassedDeadlines, tell } from './notification-telling.js';
import { checkedLimit, toPage } from './paging.js';
import type { NotificationTable } from './batch-schema.js';
import { asDate, asDateOrNull, fromJson } from './values.js';

const WAITING: NotificationState = 'waiting';

/** `waiting` (claimed by a lease, again and again) → `sent` or `dead`; `dead` → `waiting` by request. */
export class KyselyNotificationStore extends NotificationStore {
  constructor(private readonly database: Database) {
    super();
  }

  recordPassedDeadlines(limit: number): Promise<number> {
    return recordPassedDeadlines(this.database, limit);
  }

  listUntold(limit: number): Promise<readonly Untold[]> {
    return listUntold(this.database, limit);
  }

  tell(untold: Untold, telling: Telling, giveUpSeconds: number): Promise<number | null> {
    return this.database.write((transaction) =>
      tell(transaction, this.database.engine, untold, telling, giveUpSeconds),
    );
  }

  async claimDue(limit: number, leaseSeconds: number): Promise<readonly ClaimedNotification[]> {
    const due = await this.database.read((db) =>
      db
        .selectFrom('notifications')
        .select(['id', 'attempts'])
        .where('state', '=', WAITING)
        .where('next_try_at', '<=', this.database.engine.now())
        .orderBy('next_try_at')
        .$call(this.database.engine.first(limit))
        .execute(),
    );
    const claimed: ClaimedNotification[] = [];
    for (const { id, attempts } of due) {
      const row = await this.claim(id, attempts, leaseSeconds);
      if (row) claimed.push(toClaimed(row, leaseSeconds));
    }
    return claimed;
  }

  async nextDueInMs(): Promise<number | null> {
    const { engine } = this.database;
    return this.database.read(async (db) => {
      const [row] = await db
        .selectFrom('notifications')
        .select('next_try_at')
        .where('state', '=', WAITING)
        .orderBy('next_try_at')
        .$call(engine.first(1))
        .execute();
      if (!row) return null;
      return asDate(row.next_try_at).getTime() - (await this.database.now(db)).getTime();
    });
  }

  recordSent(claim: ClaimedNotification): Promise<boolean> {
    return this.end(claim, { state: 'sent', ended_at: this.database.engine.now() });
  }

  recordFailed(claim: ClaimedNotification, error: string, nextTrySeconds: number | null): Promise<boolean> {
    const { engine } = this.database;
    return this.end(
      claim,
      nextTrySeconds === null
        ? { state: 'dead', ended_at: engine.now(), last_error: error }
        : { next_try_at: engine.secondsAgo(-nextTrySeconds), last_error: error },
    );
  }

  async list(
    page: PageRequest,
    {
      state,
      runId,
    }: { readonly state?: NotificationState | undefined; readonly runId?: string | undefined } = {},
  ): Promise<Page<Notification>> {
    const limit = checkedLimit(page.limit);
    const rows = await this.database.read((db) =>
      db
        .selectFrom('notifications')
        .selectAll()
        .$if(state !== undefined, (query) => query.where('state', '=', state ?? ''))
        .$if(runId !== undefined, (query) => query.where('run_id', '=', runId ?? ''))
        .$if(page.after !== undefined, (query) => query.where('id', '<', page.after ?? ''))
        .orderBy('id', 'desc')
        .$call(this.database.engine.first(limit + 1))
        .execute(),
    );
    return toPage(rows.map(toNotification), limit);
  }

  async find(id: string): Promise<Notification | null> {
    const row = await this.database.read((db) =>
      db.selectFrom('notifications').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row ? toNotification(row) : null;
  }

  async retry(id: string, giveUpSeconds: number): Promise<boolean> {
    const { engine } = this.database;
    const waits = { state: WAITING, ended_at: null };
    const changed = await this.database.read((db) =>
      engine.changed(
        db
          .updateTable('notifications')
          .set({ ...waits, next_try_at: engine.now(), give_up_at: engine.secondsAgo(-giveUpSeconds) })
          .where('id', '=', id)
          .where('state', '=', 'dead' satisfies NotificationState),
        ['id'],
      ),
    );
    return changed.length > 0;
  }

  /** Compare and set on the number of tries: each claim has its own. */
  private async claim(id: string, attempts: number, leaseSeconds: number) {
    const { engine } = this.database;
    const [row] = await this.database.read((db) =>
      engine.changed(
        db
          .updateTable('notifications')
          .set({ attempts: attempts + 1, next_try_at: engine.secondsAgo(-leaseSeconds) })
          .where('id', '=', id)
          .where('state', '=', WAITING)
          .where('attempts', '=', attempts)
          .where('next_try_at', '<=', engine.now()),
        ['id', 'target', 'content', 'attempts', 'next_try_at', 'give_up_at'],
      ),
    );
    return row;
  }

  private async end(claim: ClaimedNotification, set: EndOfTry): Promise<boolean> {
    const changed = await this.database.read((db) =>
      this.database.engine.changed(
        db
          .updateTable('notifications')
          .set(set)
          .where('id', '=', claim.id)
          .where('state', '=', WAITING)
          .where('attempts', '=', claim.attempt),
        ['id'],
      ),
    );
    return changed.length > 0;
  }
}

type Now = ReturnType<Database['engine']['now']>;

interface EndOfTry {
  readonly state?: NotificationState;
  readonly ended_at?: Now;
  readonly next_try_at?: Now;
  readonly last_error?: string;
}

type ClaimedRow = Pick<
  Selectable<NotificationTable>,
  'id' | 'target' | 'content' | 'attempts' | 'next_try_at' | 'give_up_at'
>;

function toClaimed(row: ClaimedRow, leaseSeconds: number): ClaimedNotification {
  const leaseEnds = asDate(row.next_try_at).getTime();
  return {
    id: row.id,
    target: fromJson(row.target),
    content: fromJson(row.content),
    attempt: row.attempts,
    secondsLeft: (asDate(row.give_up_at).getTime() - leaseEnds) / 1000 + leaseSeconds,
  };
}

function toNotification(row: Selectable<NotificationTable>): Notification {
  const state = row.state as NotificationState;
  return {
    id: row.id,
    runId: row.run_id,
    event: row.event as NotifiedEvent,
    target: fromJson(row.target),
    content: fromJson(row.content),
    state,
    attempts: row.attempts,
    createdAt: asDate(row.created_at),
    nextTryAt: state === 'waiting' ? asDate(row.next_try_at) : null,
    endedAt: asDateOrNull(row.ended_at),
    lastError: row.last_error,
  };
}
