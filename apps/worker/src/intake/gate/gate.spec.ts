import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChunkJob, InvocationJob, Job } from '#shared/contracts/jobs.js';
import { factsOf } from '#shared/contracts/matching/machine-facts.js';
import { addDuration, emptySketch, type DurationSketch } from '#shared/domain/capacity/duration-sketch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { DurationKey } from '#shared/store/duration-store.js';
import { TAKE, type Taking } from './decide-taking.js';
import { Gate, type GateKnowledge } from './gate.js';

const MACHINE = {
  name: 'desk',
  pool: 'p',
  os: 'linux',
  runtime: 'docker',
  cores: 4,
  memoryBytes: 2 ** 33,
} as const;
const VERSION = {
  id: 'v',
  host: { functionTimeoutSeconds: 300 },
  functions: [
    { name: 'f', bindings: [{ type: 'queueTrigger' }] },
    { name: 'many', bindings: [{ type: 'queueTrigger', cardinality: 'many' }] },
  ],
} as unknown as AppVersion;
const NOW_MS = 1_000_000;

const call = (more: Partial<InvocationJob> = {}): Job =>
  ({ kind: 'invocation', appId: 'a', appVersionId: 'v', functionName: 'f', ...more }) as Job;
const chunk = (more: Partial<ChunkJob> = {}): ChunkJob =>
  ({ kind: 'chunk', appId: 'a', appVersionId: 'v', functionName: 'f', lineCount: 1, ...more }) as ChunkJob;

function sketchOf(seconds: number): DurationSketch {
  const sketch = emptySketch();
  for (let index = 0; index < 20; index += 1) addDuration(sketch, seconds);
  return sketch;
}

