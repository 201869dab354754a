import { describe, expect, it } from '@jest/globals';
import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { functionWith } from '../../../../test/support/temp-stores.js';
import { batchTarget } from './batch-target.js';

const http = (more: object) => ({ type: 'httpTrigger', ...more });

const VERSION = {
  appName: 'billing',
  functions: [
    functionWith('invoice', { type: 'queueTrigger' }),
    functionWith('invoices', { type: 'queueTrigger', cardinality: 'many' }),
    functionWith('page', http({})),
    functionWith('post', http({ methods: ['get', 'post'], route: 'orders/{id?}/{lang=de}' })),
    functionWith('read', http({ methods: ['GET'] })),
    functionWith('order', http({ route: 'orders/{id:int}' })),
    functionWith('rest', http({ route: '{*rest}' })),
    functionWith('nightly', { type: 'timerTrigger', schedule: '0 0 2 * * *' }),
    functionWith('blob', { type: 'blobTrigger' }),
    { ...functionWith('asleep', { type: 'queueTrigger' }), disabled: true },
    { ...functionWith('odd', { type: 'queueTrigger' }), bindings: [] },
  ],
} as unknown as AppVersion;

describe('batchTarget', () => {
  it.each([
    ['invoice', 'jsonLines', 'message'],
    ['Invoice', 'csv', 'message'],
    ['invoices', 'range', 'message'],
    ['page', 'sql', 'http'],
    ['post', 'results', 'http'],
    ['nightly', 'none', 'timer'],
  ] as const)('finds %s for %s', (name, input, itemTrigger) => {
    const target = batchTarget(VERSION, name, input);
    expect([target.definition.name, target.itemTrigger]).toEqual([name.toLowerCase(), itemTrigger]);
  });

  it('says that there is no such function', () => {
    expect(() => batchTarget(VERSION, 'nope', 'csv')).toThrow(NotFoundError);
  });

  it('says that a function is disabled', () => {
    expect(() => batchTarget(VERSION, 'asleep', 'csv')).toThrow(ConflictError);
  });

  it.each([
    ['blob', 'csv', /^function: "blob" has blobTrigger, and a batch runs functions with a queueTrigger/],
    ['odd', 'csv', /^function: "odd" has no trigger/],
    ['nightly', 'csv', /^function and input.kind "csv": .* timerTrigger, which takes no items/],
    ['invoice', 'none', /^function and input.kind "none": .* queueTrigger, which needs items/],
    ['read', 'csv', /^function: "read" does not take POST \(its methods: GET\)/],
    ['order', 'csv', /^function: the route "orders\/\{id:int\}" of "order" needs a value for \{id\}/],
    ['rest', 'csv', /needs a value for \{rest\}/],
  ] as const)('says why %s can not take %s', (name, input, message) => {
    expect(() => batchTarget(VERSION, name, input)).toThrow(InvalidInputError);
    expect(() => batchTarget(VERSION, name, input)).toThrow(message);
  });
});
