import { describe, expect, it } from '@jest/globals';
import type { RunCause, RunState } from '#shared/domain/batch.js';
import type { OverlapPolicy } from '#shared/domain/batch-definition.js';
import { type AdmissionFacts, decideAdmission, type SiblingRun } from './admission-decision.js';

const NOW = new Date('2026-11-30T22:00:00Z');
const LATER = new Date('2026-12-01T22:00:00Z');

function sibling(id: string, state: RunState, cause: RunCause = 'schedule', notBefore = NOW): SiblingRun {
  return { id, state, cause, notBefore };
}

const RUN = sibling('5', 'scheduled');

function admit(
  overlap: OverlapPolicy,
  others: readonly SiblingRun[],
  run = RUN,
  dependencies: AdmissionFacts['dependencies'] = { kind: 'met' },
) {
  return decideAdmission({ run, overlap, open: [...others, run], dependencies, now: NOW });
}

describe('decideAdmission', () => {
  it.each<OverlapPolicy>(['skip', 'bufferOne', 'bufferAll', 'cancelOther', 'terminateOther', 'allowAll'])(
    'begins alone: %s',
    (overlap) => {
      expect(admit(overlap, [])).toEqual({ action: 'begin', terminate: [], replace: [] });
    },
  );

  it.each<OverlapPolicy>(['skip', 'bufferOne', 'bufferAll'])('waits for what goes on: %s', (overlap) => {
    expect(admit(overlap, [sibling('1', 'running')])).toEqual({
      action: 'wait',
      reason: {
        code: 'OVERLAP',
        message: 'It waits until the run 1 of the same batch has ended (overlap policy).',
      },
      cancel: [],
      replace: [],
    });
  });

  it('begins beside others where they may overlap', () => {
    expect(admit('allowAll', [sibling('1', 'running')])).toMatchObject({ action: 'begin', terminate: [] });
  });

  it('cancels the others, and begins once they have ended; what had not begun never does', () => {
    const others = [sibling('1', 'running'), sibling('2', 'cancelling'), sibling('3', 'scheduled')];
    expect(admit('cancelOther', others)).toMatchObject({ action: 'wait', cancel: ['1'], replace: ['3'] });
    expect(admit('cancelOther', others.slice(2))).toMatchObject({ action: 'begin', replace: ['3'] });
  });

  it('terminates the others and begins at once', () => {
    const others = [sibling('1', 'running'), sibling('3', 'scheduled')];
    expect(admit('terminateOther', others)).toEqual({ action: 'begin', terminate: ['1'], replace: ['3'] });
  });

  it('lets those that wait begin in their order', () => {
    expect(admit('bufferAll', [sibling('4', 'scheduled')]).action).toBe('wait');
    expect(admit('bufferAll', [sibling('6', 'scheduled')]).action).toBe('begin');
  });

  it('is not held up by what is for later', () => {
    expect(admit('bufferAll', [sibling('4', 'scheduled', 'schedule', LATER)]).action).toBe('begin');
  });

  it('lets what is carried over begin first, and terminates nothing for it', () => {
    const carried = sibling('9', 'scheduled', 'carryOver');
    expect(admit('bufferAll', [carried]).action).toBe('wait');
    expect(admit('bufferAll', [sibling('4', 'scheduled')], carried).action).toBe('begin');
    expect(admit('terminateOther', [sibling('4', 'running')], carried).action).toBe('wait');
  });

  it('has what makes up for others wait, whatever the policy', () => {
    for (const cause of ['catchUp', 'backfill'] as const)
      expect(
        admit('terminateOther', [sibling('1', 'running')], sibling('5', 'scheduled', cause)).action,
      ).toBe('wait');
  });

  it('looks at dependencies before it does anything to others', () => {
    const pending = { kind: 'pending', hasRun: true, message: 'Not yet.' } as const;
    expect(admit('terminateOther', [sibling('1', 'running')], RUN, pending)).toEqual({
      action: 'wait',
      reason: { code: 'DEPENDENCY', message: 'Not yet.' },
      cancel: [],
      replace: [],
    });
  });

  it.each([
    [false, 'failed'],
    [true, 'cancelled'],
  ] as const)('ends when its dependencies can not be met: needless %s, %s', (isNeedless, state) => {
    const impossible = { kind: 'impossible', isNeedless, message: 'Import failed.' } as const;
    expect(admit('skip', [], RUN, impossible)).toEqual({
      action: 'end',
      state,
      failure: {
        source: 'platform',
        type: 'DependencyNotMet',
        message: 'It was not run. Import failed.',
      },
    });
  });
});
