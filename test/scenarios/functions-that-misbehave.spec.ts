import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { queryNumber } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  findInvocation,
  invocationLogs,
  listInvocations,
  onlyInvocation,
  type InvocationRecord,
} from '../support/invocation-api.js';
import { residentBytes } from '../support/process-memory.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { badApp, FUNCTION_TIMEOUT_SECONDS, lateApp } from './support/misbehaving-app.js';

jest.setTimeout(90_000);

const MIB = 2 ** 20;
/** What a worker keeps of one invocation's log: its setting `maxLogBytes`. */
const MAX_LOG_BYTES = 256 * 1024;
/** Ten times what is printed would be more; what a garbage collector leaves for later is not. */
const MEMORY_SLACK_BYTES = 96 * MIB;

/** In containers, since a function that exits or eats memory must take nothing with it but its own. */
describe('A function that misbehaves', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      runtime: 'docker',
      workerSettings: { NIGHTJAR_CONTAINER_MEMORY_BYTES: String(160 * MIB) },
    });
    await publishApp(stack.url, 'bad', await badApp());
    await publishApp(stack.url, 'late', await lateApp());
  });
  afterAll(() => stack.stop());

  const call = async (path: string, app = 'bad'): Promise<[number, string]> => {
    const response = await fetch(`${stack.url}/apps/${app}/api/${path}`);
    return [response.status, await response.text()];
  };

  /** Calls a function that must fail, and gives its record. */
  const failure = async (name: string, status = 500, app = 'bad'): Promise<InvocationRecord> => {
    expect(await call(name, app)).toEqual([status, '']);
    return onlyInvocation(stack.url, app, name);
  };

  /** Good calls that are in flight, in the same container, while the other function misbehaves. */
  const neighbours = (ms: number, app = 'bad'): Promise<[number, string][]> =>
    Promise.all(Array.from({ length: 5 }, () => call(`wait?ms=${ms}`, app)));
  const ALL_WELL = Array.from({ length: 5 }, () => [200, 'waited']);

  describe('throws:', () => {
    it.each([
      ['throwsAtOnce', 'RangeError', 'out of bounds'],
      ['throwsLater', 'TypeError', 'not what it was'],
      ['throwsAWord', expect.any(String), expect.stringContaining('only a word')],
      ['throwsNothing', expect.any(String), expect.any(String)],
    ])('%s is 500 with an empty body, and its record says what', async (name, type, message) => {
      const record = await failure(name);
      expect(record).toMatchObject({ state: 'failed', failure: { source: 'function', type, message } });
    });

    it('and the container goes on', () => {
      const cold = `SELECT count(*) FROM invocations WHERE cold_start = 1 AND function_name LIKE 'throws%'`;
      expect(queryNumber(stack.databaseUrl, cold)).toBeLessThanOrEqual(1);
    });
  });

  describe('never ends:', () => {
    it('it is ended after its functionTimeout, and those beside it succeed', async () => {
      const began = performance.now();
      const beside = neighbours(1_000, 'late');
      const record = await failure('neverEnds', 504, 'late');
      expect(performance.now() - began).toBeGreaterThan(FUNCTION_TIMEOUT_SECONDS * 1_000 - 50);
      expect(record).toMatchObject({ state: 'timedOut', failure: { type: 'TimeoutError' }, attemptCount: 1 });
      expect(await beside).toEqual(ALL_WELL);
    });

    it('also when it lets nothing else run: those that it held up run elsewhere', async () => {
      const looping = failure('loops', 504, 'late');
      const beside = neighbours(100, 'late');
      expect(await looping).toMatchObject({ state: 'timedOut', failure: { type: 'TimeoutError' } });
      expect(await beside).toEqual(ALL_WELL);
    });
  });

  describe('ends its process:', () => {
    it('by process.exit, and those beside it succeed', async () => {
      const beside = neighbours(600);
      const record = await failure('exits');
      expect(record).toMatchObject({ state: 'failed', attemptCount: 1, failure: { type: 'ProcessExited' } });
      expect(record.failure?.message).toMatch(/3(?=[\s\S]*the last words)/);
      expect(await beside).toEqual(ALL_WELL);
    });

    it('by an error that nobody catches, and its record has the error', async () => {
      const record = await failure('crashes');
      expect(record).toMatchObject({ state: 'failed', failure: { source: 'function' } });
      expect(record.failure?.message).toContain('nobody caught it');
    });
  });

  describe('takes more memory than it may:', () => {
    it.each(['fillsHeap', 'fillsBuffers'])('%s is OutOfMemory, and the next call works', async (name) => {
      const record = await failure(name);
      expect(record).toMatchObject({ state: 'failed', failure: { type: 'OutOfMemory' } });
      expect(await call('wait?ms=0')).toEqual([200, 'waited']);
    });
  });

  describe('writes 10 MB:', () => {
    it.each(['logs', 'logsOneLine', 'prints'])('%s is kept up to the limit with a flag', async (name) => {
      await call('wait?ms=0');
      const pids = [stack.worker().service.pid, stack.management.service.pid];
      const before = pids.map(residentBytes);
      const [status] = await call(name);
      expect(status).toBe(200);
      const record = await onlyInvocation(stack.url, 'bad', name);
      expect(record).toMatchObject({ state: 'succeeded', logsTruncated: true });
      const { lines, truncated } = await invocationLogs(stack.url, record.id);
      const kept = lines.reduce((bytes, { message }) => bytes + Buffer.byteLength(message), 0);
      expect([truncated, kept <= MAX_LOG_BYTES]).toEqual([true, true]);
      const growth = pids.map((pid, index) => residentBytes(pid) - (before[index] ?? 0));
      expect(Math.max(...growth)).toBeLessThan(MEMORY_SLACK_BYTES);
    });
  });

  it('answers much: the client gets all of it, the record a flag', async () => {
    const [status, text] = await call('answersMuch');
    expect([status, text.length]).toEqual([200, 5 * MIB]);
    const record = await onlyInvocation(stack.url, 'bad', 'answersMuch');
    expect(record).toMatchObject({ state: 'succeeded', outputTruncated: true, output: null });
  });

  it('is retried as its policy says, each attempt on record', async () => {
    const retried = await waitFor(
      async () => (await listInvocations(stack.url, 'app=bad&function=retries&state=failed'))[0],
      { timeoutMs: 60_000, what: 'the end of the retries' },
    );
    const record = await findInvocation(stack.url, retried.id);
    expect(record.attempts.map(({ number, failure: its }) => [number, its?.message])).toEqual([
      [1, 'never well'],
      [2, 'never well'],
      [3, 'never well'],
    ]);
    const { lines } = await invocationLogs(stack.url, retried.id);
    const said = lines.map(({ message }) => message).filter((message) => message.startsWith('retry'));
    expect(said).toEqual(['retry 0', 'retry 1', 'retry 2']);
  });

  it('leaves the database in order', () => {
    expect(brokenInvariants(stack.databaseUrl, { maxAttempts: 3 })).toEqual([]);
  });
});
