import { describe, expect, it } from '@jest/globals';
import type { StoredItem } from '#shared/domain/batch.js';
import { nextPageItems } from './export-pieces.js';
import { acceptsGzip, exportOrder, exportSchema } from './export-requests.js';
import { exportedItem, exportHead } from './exported-item.js';

const orderOf = (query: Record<string, unknown>) => exportOrder(exportSchema.parse(query));

const ITEM: StoredItem = {
  lineNumber: 3,
  state: 'succeeded',
  attempts: 1,
  startedAt: new Date('2026-11-30T22:00:00.000Z'),
  durationMs: 2.5,
  output: { total: 5 },
};
const FAILED: StoredItem = {
  ...ITEM,
  state: 'failed',
  output: undefined,
  failure: { source: 'function', type: 'Error', message: '=1+1, "quoted"\nsecond', stack: 'at x' },
};

describe('exportOrder', () => {
  it('takes everything by default, as JSON Lines', () => {
    expect(orderOf({})).toEqual({
      format: 'jsonl',
      filter: {},
      afterLine: 0,
      withInput: false,
      withLogs: false,
    });
    expect(
      orderOf({
        fromLine: '5',
        toLine: '9',
        include: 'input,logs',
        state: 'failed',
        group: 'b24e7f3c36def72d',
      }),
    ).toEqual({
      format: 'jsonl',
      filter: { state: 'failed', group: 'b24e7f3c36def72d', toLine: 9 },
      afterLine: 4,
      withInput: true,
      withLogs: true,
    });
  });

  it.each([
    [{ fromLine: 5, toLine: 4 }, /^toLine: must not be below fromLine \(5\)/],
    [{ include: 'inputs' }, /^include: "inputs" is neither/],
    [{ include: 'logs', format: 'csv' }, /^include and format/],
    [{ group: 'b24e7f3c36def72d', state: 'succeeded' }, /^group and state/],
  ])('refuses %j', (query, message) => {
    expect(() => orderOf(query)).toThrow(message);
  });
});

describe('exportedItem', () => {
  it('writes JSON Lines', () => {
    const order = orderOf({ include: 'input' });
    expect(exportHead(order)).toBe('');
    expect(JSON.parse(exportedItem(ITEM, '{"n":3}', order))).toEqual({
      lineNumber: 3,
      state: 'succeeded',
      attempts: 1,
      startedAt: '2026-11-30T22:00:00.000Z',
      durationMs: 2.5,
      output: { total: 5 },
      failure: null,
      input: { n: 3 },
    });
    expect(JSON.parse(exportedItem(FAILED, 'not JSON', order))).toMatchObject({
      input: 'not JSON',
      output: null,
    });
    expect(exportedItem(ITEM, null, orderOf({ include: 'logs' }))).toMatch(/"logs":\[\]\}\n$/);
  });

  it('writes CSV that a spreadsheet carries nothing out of', () => {
    const order = orderOf({ format: 'csv', include: 'input' });
    expect(exportHead(order)).toBe(
      'lineNumber,state,attempts,startedAt,durationMs,output,failureType,failureMessage,input\r\n',
    );
    expect(exportedItem(ITEM, '{"n":3}', order)).toBe(
      '3,succeeded,1,2026-11-30T22:00:00.000Z,2.5,"{""total"":5}",,,"{""n"":3}"\r\n',
    );
    expect(exportedItem(FAILED, null, order)).toBe(
      `3,failed,1,2026-11-30T22:00:00.000Z,2.5,,Error,"'=1+1, ""quoted""\nsecond",\r\n`,
    );
    expect(exportedItem({ ...ITEM, output: -5 }, null, orderOf({ format: 'csv' }))).toMatch(
      /,2\.5,-5,,\r\n$/,
    );
    expect(exportedItem({ ...ITEM, output: 'ok' }, null, orderOf({ format: 'csv' }))).toMatch(
      /,2\.5,ok,,\r\n$/,
    );
  });
});

describe('nextPageItems', () => {
  it.each([
    [0, 0, 100],
    [100, 10_000, 1000],
    [100, 6_400_000, 16],
    [1, 50_000_000, 1],
  ])('after %d items of %d characters asks for %d', (items, characters, next) => {
    expect(nextPageItems(items, characters)).toBe(next);
  });
});

describe('acceptsGzip', () => {
  it.each([
    [undefined, false],
    ['gzip, deflate, br', true],
    ['GZIP;q=0.5', true],
    ['*', true],
    ['gzip;q=0, identity', false],
    ['identity', false],
  ])('%j: %s', (header, accepted) => {
    expect(acceptsGzip(header)).toBe(accepted);
  });
});
