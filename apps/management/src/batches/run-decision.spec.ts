import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideNext, restMs } from './run-decision.js';
import type { Decision, DispatchLimits, OpenRun, RunAction } from './run-decision.js';
import { NOTHING_ALLOWED } from './turns/allowance.js';
import { NO_TURNS } from './turns/fair-turns.js';

const LIMITS: DispatchLimits = { chunksInFlight: () => 4, itemConcurrency: 10, actionsPerRound: 64 };
const NO_MACHINE = { code: 'NO_MATCHING_MACHINE', message: 'none' };

const run = (id: string, change: Partial<OpenRun> = {}): OpenRun => ({
  id,
  appId: 'app',
  batchId: `batch of ${id}`,
  priority: 0,
  appUsage: 0,
  batchUsage: 0,
  state: 'running',
  inputReady: true,
  allChunksMade: false,
  isItsTime: true,
  openChunks: 0,
  silentChunks: 0,
  pool: 'default',
  limits: {},
  allowed: NOTHING_ALLOWED,
  meanItemMs: null,
  chunkSeconds: 1,
  ...change,
});

const short = ({ actions }: Decision): string => actions.map(inShort).join(' ');

const inShort = (action: RunAction): string => `${WORDS[action.kind]}${action.runId}`;

const WORDS = { openChunk: '', endRun: 'end ', stopRun: 'stop ' } as const;

