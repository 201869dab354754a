import { describe, expect, it } from '@jest/globals';
import { jobSchema, type ChunkJob, type InvocationJob } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import { placedJob, replacedJob } from './placed-job.js';

const job = (more: Partial<InvocationJob> = {}): InvocationJob => ({
  version: 1,
  kind: 'invocation',
  id: newId(),
  appId: newId(),
  appVersionId: newId(),
  functionName: 'hello',
  trigger: 'http',
  input: { kind: 'queue', message: 'm' },
  acceptedAt: 1,
  dispatchCount: 1,
  ...more,
});

const chunk = (more: Partial<ChunkJob> = {}): ChunkJob => ({
  version: 1,
  kind: 'chunk',
  id: newId(),
  runId: newId(),
  appId: newId(),
  appVersionId: newId(),
  functionName: 'item',
  inputDigest: 'd',
  byteStart: 0,
  byteEnd: 10,
  firstLine: 1,
  lineCount: 1,
  dispatchCount: 1,
  ...more,
});

describe('replacedJob', () => {
  const plain = job();
  const placed = placedJob(plain, { requirements: 'cores >= 4', rank: 'cores' });

  it('gives back the same job where nothing changed', () => {
    expect(replacedJob(plain, undefined)).toBe(plain);
    expect(replacedJob(placed, { requirements: 'cores >= 4', rank: 'cores' })).toBe(placed);
  });

  it('takes away what is asked no more, and its version with it', () => {
    expect(replacedJob(placed)).toEqual(plain);
    expect(replacedJob(placed, { rank: 'cores' })).toEqual({ ...plain, rank: 'cores' });
  });

  it('gives it what is asked now', () => {
    const made = replacedJob(placed, { requirements: 'cores >= 2' });
    expect(made).toEqual({ ...plain, version: 3, requirements: 'cores >= 2' });
    expect(jobSchema.parse(made)).toEqual(made);
  });

  it.each<[string, ChunkJob, number]>([
    ['a plain one', chunk(), 3],
    ['one whose items are no messages', chunk({ version: 2, itemTrigger: 'http' }), 3],
    ['one with limits', chunk({ version: 4, itemsAtOnce: 5 }), 4],
    ['one with requirements of its batch', chunk({ version: 4, batchRequirements: 'cores >= 2' }), 4],
  ])('is understood by workers for a chunk, and gives back what it was: %s', (_, plainChunk, version) => {
    const made = placedJob(plainChunk, { requirements: 'cores >= 4' });
    expect(made).toEqual({ ...plainChunk, version, requirements: 'cores >= 4' });
    expect(jobSchema.parse(made)).toEqual(made);
    expect(replacedJob(made)).toEqual(plainChunk);
  });

  it('lets a streamed call stay one', () => {
    const streamed = job({ version: 2, stream: { instanceUrl: 'http://127.0.0.1', token: 't' } });
    const made = placedJob(streamed, { requirements: 'cores >= 4' });
    expect(made.version).toBe(3);
    expect(replacedJob(made)).toEqual(streamed);
  });
});
