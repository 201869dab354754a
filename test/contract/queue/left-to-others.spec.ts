import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import { BullmqWorkQueue } from '#shared/queue/bullmq/bullmq-work-queue.js';
import { BullmqWorkSource } from '#shared/queue/bullmq/bullmq-work-source.js';
import type { JobVerdict, TakenJob } from '#shared/queue/work-source.js';
import { Gate, type GateKnowledge } from '../../../apps/worker/src/intake/gate/gate.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { waitFor } from '../../support/wait-for.js';
import { lane } from './work-queue-contract.js';

const TIME = { timeoutMs: 120_000, intervalMs: 10 };

/** Which machines there are, as each of them sees it. */
const fleet = { hasServer: false };

/** A machine with a gate of its own, whose work comes to the end that the test says. */
class GatedMachine {
  readonly took: TakenJob[] = [];
  passes = 0;
  verdict: JobVerdict = 'done';
  readonly source: BullmqWorkSource;

  constructor(
    settings: { readonly redisUrl: string; readonly keyPrefix: string },
    private readonly profile: string,
  ) {
    this.source = new BullmqWorkSource({ ...settings, machineId: newId() }, { onTrouble: () => undefined });
  }

  open(): Promise<void> {
    const knowledge = {
      outlook: { left: { hours: Infinity, idle: Infinity } },
      durations: { known: () => null, ready: () => Promise.resolve() },
      versions: { find: () => Promise.resolve({ host: { functionTimeoutSeconds: 60 }, functions: [] }) },
      own: { facts: { profile: this.profile } },
      peers: { hasDedicated: () => Promise.resolve(fleet.hasServer) },
      now: () => new Date(),
    } as unknown as GateKnowledge;
    const gate = new Gate(knowledge, { itemsInFlight: 1, groupSize: 1 });
    return this.source.consume(lane, 1, async (taken) => {
      if ((await gate.judge(taken)).verdict === 'take') {
        this.took.push(taken);
        return this.verdict;
      }
      this.passes += 1;
      return 'pass';
    });
  }
}

function call(): Job {
  return {
    version: 1,
    kind: 'invocation',
    id: newId(),
    appId: newId(),
    appVersionId: newId(),
    functionName: 'f',
    trigger: 'queue',
    input: { kind: 'queue', message: '1' },
    acceptedAt: 0,
    dispatchCount: 1,
  };
}

describe('Work that was evicted three times', () => {
  let redis: TestRedis;
  let queue: BullmqWorkQueue;
  let desk: GatedMachine;
  const settings = { redisUrl: '', keyPrefix: `test-${newId()}` };
  beforeAll(async () => {
    redis = await startRedis();
    settings.redisUrl = redis.url;
    queue = BullmqWorkQueue.open(settings);
    await waitFor(() => queue.check().then(() => true), TIME);
    desk = new GatedMachine(settings, 'desktop-vacate');
    await desk.open();
  });
  afterAll(async () => {
    await desk.source.close(1);
    await queue.close();
    await redis.stop();
  });

  /** Puts a call on the queue that this desk's owner takes from it three times. */
  const evictThrice = async (): Promise<void> => {
    desk.took.length = desk.passes = 0;
    desk.verdict = 'evicted';
    fleet.hasServer = true;
    await queue.enqueue(lane, [call()]);
    await waitFor(() => desk.passes > 0, { ...TIME, what: 'the desk to leave it to others' });
    expect(desk.took.map(({ course }) => course.evictions)).toEqual([0, 1, 2]);
    desk.verdict = 'done';
  };

  it('goes to a dedicated machine, where there is one', async () => {
    const server = new GatedMachine(settings, 'dedicated');
    await evictThrice();
    await server.open();
    await waitFor(() => server.took.length > 0, { ...TIME, what: 'the server to take it' });
    expect(server.took[0]).toMatchObject({ attemptsStarted: 4, isLastTry: false });
    expect(server.took[0]?.course).toMatchObject({ evictions: 3 });
    expect(desk.took).toHaveLength(3);
    await server.source.close(1);
  });

  it('is run where it was when the dedicated machine does not take it', async () => {
    await evictThrice();
    await waitFor(() => desk.took.length > 3, { ...TIME, what: 'the desk to take it after all' });
    expect(desk.took[3]).toMatchObject({ attemptsStarted: 4, course: { evictions: 3, passes: 4 } });
    await waitFor(async () => (await queue.depth(lane)).active === 0, TIME);
    expect(await queue.depth(lane)).toEqual({ waiting: 0, active: 0 });
  });
});
