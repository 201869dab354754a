import { describe, expect, it } from '@jest/globals';
import { WaitingItems } from './waiting-items.js';

const FAR_MS = 3_600_000;
const never = new AbortController().signal;

describe('WaitingItems', () => {
  it('gives items in the order in which they become due', async () => {
    const waiting = new WaitingItems<string>();
    waiting.add('later', 40);
    waiting.add('sooner', 1);
    const taken: string[] = [];
    while (waiting.size > 0) {
      await waiting.change([never]);
      taken.push(...waiting.takeDue());
    }
    expect(taken).toEqual(['sooner', 'later']);
  });

  it('counts what waits and what is due', async () => {
    const waiting = new WaitingItems<string>();
    waiting.add('a', 0);
    waiting.add('b', FAR_MS);
    await waiting.change([never]);
    expect(waiting.size).toBe(2);
    while (waiting.takeDue().length === 0) await waiting.change([never]);
    expect(waiting.size).toBe(1);
    expect(waiting.takeAll()).toEqual(['b']);
    expect(waiting.size).toBe(0);
  });

  it('does not wait when something is due already, or a signal was aborted before', async () => {
    const waiting = new WaitingItems<string>();
    waiting.add('a', 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await waiting.change([never]);
    expect(waiting.takeDue()).toEqual(['a']);
    await waiting.change([AbortSignal.abort()]);
  });

  it('is woken by a notice and by a signal, with an item far away', async () => {
    const waiting = new WaitingItems<string>();
    waiting.add('far', FAR_MS);
    const noticed = waiting.change([never]);
    waiting.notify();
    await noticed;
    const lost = new AbortController();
    const aborted = waiting.change([never, lost.signal]);
    lost.abort();
    await aborted;
    expect(waiting.takeAll()).toEqual(['far']);
  });
});
