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

/** Two sets of stores over one database, as two processes have them. Usable within tests only. */
export interface StoresUnderTest {
  readonly one: Stores;
  readonly other: Stores;
  /** More sets of stores; closed at the end too. */
  connect(): Promise<Stores>;
}

/** Makes a migrated database for the suite around it. Its tests share it: each makes an app of its own. */
export function useStores(factory: DatabaseFactory): StoresUnderTest {
  const opened: Stores[] = [];
  let database: TestDatabase | undefined;

  async function connect(): Promise<Stores> {
    if (!database) throw new Error('The database is there within tests only');
    const stores = await database.connect();
    opened.push(stores);
    return stores;
  }

  beforeAll(async () => {
    database = await factory();
    const first = await connect();
    await first.store.migrate();
    await connect();
  });

  afterAll(async () => {
    for (const stores of opened) await stores.store.close();
    await database?.remove();
  });

  return {
    connect,
    get one() {
      return nth(0);
    },
    get other() {
      return nth(1);
    },
  };

  function nth(index: number): Stores {
    const stores = opened[index];
    if (!stores) throw new Error('The stores are open within tests only');
    return stores;
  }
}
