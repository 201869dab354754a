import { afterAll, beforeAll } from '@jest/globals';
import type { Stores } from '#shared/store/kysely/open-stores.js';

/** An empty database that a suite may fill. */
export interface TestDatabase {
  /** Stores over it, with connections of their own: what another process would have. */
  connect(): Promise<Stores>;
  /** After every one of its stores was closed. */
  remove(): Promise<void>;
}

/** Makes an empty database. */
export type DatabaseFactory = () => Promise<TestDatabase>;

/** How many sets of stores migrate the database at the same time. */
const STARTING = 4;

/** Two sets of stores over one database, as two processes have them. Usable within tests only. */
export class StoresUnderTest {
  private readonly opened: Stores[] = [];
  private database: TestDatabase | undefined;
  /** What `check()` said before the database was migrated. */
  checkedWhenEmpty: unknown;

  constructor(private readonly factory: DatabaseFactory) {}

  get one(): Stores {
    return this.nth(0);
  }

  get other(): Stores {
    return this.nth(1);
  }

  get all(): readonly Stores[] {
    return this.opened;
  }

  async open(): Promise<void> {
    this.database = await this.factory();
    for (let opened = 0; opened < STARTING; opened++) this.opened.push(await this.database.connect());
    this.checkedWhenEmpty = await this.one.store.check().catch((error: unknown) => error);
    await Promise.all(this.opened.map(({ store }) => store.migrate()));
  }

  async close(): Promise<void> {
    for (const { store } of this.opened) await store.close();
    await this.database?.remove();
  }

  private nth(index: number): Stores {
    const stores = this.opened[index];
    if (!stores) throw new Error('The stores are open within tests only');
    return stores;
  }
}

/** Makes a migrated database for the suite around it. Its tests share it: each makes an app of its own. */
export function useStores(factory: DatabaseFactory): StoresUnderTest {
  const stores = new StoresUnderTest(factory);
  beforeAll(() => stores.open());
  afterAll(() => stores.close());
  return stores;
}
