import { describe, expect, it } from '@jest/globals';
import type { InvocationReply } from '#shared/contracts/replies.js';
import type { InvocationJob } from '#shared/contracts/jobs.js';
import type { InvocationOutcome } from '#shared/domain/invocation.js';
import { newId } from '#shared/domain/ids.js';
import { HangUp } from '#shared/queue/hang-up.js';
import type { TakenJob } from '#shared/queue/work-source.js';
import type { PoolResult } from '../containers/pool/app-host-pool.js';
import { EvictedError } from '../containers/evicted-error.js';
import { runInvocation, type InvocationTools } from './invocation-run.js';

const exit = { exitCode: null, cause: 'engine', lastStderr: '' } as const;
const lost: PoolResult = { state: 'lost', exit, coldStart: false };

/** Tools with a pool that gives this result, and what came out of them. */
function toolsWith(result: PoolResult) {
  const outcomes: InvocationOutcome[] = [];
  const replies: InvocationReply[] = [];
  const version = { id: 'v', appName: 'app', host: {}, functions: [{ name: 'f', bindings: [] }] };
  const tools = {
    meter: { of: () => undefined },
    versions: { find: async () => version },
    appSettings: { equip: async (version: unknown) => version },
    pool: { run: async () => result },
    invocations: { claim: async () => true },
    durations: { measured: () => undefined },
    recorder: { record: async (outcome: InvocationOutcome) => outcomes.push(outcome) },
    replies: { send: (_to: string, reply: InvocationReply) => replies.push(reply) },
    settings: { machineId: 'm', maxLogBytes: 1000 },
  };
  return { tools: tools as unknown as InvocationTools, outcomes, replies };
}

function taken(dispatchCount: number, isLastTry: boolean): TakenJob & { readonly job: InvocationJob } {
  const job: InvocationJob = {
    version: 1,
    kind: 'invocation',
    id: newId(),
    appId: newId(),
    appVersionId: newId(),
    functionName: 'f',
    trigger: 'http',
    input: { kind: 'queue', message: '1' },
    replyTo: 'somebody',
    acceptedAt: 0,
    dispatchCount,
  };
  const course = { evictions: 0, passes: 0 };
  return { job, attemptsStarted: 1, course, isLastTry, lost: new AbortController().signal };
}

describe('runInvocation, where the platform fails it', () => {
  it.each([
    ['a call with tries left', 0, false],
    ['a promise with tries left', 1, false],
    ['a promise without: the reconciler goes on with it', 1, true],
  ])('leaves %s to the queue', async (_what, dispatchCount, isLastTry) => {
    const { tools, outcomes, replies } = toolsWith(lost);
    await expect(runInvocation(tools, taken(dispatchCount, isLastTry))).rejects.toThrow('lost the container');
    expect([outcomes, replies]).toEqual([[], []]);
  });

  it('ends a call without tries left, on record and to whom waits for it', async () => {
    const { tools, outcomes, replies } = toolsWith(lost);
    expect(await runInvocation(tools, taken(0, true))).toBe('done');
    const failure = {
      source: 'platform',
      type: 'ContainerLostError',
      message: 'The container engine lost the container.',
    };
    expect(outcomes).toMatchObject([{ state: 'abandoned', failure, attempts: [] }]);
    expect(replies).toMatchObject([{ state: 'abandoned', failure }]);
  });

  it('hands back what was evicted, whatever the try', async () => {
    const { tools, outcomes } = toolsWith({ state: 'evicted', coldStart: false });
    await expect(runInvocation(tools, taken(0, true))).rejects.toThrow(EvictedError);
    expect(outcomes).toEqual([]);
  });
});

describe('runInvocation, of a call whose client has gone', () => {
  it('does not begin it, and says so on record', async () => {
    const { tools, outcomes } = toolsWith(lost);
    const hangUp = new HangUp();
    hangUp.happen();
    expect(await runInvocation(tools, { ...taken(0, false), hangUp })).toBe('done');
    expect(outcomes).toMatchObject([{ state: 'cancelled', attempts: [] }]);
  });

  it('goes on all the same with what was promised', async () => {
    const { tools, outcomes } = toolsWith({ state: 'succeeded', output: {}, coldStart: false });
    const hangUp = new HangUp();
    hangUp.happen();
    expect(await runInvocation(tools, { ...taken(1, false), hangUp })).toBe('done');
    expect(outcomes).toMatchObject([{ state: 'succeeded' }]);
  });
});
