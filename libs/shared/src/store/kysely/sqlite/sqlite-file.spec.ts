import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#shared/domain/errors.js';
import { openStores } from '../open-stores.js';
import { Mutex } from './mutex.js';
import { whenNotBusy } from './sqlite-busy.js';
import { StatementCache } from './statement-cache.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-sqlite-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the SQLite stores', () => {
  it('make the folder of their file, and keep what is in it', async () => {
    const databaseUrl = `sqlite:${join(folder, 'deep/er/nightjar.db')}`;
    const first = await openStores({ databaseUrl });
    await first.store.migrate();
    const app = await first.catalogue.findOrCreateApp('kept');
    await first.store.close();
    const second = await openStores({ databaseUrl });
    await second.store.check();
    expect(await second.catalogue.findAppByName('kept')).toEqual(app);
    await second.store.close();
  });

  it('say that a file which is no database can not be used', async () => {
    const path = join(folder, 'text.db');
    await writeFile(path, 'This is no database, only a text of some length. '.repeat(100));
    const stores = await openStores({ databaseUrl: `sqlite:${path}` });
    await expect(stores.store.migrate()).rejects.toThrow(UnavailableError);
    await stores.store.close();
  });

  it('read on while another process writes, and wait for it without holding up this one', async () => {
    const path = join(folder, 'nightjar.db');
    const stores = await openStores({ databaseUrl: `sqlite:${path}` });
    await stores.store.migrate();
    const another = new DatabaseSync(path);
    another.exec('begin immediate; update catalogue_revision set revision = 41');
    const writing = stores.catalogue.findOrCreateApp('later');
    expect(await stores.catalogue.revision()).toBe(0);
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 5);
    await new Promise((resolve) => setTimeout(resolve, 200));
    clearInterval(ticking);
    another.exec('commit');
    another.close();
    expect((await writing).name).toBe('later');
    expect(await stores.catalogue.revision()).toBe(41);
    expect(turns).toBeGreaterThan(4);
    await stores.store.close();
  });
});

describe('whenNotBusy', () => {
  it('passes on what is no lock at once', async () => {
    let tries = 0;
    const attempt = whenNotBusy(() => {
      tries += 1;
      throw new Error('a fault');
    });
    await expect(attempt).rejects.toThrow('a fault');
    expect(tries).toBe(1);
  });

  it('tries again while the file is locked', async () => {
    let tries = 0;
    const result = await whenNotBusy(() => {
      tries += 1;
      // SQLITE_BUSY_SNAPSHOT: extended codes count too.
      if (tries < 3) throw Object.assign(new Error('locked'), { errcode: 517 });
      return 'free';
    });
    expect(result).toBe('free');
  });
});

describe('Mutex', () => {
  it('lets one in at a time, first come, first served', async () => {
    const mutex = new Mutex();
    const order: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const leave = await mutex.lock();
        order.push(`${name} in`);
        await Promise.resolve();
        order.push(`${name} out`);
        leave();
      }),
    );
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });
});

describe('StatementCache', () => {
  it('prepares a text once, knows whether it gives rows, and forgets the longest unused', () => {
    const database = new DatabaseSync(':memory:');
    const cache = new StatementCache(database);
    const first = cache.get('select 1');
    expect(first.returnsRows).toBe(true);
    expect(cache.get('create table t (x)').returnsRows).toBe(false);
    for (let other = 0; other < 299; other++) {
      cache.get(`select ${other} + 1`);
      expect(cache.get('select 1')).toBe(first);
    }
    for (let other = 0; other < 300; other++) cache.get(`select ${other} + 2`);
    expect(cache.get('select 1')).not.toBe(first);
    cache.clear();
    database.close();
  });
});
