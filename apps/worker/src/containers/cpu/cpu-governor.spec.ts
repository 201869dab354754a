import { beforeEach, describe, expect, it } from '@jest/globals';
import { CpuGovernor, type GovernedContainer } from './cpu-governor.js';
import type { CpuLimits, CpuShare } from './cpu-share.js';

const own: CpuShare = { cpus: 2, cpuWeight: 100 };
const HALF: CpuLimits = { cores: 1, isLow: true };
const FREE: CpuLimits = { cores: null, isLow: false };

describe('CpuGovernor', () => {
  let orders: string[];
  let all: (GovernedContainer & { isPaused: boolean })[];
  let bindsTogether: boolean;
  let failure: Error | undefined;
  let troubles: unknown[];
  let nowMs: number;
  let governor: CpuGovernor;

  const containerOf = (name: string): (typeof all)[number] => ({
    ownShare: own,
    isPaused: false,
    limitCpu: ({ cpus, cpuWeight }) => {
      if (failure) return Promise.reject(failure);
      orders.push(`${name} ${cpus} ${cpuWeight}`);
      return Promise.resolve(true);
    },
  });

  beforeEach(() => {
    orders = [];
    troubles = [];
    failure = undefined;
    nowMs = 0;
    bindsTogether = false;
    all = [containerOf('a'), containerOf('b')];
    const runtime = {
      get bindsTogether() {
        return bindsTogether;
      },
      limitTogether: ({ cores, isLow }: CpuLimits) => {
        orders.push(`all ${cores} ${isLow}`);
        return Promise.resolve();
      },
    };
    governor = new CpuGovernor(
      runtime,
      () => all,
      (error) => troubles.push(error),
      () => nowMs,
    );
  });

  const want = async (limits: CpuLimits): Promise<string[]> => {
    governor.want(limits);
    return settle();
  };
  const settle = async (): Promise<string[]> => {
    await governor.settled();
    return orders.splice(0);
  };

  it('does nothing where nothing limits, and nothing twice', async () => {
    expect(await want(FREE)).toEqual([]);
    await want(HALF);
    expect(await want(HALF)).toEqual([]);
  });

  it('divides among those that are awake', async () => {
    expect(await want(HALF)).toEqual(['a 0.5 1', 'b 0.5 1']);
    expect(governor.shareAtStart(own)).toEqual({ cpus: 1 / 3, cpuWeight: 1 });
    (all[0] as { isPaused: boolean }).isPaused = true;
    governor.look();
    expect(await settle()).toEqual(['b 1 1']);
    (all[0] as { isPaused: boolean }).isPaused = false;
    governor.look();
    expect(await settle()).toEqual(['b 0.5 1']);
    expect(await want(FREE)).toEqual(['a 2 100', 'b 2 100']);
  });

  it('divides anew when one is started, and when one ends', async () => {
    await want(HALF);
    const third = containerOf('c');
    const share = governor.shareAtStart(own);
    all.push(third);
    governor.started(third, share);
    expect(await settle()).toEqual([`a ${1 / 3} 1`, `b ${1 / 3} 1`]);
    all.pop();
    governor.look();
    expect(await settle()).toEqual(['a 0.5 1', 'b 0.5 1']);
  });

  it('binds them together where that can be: the group last when it gets less, and first when it gets more', async () => {
    bindsTogether = true;
    expect(await want(HALF)).toEqual(['a 1 1', 'b 1 1', 'all 1 true']);
    expect(governor.shareAtStart(own)).toEqual({ cpus: 1, cpuWeight: 1 });
    expect(await want(FREE)).toEqual(['all null false', 'a 2 100', 'b 2 100']);
  });

  it('says what failed, and tries it again later, not at once', async () => {
    failure = new Error('refused');
    expect(await want(HALF)).toEqual([]);
    expect(troubles).toEqual([failure]);
    failure = undefined;
    expect(await want(HALF)).toEqual([]);
    nowMs = 10_000;
    expect(await want(HALF)).toEqual(['a 0.5 1', 'b 0.5 1']);
  });
});
