import { describe, expect, it } from '@jest/globals';
import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { functionWith } from '../../../../test/support/temp-stores.js';
import { batchFunction } from './batch-target.js';

const VERSION = {
  appName: 'billing',
  functions: [
    functionWith('invoice', { type: 'queueTrigger' }),
    functionWith('invoices', { type: 'queueTrigger', cardinality: 'many' }),
    functionWith('page', { type: 'httpTrigger' }),
    { ...functionWith('asleep', { type: 'queueTrigger' }), disabled: true },
    { ...functionWith('odd', { type: 'queueTrigger' }), bindings: [] },
  ],
} as unknown as AppVersion;

describe('batchFunction', () => {
  it.each(['invoice', 'Invoice', 'invoices'])('finds the queue function %s', (name) => {
    expect(batchFunction(VERSION, name).name).toBe(name.toLowerCase());
  });

  it('says that there is no such function', () => {
    expect(() => batchFunction(VERSION, 'nope')).toThrow(NotFoundError);
  });

  it('says that a function is disabled', () => {
    expect(() => batchFunction(VERSION, 'asleep')).toThrow(ConflictError);
  });

  it.each(['page', 'odd'])('says which trigger %s would need', (name) => {
    expect(() => batchFunction(VERSION, name)).toThrow(InvalidInputError);
    expect(() => batchFunction(VERSION, name)).toThrow(/queueTrigger/);
  });
});
