import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '#shared/contracts/jobs.js';
import type { JobVerdict, TakenJob, WorkSource } from '#shared/queue/work-source.js';
import { EvictedError } from '../containers/evicted-error.js';
import { TAKE, type Taking } from './gate/decide-taking.js';
import type { Gate } from './gate/gate.js';
import { Intake } from './intake.js';

type Handle = (taken: TakenJob) => Promise<JobVerdict>;
type Tools = ConstructorParameters<typeof Intake>[2];

/** An intake whose gate and pool do as the test says, with a hand on the queue's end. */
class World {
  taking: Taking | Promise<Taking> = TAKE;
  /** What running it comes to. */
  claim: () => Promise<boolean> = () => Promise.resolve(false);
  readonly failed: unknown[] = [];
  #handle: Handle = () => Promise.reject(new Error('nothing is consumed'));
  readonly intake: Intake;

  constructor() {
    const source = {
      resume: () => undefined,
      close: async () => undefined,
      consume: async (_lane: unknown, _slots: number, handle: Handle) => {
        this.#handle = handle;
      },
    } as unknown as WorkSource;
    const tools = {
      lease: { isHeld: true },
      invocations: { claim: () => this.claim() },
    } as unknown as Tools;
    this.intake = new Intake(
      source,
      { judge: () => this.taking } as unknown as Gate,
      tools,
      { pool: 'p', os: 'linux', interactiveConcurrency: 1, chunkConcurrency: 1 },
      { onAttemptFailed: (_job, error) => void this.failed.push(error) },
    );
  }

  async hand(): Promise<JobVerdict> {
    await this.intake.resume();
    const job = { kind: 'invocation', id: 'i', dispatchCount: 1 } as Job;
    const course = { evictions: 0, passes: 0 };
    const lost = new AbortController().signal;
    return this.#handle({ job, course, attemptsStarted: 1, isLastTry: false, lost });
  }
}

describe('Intake', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('runs what its gate takes', async () => {
    expect(await world.hand()).toBe('done');
    world.taking = Promise.resolve(TAKE);
    expect(await world.hand()).toBe('done');
  });

  it('passes over what its gate does not take, without counting it as work, and says why', async () => {
    world.claim = () => Promise.reject(new Error('it must not run'));
    world.taking = { verdict: 'refuse', reason: 'WINDOW_TOO_SHORT' };
    expect(await world.hand()).toBe('pass');
    expect([world.intake.busy, world.intake.refused]).toEqual([0, 'WINDOW_TOO_SHORT']);
    world.taking = { verdict: 'pass', because: 'BETTER_ELSEWHERE' };
    expect(await world.hand()).toBe('pass');
    expect(world.intake.refused).toBe('WINDOW_TOO_SHORT');
    world.claim = () => Promise.resolve(false);
    world.taking = TAKE;
    expect(await world.hand()).toBe('done');
    expect(world.intake.refused).toBeNull();
  });

  it('tells an eviction from a fault, and either from a stop', async () => {
    world.claim = () => Promise.reject(new EvictedError());
    expect(await world.hand()).toBe('evicted');
    world.claim = () => Promise.reject(new Error('engine'));
    expect(await world.hand()).toBe('retryLater');
    world.taking = Promise.reject(new Error('SQL is away'));
    expect(await world.hand()).toBe('retryLater');
    expect(world.failed).toHaveLength(2);
    world.taking = TAKE;
    world.claim = async () => {
      await world.intake.close(0);
      throw new EvictedError();
    };
    expect(await world.hand()).toBe('handBack');
    expect(await world.hand()).toBe('handBack');
  });
});
