import { describe, expect, it } from '@jest/globals';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { functionWith } from '../../../../../test/support/temp-stores.js';
import { runOfDefinition } from './run-of-definition.js';

const DEFINITION: BatchDefinition = {
  name: 'open invoices',
  app: 'billing',
  function: 'invoice',
  input: { kind: 'range', from: 1, to: 10 },
  window: { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' },
  retry: { attempts: 2, backoff: 'fixed', delaySeconds: 1 },
  pool: 'night',
  priority: 10,
  misfire: 'runOnce',
  overlap: 'skip',
  carryOver: true,
  pauseOnFailure: false,
};

const batchOf = (more: Partial<BatchDefinition> = {}): DefinedBatch => ({
  id: 'batch',
  appId: 'app',
  version: 4,
  definition: { ...DEFINITION, ...more },
  changedBy: 'Ada',
  changedAt: new Date(0),
  createdAt: new Date(0),
  pause: null,
  activeSince: null,
  nextDueAt: null,
});

const VERSION = {
  id: 'version',
  appName: 'billing',
  functions: [
    functionWith('invoice', { type: 'queueTrigger' }),
    functionWith('page', { type: 'httpTrigger' }),
    functionWith('nightly', { type: 'timerTrigger' }),
  ],
} as unknown as AppVersion;

describe('runOfDefinition', () => {
  it('freezes the definition into a run whose input is still to be made', () => {
    expect(runOfDefinition(batchOf(), VERSION)).toEqual({
      id: expect.any(String),
      name: 'open invoices',
      appId: 'app',
      appVersionId: 'version',
      functionName: 'invoice',
      itemTrigger: 'message',
      inputDigest: '',
      inputSizeBytes: 0,
      itemsTotal: 0,
      inputState: 'wanted',
      batchVersion: 4,
      priority: 10,
      pool: 'night',
      settings: {
        input: DEFINITION.input,
        retry: DEFINITION.retry,
        carryOver: true,
        pauseOnFailure: false,
      },
    });
  });

  it('takes what this run has of its own', () => {
    const madeInput = { digest: 'ab', sizeBytes: 12, itemsTotal: 2 };
    const input = { kind: 'jsonLines', file: 'ab' } as const;
    const run = runOfDefinition(batchOf({ function: 'PAGE' }), VERSION, {
      input,
      madeInput,
      priority: -5,
      cause: 'schedule',
      state: 'scheduled',
    });
    expect(run).toMatchObject({
      functionName: 'page',
      itemTrigger: 'http',
      inputDigest: 'ab',
      itemsTotal: 2,
      inputState: 'ready',
      priority: -5,
      cause: 'schedule',
      state: 'scheduled',
      settings: { input },
    });
  });

  it('says that the function no longer fits', () => {
    expect(() => runOfDefinition(batchOf({ function: 'nightly' }), VERSION)).toThrow(InvalidInputError);
    expect(runOfDefinition(batchOf({ function: 'nightly', input: { kind: 'none' } }), VERSION)).toMatchObject(
      {
        itemTrigger: 'timer',
      },
    );
  });
});
