import { beforeEach, describe, expect, it } from '@jest/globals';
import { mergeSketch, quantileSeconds } from '#shared/domain/capacity/duration-sketch.js';
import type { DurationKey, DurationStore, FunctionDurations } from '#shared/store/duration-store.js';
import { DurationBook } from './duration-book.js';

const KEY: DurationKey = { appId: 'app', functionName: 'f', kind: 'call' };

/** What SQL keeps, and how often it was asked. */
class Shared implements DurationStore {
  readonly rows = new Map<string, FunctionDurations>();
  isAway = false;
  reads = 0;

  async ofApps(appIds: readonly string[]): Promise<readonly FunctionDurations[]> {
    this.reads += 1;
    if (this.isAway) throw new Error('away');
    return structuredClone([...this.rows.values()].filter(({ appId }) => appIds.includes(appId)));
  }

  async add(measured: readonly FunctionDurations[]): Promise<readonly FunctionDurations[]> {
    if (this.isAway) throw new Error('away');
    return measured.map((one) => {
      const row = structuredClone(
        this.rows.get(one.functionName) ?? {
          ...one,
          sketch: { ...one.sketch, counts: new Float64Array(one.sketch.counts.length), total: 0 },
        },
      );
      mergeSketch(row.sketch, one.sketch);
      this.rows.set(one.functionName, row);
      return structuredClone(row);
    });
  }
}

describe('DurationBook', () => {
  let shared: Shared;
  let troubles: unknown[];
  const newBook = (): DurationBook => new DurationBook(shared, (error) => troubles.push(error));
  const measure = (book: DurationBook, count: number, seconds: number): void => {
    for (let index = 0; index < count; index += 1) book.measured(KEY, seconds);
  };
  const p90 = (book: DurationBook): number | null => {
    const sketch = book.known(KEY);
    return sketch && quantileSeconds(sketch, 0.9);
  };
  beforeEach(() => {
    shared = new Shared();
    troubles = [];
  });

  it('knows at once what was measured here, and SQL does once it is shared', async () => {
    const book = newBook();
    expect(book.known(KEY)).toBeNull();
    measure(book, 20, 3);
    expect(p90(book)).toBeCloseTo(3, 0);
    expect(shared.rows.size).toBe(0);
    await book.share();
    expect(shared.rows.get('f')?.sketch.total).toBe(20);
    await book.share();
    expect(shared.rows.get('f')?.sketch.total).toBe(20);
  });

  it('learns what others have measured, before it has run anything itself', async () => {
    const other = newBook();
    measure(other, 20, 30);
    await other.close();
    const book = newBook();
    await book.ready('app');
    expect(p90(book)).toBeCloseTo(30, -1);
    measure(other, 200, 90);
    await other.close();
    await book.ready('app');
    await book.share();
    expect(p90(book)).toBeCloseTo(90, -1);
  });

  it('reads an app once, and again each minute in which it is asked for', async () => {
    const book = newBook();
    await Promise.all([book.ready('app'), book.ready('app')]);
    await book.ready('app');
    expect(shared.reads).toBe(1);
    await book.share();
    expect(shared.reads).toBe(2);
    await book.share();
    expect(shared.reads).toBe(2);
    await book.ready('app');
    expect(shared.reads).toBe(3);
  });

  it('keeps what was measured while SQL is away, and reads again when it is back', async () => {
    const book = newBook();
    shared.isAway = true;
    await book.ready('app');
    measure(book, 12, 3);
    await book.share();
    measure(book, 3, 3);
    expect(troubles.length).toBeGreaterThan(0);
    expect(p90(book)).toBeCloseTo(3, 0);
    shared.isAway = false;
    await book.close();
    expect(shared.rows.get('f')?.sketch.total).toBe(15);
    await book.ready('app');
    expect(book.known(KEY)?.total).toBe(15);
  });

  it('tells calls from items', () => {
    const book = newBook();
    measure(book, 20, 3);
    expect(book.known({ ...KEY, kind: 'item' })).toBeNull();
  });
});