describe('decideNext', () => {
  const cases: [string, OpenRun[], string][] = [
    ['does nothing without runs', [], ''],
    ['fills the pool for a run that is alone', [run('a')], 'a a a a'],
    ['begins a run that waits', [run('a', { state: 'waiting' })], 'a a a a'],
    ['tops up what has ended', [run('a', { openChunks: 3 })], 'a'],
    ['leaves a pool that is full', [run('a', { openChunks: 4 }), run('b')], ''],
    ['leaves a pool that is more than full', [run('a', { openChunks: 9 })], ''],
    ['takes turns between runs', [run('a'), run('b')], 'a b a b'],
    ['fills each pool by itself', [run('a'), run('b', { pool: 'other' })], 'a b a b a b a b'],
    [
      'counts what is out of runs that are ending',
      [run('a', { state: 'cancelling', openChunks: 3 }), run('b')],
      'b',
    ],
    [
      'does not count what no machine takes',
      [run('a', { noMachine: NO_MACHINE, openChunks: 4 }), run('b', { openChunks: 3, silentChunks: 2 })],
      'b b b',
    ],
    ['lets priority go first', [run('a'), run('b', { priority: 1 })], 'b b b b'],
    [
      'lets others have what priority does not want',
      [run('a'), run('b', { priority: 1, allChunksMade: true, openChunks: 1 })],
      'a a a',
    ],
    ['leaves a run whose last chunks are under way', [run('a', { allChunksMade: true, openChunks: 1 })], ''],
    ['ends a run that has nothing left', [run('a', { allChunksMade: true })], 'end a'],
    [
      'opens nothing of a run that is being cancelled',
      [run('a', { state: 'cancelling', openChunks: 1 })],
      '',
    ],
    ['ends a run that was cancelled and has nothing under way', [run('a', { state: 'cancelling' })], 'end a'],
    ['leaves a run whose time has not come', [run('a', { state: 'scheduled' })], ''],
    ['leaves a run that may not begin yet, or not any more', [run('a', { isItsTime: false })], ''],
    ['leaves a run that no machine would take', [run('a', { noMachine: NO_MACHINE }), run('b')], 'b b b b'],
    ['leaves a run whose input is not made', [run('a', { inputReady: false, allChunksMade: true })], ''],
    [
      'ends a run that was cancelled before its input was made',
      [run('a', { state: 'cancelling', inputReady: false, allChunksMade: true })],
      'end a',
    ],
    [
      'stops a run of which too many items failed, and opens nothing more of it',
      [run('a', { openChunks: 2, tooManyFailures: 'many' })],
      'stop a',
    ],
    [
      'stops such a run where it would have ended',
      [run('a', { allChunksMade: true, tooManyFailures: 'many' })],
      'stop a',
    ],
    [
      'stops before it ends others',
      [run('a', { allChunksMade: true }), run('b', { tooManyFailures: 'many' })],
      'stop b end a',
    ],
    ['ends before it opens', [run('a', { openChunks: 3 }), run('b', { allChunksMade: true })], 'end b a'],
  ];

  it.each(cases)('%s', (_, runs, expected) => {
    expect(short(decideNext(runs, LIMITS, NO_TURNS))).toBe(expected);
  });

  it('goes on with the turns of the round before', () => {
    const runs = [run('a', { openChunks: 3 }), run('b'), run('c')];
    let turns = NO_TURNS;
    const order = [0, 1, 2, 3].map(() => {
      const decision = decideNext(runs, LIMITS, turns);
      turns = decision.turns;
      return short(decision);
    });
    expect(order).toEqual(['a', 'b', 'c', 'a']);
  });

  it('keeps a round short however many runs are open', () => {
    const runs = Array.from({ length: 500 }, (_, index) => run(`r${index}`));
    const wide = { ...LIMITS, chunksInFlight: () => 1000 };
    const { actions } = decideNext(runs, wide, NO_TURNS);
    expect(actions).toHaveLength(64);
    expect(new Set(actions.map((action) => action.runId)).size).toBe(64);
  });

  describe('says why a run of which nothing is out waits', () => {
    const key = { name: 'erp', limit: 10 };
    const keyed = (id: string, itemsAtOnce: number, openChunks: number): OpenRun =>
      run(id, {
        openChunks,
        limits: { concurrency: { key } },
        allowed: { itemsAtOnce, itemsPerSecond: 0 },
      });

    it('for a machine', () => {
      const { waiting } = decideNext([run('a', { noMachine: NO_MACHINE })], LIMITS, NO_TURNS);
      expect([...waiting]).toEqual([['a', NO_MACHINE]]);
    });

    it('for a limit that others use up', () => {
      const { actions, waiting } = decideNext([keyed('a', 10, 1), keyed('b', 0, 0)], LIMITS, NO_TURNS);
      expect(actions).toEqual([]);
      expect([...waiting.keys()]).toEqual(['b']);
      expect(waiting.get('b')).toMatchObject({
        code: 'CONCURRENCY_KEY_FULL',
        message: expect.stringContaining('"erp"'),
      });
    });

    it('but not for its turn, nor where some of it goes on', () => {
      const runs = [keyed('a', 10, 1), run('b'), run('c', { openChunks: 1 })];
      expect(decideNext(runs, LIMITS, NO_TURNS).waiting.size).toBe(0);
    });
  });

  /** Rounds in which some open chunks end, until all that was wanted is done or there were too many. */
  describe('over many rounds', () => {
    interface Load {
      readonly chunks: number;
      readonly seconds: number;
      readonly priority: number;
      readonly app: number;
      readonly runLimit: number | undefined;
      readonly keyed: boolean;
      readonly usage: number;
    }
    const load = fc.record<Load>({
      chunks: fc.integer({ min: 1, max: 6 }),
      seconds: fc.double({ min: 1, max: 500, noNaN: true }),
      priority: fc.constantFrom(0, 0, 0, 10),
      app: fc.integer({ min: 0, max: 2 }),
      runLimit: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      keyed: fc.boolean(),
      usage: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    const KEY = { name: 'key', limit: 15 };

    class Night {
      readonly open: { id: string; itemsAtOnce: number }[] = [];
      readonly left: number[];
      readonly order: string[] = [];
      turns = NO_TURNS;

      constructor(readonly loads: readonly Load[]) {
        this.left = loads.map(({ chunks }) => chunks);
      }

      facts(): OpenRun[] {
        return this.loads.flatMap(({ seconds, priority, app, runLimit, keyed, usage }, index) => {
          const own = this.open.filter(({ id }) => id === String(index));
          if (this.left[index] === 0 && own.length === 0) return [];
          const itemsAtOnce = own.reduce((sum, chunk) => sum + chunk.itemsAtOnce, 0);
          return run(String(index), {
            appId: `app ${app}`,
            priority,
            batchUsage: usage,
            allChunksMade: this.left[index] === 0,
            openChunks: own.length,
            allowed: { itemsAtOnce, itemsPerSecond: 0 },
            limits: { concurrency: { run: runLimit, key: keyed ? KEY : undefined } },
            chunkSeconds: seconds,
          });
        });
      }

      round(): Decision {
        const decision = decideNext(this.facts(), LIMITS, this.turns);
        this.turns = decision.turns;
        for (const action of decision.actions) {
          // As the dispatcher does: at its input's end there is nothing to open.
          if (action.kind !== 'openChunk' || this.left[Number(action.runId)] === 0) continue;
          this.open.push({ id: action.runId, itemsAtOnce: action.allowance.itemsAtOnce ?? 0 });
          this.left[Number(action.runId)]! -= 1;
          this.order.push(action.runId);
        }
        return decision;
      }

      atOnce(which: (load: Load) => boolean): number {
        return this.open
          .filter(({ id }) => which(this.loads[Number(id)]!))
          .reduce((sum, chunk) => sum + chunk.itemsAtOnce, 0);
      }
    }

    const loads = fc.array(load, { minLength: 1, maxLength: 20 });

    it('goes over no limit, and every run is done: none starves', () => {
      fc.assert(
        fc.property(loads, fc.infiniteStream(fc.nat(3)), (given, ends) => {
          const night = new Night(given);
          for (let rounds = 0; night.left.some((left) => left > 0); rounds += 1) {
            expect(rounds).toBeLessThan(1000);
            night.round();
            expect(night.open.length).toBeLessThanOrEqual(4);
            expect(night.atOnce(({ keyed }) => keyed)).toBeLessThanOrEqual(KEY.limit);
            given.forEach((one, index) => {
              const own = night.open.filter(({ id }) => id === String(index));
              if (one.runLimit === undefined) return;
              expect(own.reduce((sum, { itemsAtOnce }) => sum + itemsAtOnce, 0)).toBeLessThanOrEqual(
                one.runLimit,
              );
            });
            const ending = ends.next().value as number;
            if (night.open.length > 0) night.open.splice(ending % night.open.length, 1);
          }
        }),
        { numRuns: 200 },
      );
    });

    it('opens nothing of less priority while what has more can be given a chunk', () => {
      fc.assert(
        fc.property(loads, (given) => {
          const unlimited = given.map((one) => ({ ...one, runLimit: undefined, keyed: false }));
          const night = new Night(unlimited);
          while (night.left.some((left) => left > 0)) {
            night.round();
            night.open.shift();
          }
          const priorities = night.order.map((id) => unlimited[Number(id)]!.priority);
          expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
        }),
        { numRuns: 100 },
      );
    });

    it('gives each of a hundred runs its turn soon, though one of them has a million items', () => {
      const small = {
        chunks: 1,
        seconds: 5,
        priority: 0,
        app: 0,
        runLimit: undefined,
        keyed: false,
        usage: 0,
      };
      const night = new Night([
        { ...small, chunks: 5000, seconds: 300 },
        ...Array.from({ length: 99 }, () => small),
      ]);
      for (let rounds = 0; rounds < 99; rounds += 1) {
        night.round();
        night.open.shift();
      }
      const served = new Set(night.order);
      // In about the time of their own work: the large one has had a turn or two in between.
      expect(served.size).toBe(100);
      expect(night.order.filter((id) => id === '0').length).toBeLessThanOrEqual(4);
    });
  });
});

describe('restMs', () => {
  it('is short after a round that did something', () => {
    expect(restMs(100, true, 1)).toBe(25);
  });

  it('grows while there is nothing to do, up to a tenth of a second', () => {
    const rests = [25];
    for (let round = 0; round < 8; round += 1) rests.push(restMs(rests.at(-1)!, false, 1));
    expect(rests.every((rest, index) => index === 0 || rest >= rests[index - 1]!)).toBe(true);
    expect(rests.at(-1)).toBe(100);
  });

  it('is longer with many open runs, and a second at most', () => {
    expect(restMs(10_000, false, 21)).toBe(200);
    expect(restMs(10_000, false, 5000)).toBe(1000);
  });

  it('is a second without open runs', () => {
    expect(restMs(25, false, 0)).toBe(1000);
  });
});
