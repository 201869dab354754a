import { describe, expect, it } from '@jest/globals';
import { runSettingsOf } from './batch-definition.js';
import type { BatchDefinition } from './batch-definition.js';

const DEFINITION: BatchDefinition = {
  name: 'invoices',
  app: 'billing',
  function: 'invoice',
  input: { kind: 'range', from: 1, to: 10 },
  window: { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' },
  retry: { attempts: 3, backoff: 'fixed', delaySeconds: 5 },
  failureThreshold: { percent: 5 },
  priority: 10,
  misfire: 'runOnce',
  overlap: 'skip',
  carryOver: true,
  pauseOnFailure: false,
};

describe('runSettingsOf', () => {
  it('freezes what a run goes by, and not when it is to run', () => {
    expect(JSON.parse(JSON.stringify(runSettingsOf(DEFINITION)))).toEqual({
      input: { kind: 'range', from: 1, to: 10 },
      retry: { attempts: 3, backoff: 'fixed', delaySeconds: 5 },
      failureThreshold: { percent: 5 },
      carryOver: true,
      pauseOnFailure: false,
    });
  });

  it("takes a run's own input", () => {
    expect(runSettingsOf(DEFINITION, { kind: 'none' }).input).toEqual({ kind: 'none' });
  });
});
