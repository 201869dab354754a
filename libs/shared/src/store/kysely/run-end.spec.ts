import { describe, expect, it } from '@jest/globals';
import { dueEnd, type RunSituation } from './run-end.js';

const FINISHED: RunSituation = {
  state: 'running',
  inputState: 'ready',
  hasFailure: false,
  inputSizeBytes: 100,
  cursorByte: 100,
  openChunks: 0,
  itemsTotal: 10,
  itemsSucceeded: 10,
};

describe('dueEnd', () => {
  it.each<[string, Partial<RunSituation>, ReturnType<typeof dueEnd>]>([
    ['every item succeeded', {}, 'succeeded'],
    ['an item did not succeed', { itemsSucceeded: 9 }, 'completedWithFailures'],
    [
      'there were no items',
      { state: 'waiting', inputSizeBytes: 0, cursorByte: 0, itemsTotal: 0, itemsSucceeded: 0 },
      'succeeded',
    ],
    ['a chunk is open', { openChunks: 1 }, null],
    ['a chunk is still to be made', { cursorByte: 99 }, null],
    ['it waits', { state: 'waiting', cursorByte: 0 }, null],
    ['it is being cancelled and a chunk is open', { state: 'cancelling', openChunks: 2 }, null],
    [
      'it is being stopped for its failures and no chunk is open',
      { state: 'cancelling', hasFailure: true, cursorByte: 10 },
      'failed',
    ],
    [
      'it is being stopped for its failures and a chunk is open',
      { state: 'cancelling', hasFailure: true, openChunks: 1 },
      null,
    ],
    ['it is being cancelled and no chunk is open', { state: 'cancelling', cursorByte: 10 }, 'cancelled'],
    [
      'its input is still to be made',
      {
        state: 'waiting',
        inputState: 'wanted',
        inputSizeBytes: 0,
        cursorByte: 0,
        itemsTotal: 0,
        itemsSucceeded: 0,
      },
      null,
    ],
    [
      'its input is being made and it is cancelled',
      { state: 'cancelling', inputState: 'making' },
      'cancelled',
    ],
    ['its time has not come', { state: 'scheduled' }, null],
    ['it failed', { state: 'failed' }, null],
    ['it has succeeded', { state: 'succeeded' }, null],
  ])('when %s', (_when, change, end) => {
    expect(dueEnd({ ...FINISHED, ...change })).toBe(end);
  });
});