describe('Gate', () => {
  let left: { hours: number; idle: number };
  let sketches: Map<string, DurationSketch>;
  let asked: string[];
  let profile: string;
  let gate: Gate;

  beforeEach(() => {
    left = { hours: Infinity, idle: Infinity };
    sketches = new Map();
    asked = [];
    profile = 'desktop-vacate';
    const knowledge: GateKnowledge = {
      outlook: {
        get left() {
          return left;
        },
      },
      durations: {
        known: ({ kind, functionName }: DurationKey) => sketches.get(`${kind} ${functionName}`) ?? null,
        ready: async () => void asked.push('durations'),
      },
      versions: {
        find: async () => {
          asked.push('version');
          return VERSION;
        },
      },
      own: {
        get facts() {
          return factsOf(MACHINE, { labels: { site: 'berlin' }, profile });
        },
      },
      peers: {
        hasDedicated: async () => asked.push('dedicated') > 0,
        hasBetter: async () => asked.push('better') > 0,
      },
      now: () => new Date(NOW_MS),
    };
    gate = new Gate(knowledge, { itemsInFlight: 2, groupSize: 10 });
  });

  const judge = async (job: Job, evictions = 0, passes = 0): Promise<Taking> =>
    gate.judge({ job, course: { evictions, passes } });

  it('asks for nothing where time does not end and work may run anywhere', () => {
    for (const job of [call(), chunk()])
      expect(gate.judge({ job, course: { evictions: 2, passes: 0 } })).toBe(TAKE);
    expect(asked).toEqual([]);
  });

  it('knows calls from items', async () => {
    left = { hours: 100, idle: Infinity };
    sketches.set('call f', sketchOf(200)).set('item f', sketchOf(50));
    expect(await judge(call())).toEqual({ verdict: 'refuse', reason: 'WINDOW_TOO_SHORT' });
    expect(await judge(chunk())).toBe(TAKE);
    expect(asked).not.toContain('dedicated');
    expect(asked).not.toContain('better');
  });

  it('goes by the time-out of the app where nothing is known', async () => {
    left = { hours: 299, idle: Infinity };
    expect((await judge(call())).verdict).toBe('refuse');
    left = { hours: 301, idle: Infinity };
    expect(await judge(call())).toBe(TAKE);
  });

  it("keeps a chunk out of what its window has no time for, by the database's time", async () => {
    sketches.set('item f', sketchOf(50));
    expect((await judge(chunk({ notAfter: NOW_MS + 40_000 }))).verdict).toBe('refuse');
    expect(await judge(chunk({ notAfter: NOW_MS + 60_000 }))).toBe(TAKE);
    expect((await judge(chunk({ notAfter: NOW_MS - 1 }))).verdict).toBe('refuse');
  });

  it('reckons a call of a group with all its items', async () => {
    sketches.set('item many', sketchOf(5));
    const group = (notAfterSeconds: number): Job =>
      chunk({ functionName: 'many', lineCount: 10, notAfter: NOW_MS + notAfterSeconds * 1000 });
    expect((await judge(group(40))).verdict).toBe('refuse');
    expect(await judge(group(60))).toBe(TAKE);
  });

  it('lets items start while they fit', () => {
    sketches.set('item f', sketchOf(50));
    const items = (job: ChunkJob) => gate.forItems(job, VERSION, { evictions: 0, passes: 0 });
    expect(items(chunk()).mayStart()).toBe(true);
    expect(items(chunk({ notAfter: NOW_MS + 40_000 })).mayStart()).toBe(false);
    const admission = items(chunk());
    left = { hours: Infinity, idle: 60 };
    expect([admission.mayStart(), admission.isShort]).toEqual([true, false]);
    left = { hours: Infinity, idle: 40 };
    expect([admission.mayStart(), admission.isShort]).toEqual([false, true]);
    // A chunk that has begun to end does not go on with single items.
    left = { hours: Infinity, idle: 60 };
    expect([admission.mayStart(), admission.isShort]).toEqual([false, true]);
  });

  it('refuses work whose requirements this machine does not meet, of every kind', async () => {
    const incompatible = { verdict: 'refuse', reason: 'IMAGE_INCOMPATIBLE' };
    const requirements = 'labels.site == "bonn"';
    for (const job of [call({ requirements }), chunk({ requirements })])
      expect(await judge(job)).toEqual(incompatible);
    const deadlineAt = NOW_MS;
    for (const kind of ['index', 'warm'])
      expect(await judge({ kind, requirements, deadlineAt } as Job)).toEqual(incompatible);
    expect(await judge(call({ requirements: 'labels.site == "berlin"' }))).toBe(TAKE);
    expect(await judge({ kind: 'warm', deadlineAt } as Job)).toBe(TAKE);
    // Nobody waits for it any more: it is taken to be dropped.
    expect(await judge({ kind: 'warm', requirements, deadlineAt: NOW_MS - 1 } as Job)).toBe(TAKE);
    // What can't be understood here must not run here.
    expect(await judge(call({ requirements: 'cores >' }))).toEqual(incompatible);
  });

  it("refuses what does not meet its batch's requirements, and goes by its batch's rank", async () => {
    const incompatible = { verdict: 'refuse', reason: 'IMAGE_INCOMPATIBLE' };
    const batchRequirements = 'labels.site == "bonn"';
    expect(await judge(chunk({ batchRequirements }))).toEqual(incompatible);
    expect(await judge(chunk({ batchRequirements, requirements: 'cores >= 1' }))).toEqual(incompatible);
    expect(await judge(chunk({ batchRequirements: 'cores >= 1', requirements: 'cores >= 4' }))).toBe(TAKE);
    expect(await judge(chunk({ batchRank: 'cores' }))).toEqual({
      verdict: 'pass',
      because: 'BETTER_ELSEWHERE',
    });
  });

  it('leaves work with a rank to a better machine, and asks for none without', async () => {
    expect(await judge(call({ rank: 'cores' }))).toEqual({ verdict: 'pass', because: 'BETTER_ELSEWHERE' });
    expect(await judge(call({ rank: 'cores' }), 0, 10)).toBe(TAKE);
  });

  it('leaves what was evicted three times to a dedicated machine, unless it is one itself', async () => {
    expect(await judge(chunk(), 3)).toEqual({ verdict: 'pass', because: 'DEDICATED_FIRST' });
    expect(await judge(chunk(), 3, 4)).toBe(TAKE);
    profile = 'dedicated';
    expect(await judge(chunk(), 3)).toBe(TAKE);
  });

  it('goes by the time for which work was left, not by how often machines that may not run it looked at it', async () => {
    const requirements = 'cores >= 2';
    const pass = { verdict: 'pass', because: 'DEDICATED_FIRST' };
    expect(await judge(chunk({ requirements }), 3, 4)).toEqual(pass);
    expect(await judge(chunk({ requirements }), 3, 16)).toEqual(pass);
    expect(await judge(chunk({ requirements }), 3, 17)).toBe(TAKE);
  });

  it('waits for what others have measured for a batch, not for a call', async () => {
    left = { hours: 1000, idle: Infinity };
    let read = (): void => undefined;
    const held = new Gate(
      {
        ...(gate as unknown as { knowledge: GateKnowledge }).knowledge,
        durations: { known: () => null, ready: () => new Promise((resolve) => (read = resolve)) },
      },
      { itemsInFlight: 2, groupSize: 10 },
    );
    expect(await held.judge({ job: call(), course: { evictions: 0, passes: 0 } })).toBe(TAKE);
    let isTaken = false;
    const taking = Promise.resolve(held.judge({ job: chunk(), course: { evictions: 0, passes: 0 } }));
    void taking.then(() => (isTaken = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTaken).toBe(false);
    read();
    expect(await taking).toBe(TAKE);
  });
});
