import { describe, expect, it } from '@jest/globals';
import { OVERLAP_POLICIES, type OverlapPolicy } from '../batch-definition.js';
import { decideOverlap, nextToBegin, type OpenRun, overlapPolicyFor } from './overlap.js';

const running: OpenRun = { id: 'running', hasBegun: true };
const waiting: OpenRun = { id: 'waiting', hasBegun: false };

describe('decideOverlap', () => {
  it.each(OVERLAP_POLICIES)('begins at once where nothing is open: %s', (policy) => {
    expect(decideOverlap(policy, [])).toEqual({ action: 'start', terminate: [] });
  });

  it.each<[OverlapPolicy, OpenRun[], object]>([
    ['skip', [running], { action: 'skip' }],
    ['skip', [waiting], { action: 'skip' }],
    ['bufferOne', [running], { action: 'wait', cancel: [], replace: [] }],
    ['bufferOne', [running, waiting], { action: 'skip' }],
    ['bufferAll', [running], { action: 'wait', cancel: [], replace: [] }],
    ['bufferAll', [running, waiting], { action: 'wait', cancel: [], replace: [] }],
    ['cancelOther', [running], { action: 'wait', cancel: ['running'], replace: [] }],
    ['cancelOther', [running, waiting], { action: 'wait', cancel: ['running'], replace: ['waiting'] }],
    ['terminateOther', [running, waiting], { action: 'start', terminate: ['running', 'waiting'] }],
    ['allowAll', [running, waiting], { action: 'start', terminate: [] }],
  ])('%s, %j open', (policy, open, decision) => {
    expect(decideOverlap(policy, open)).toEqual(decision);
  });
});

describe('overlapPolicyFor', () => {
  it('lets what makes up for others wait, so that nothing of it is lost', () => {
    expect(overlapPolicyFor('skip', 'schedule')).toBe('skip');
    expect(overlapPolicyFor('skip', 'catchUp')).toBe('bufferAll');
    expect(overlapPolicyFor('terminateOther', 'backfill')).toBe('bufferAll');
    expect(overlapPolicyFor('allowAll', 'backfill')).toBe('allowAll');
  });
});

describe('nextToBegin', () => {
  it('is the oldest, once none goes on', () => {
    expect(nextToBegin([waiting, { id: 'later', hasBegun: false }])).toBe('waiting');
    expect(nextToBegin([waiting, running])).toBeNull();
    expect(nextToBegin([])).toBeNull();
  });
});
