import { describe, expect, it } from '@jest/globals';
import { Pages } from './pages.js';
import type { MeteredWork } from './work-meter.js';

const hour = new Date('2026-11-29T12:00:00Z');
const work = (more: Partial<MeteredWork> = {}): MeteredWork => ({
  hour,
  appId: 'app',
  appName: 'shop',
  functionName: 'order',
  runId: '',
  reason: '',
  usedMs: 10,
  badputMs: 1,
  evictions: 2,
  calls: 3,
  ...more,
});
const wait = (atMs: number) =>
  ({ at: new Date(atMs), action: 'suspend', reason: 'USER_ACTIVE', milliseconds: 5 }) as const;

describe('Pages', () => {
  it('has none as long as there is nothing', () => {
    const pages = new Pages();
    pages.add([]);
    expect(pages.current).toBeUndefined();
  });

  it('keeps a page as it is until it was booked, then goes on with what came meanwhile', () => {
    const pages = new Pages();
    pages.add([work()]);
    const first = pages.current;
    pages.add([work(), work()]);
    pages.addWait(wait(1));
    expect(pages.current).toBe(first);
    expect(first).toMatchObject({ work: [{ usedMs: 10 }], waits: [] });
    pages.booked(first ?? never());
    const second = pages.current;
    expect(second?.id).not.toBe(first?.id);
    expect(second).toMatchObject({
      work: [{ usedMs: 20, badputMs: 2, evictions: 4, calls: 6 }],
      waits: [wait(1)],
    });
    // An answer that comes late, to a page of long ago.
    pages.booked(first ?? never());
    expect(pages.current).toBe(second);
    pages.booked(second ?? never());
    expect(pages.current).toBeUndefined();
  });

  it('tells apart what is booked apart', () => {
    const pages = new Pages();
    const others = [
      { hour: new Date(0) },
      { appId: 'b' },
      { functionName: 'b' },
      { runId: 'b' },
      { reason: 'BATTERIES' },
    ];
    pages.add([work(), ...others.map((more) => work(more as Partial<MeteredWork>))]);
    expect(pages.current?.work).toHaveLength(6);
  });

  it('takes many pages for much', () => {
    const pages = new Pages();
    pages.add(Array.from({ length: 450 }, (_, index) => work({ functionName: `f${index}` })));
    const sizes: number[] = [];
    for (let page = pages.current; page; page = pages.current) {
      sizes.push(page.work.length);
      pages.booked(page);
    }
    expect(sizes).toEqual([200, 200, 50]);
  });

  it('gives each wait a time of its own, and forgets the oldest of too many', () => {
    const pages = new Pages();
    for (let index = 0; index < 1_005; index++) pages.addWait(wait(7));
    const page = pages.current;
    expect(page?.waits).toHaveLength(200);
    expect(page?.waits.slice(0, 2).map(({ at }) => at.getTime())).toEqual([12, 13]);
  });
});

function never(): never {
  throw new Error('There is no page');
}
