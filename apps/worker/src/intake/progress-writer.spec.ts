import { describe, expect, it } from '@jest/globals';
import type { ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import type { Recorded, Recorder } from '../recorder/recorder.js';
import { ProgressWriter } from './progress-writer.js';

const chunk = { chunkId: 'c', runId: 'r', fence: 1001, machineId: 'm' };
const item = (lineNumber: number): ItemOutcome => ({
  lineNumber,
  state: 'succeeded',
  attempts: 1,
  startedAt: new Date(0),
  durationMs: 1,
});

function recorderThat(answer: () => Promise<Recorded>): { recorder: Recorder; written: ChunkProgress[] } {
  const written: ChunkProgress[] = [];
  const recordProgress = (progress: ChunkProgress): Promise<Recorded> => {
    written.push(progress);
    return answer();
  };
  return { recorder: { recordProgress } as unknown as Recorder, written };
}

describe('ProgressWriter', () => {
  it('writes everything once, the end with the last of it', async () => {
    const { recorder, written } = recorderThat(() => Promise.resolve('committed'));
    const writer = new ProgressWriter(recorder, chunk);
    for (let line = 1; line <= 2_500; line += 1) writer.add([item(line)]);
    expect(await writer.end(true)).toBe('committed');
    expect(written.flatMap(({ items }) => items.map(({ lineNumber }) => lineNumber))).toEqual(
      Array.from({ length: 2_500 }, (_, index) => index + 1),
    );
    expect(written.map(({ done }) => done)).toEqual([false, false, true]);
  });

  it('writes the end of a chunk that had nothing to do', async () => {
    const { recorder, written } = recorderThat(() => Promise.resolve('committed'));
    await new ProgressWriter(recorder, chunk).end(true);
    expect(written).toEqual([{ ...chunk, items: [], done: true }]);
  });

  it('knows when a newer attempt has the chunk', async () => {
    const { recorder } = recorderThat(() => Promise.resolve('refused'));
    const writer = new ProgressWriter(recorder, chunk);
    writer.add([item(1)]);
    expect(await writer.end(false)).toBe('refused');
    expect(writer.refused).toBe(true);
  });

  it('holds its caller back while the database is behind', async () => {
    let commit = (): void => undefined;
    const { recorder } = recorderThat(() => new Promise((resolve) => (commit = () => resolve('committed'))));
    const writer = new ProgressWriter(recorder, chunk);
    writer.add(Array.from({ length: 4_000 }, (_, index) => item(index + 1)));
    let hasRoom = false;
    const room = writer.room().then(() => (hasRoom = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasRoom).toBe(false);
    commit();
    await room;
    expect(hasRoom).toBe(true);
  });

  it('passes on that the recorder gave up', async () => {
    const { recorder } = recorderThat(() => Promise.reject(new Error('gave up')));
    const writer = new ProgressWriter(recorder, chunk);
    writer.add([item(1)]);
    await expect(writer.end(true)).rejects.toThrow('gave up');
  });
});
