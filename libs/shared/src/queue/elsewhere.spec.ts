import { describe, expect, it } from '@jest/globals';
import { decidePass, PASSES_MAX, readFailedOn, type FailedOn } from './elsewhere.js';

describe('decidePass', () => {
  it.each<[string, FailedOn | undefined, 'take' | 'pass']>([
    ['failed nowhere', undefined, 'take'],
    ['failed on another machine', { machineId: 'other', passes: 0 }, 'take'],
    ['failed here', { machineId: 'here', passes: 0 }, 'pass'],
    ['failed here, and nobody took it yet', { machineId: 'here', passes: PASSES_MAX - 1 }, 'pass'],
    ['failed here, and nobody takes it', { machineId: 'here', passes: PASSES_MAX }, 'take'],
  ])('what has %s: %j → %s', (_what, failedOn, decision) => {
    expect(decidePass(failedOn, 'here')).toBe(decision);
  });
});

describe('readFailedOn', () => {
  it.each([
    ['nothing', {}, undefined],
    ['no object', null, undefined],
    ['another form', { failedOn: 'here' }, undefined],
    ['its form', { failedOn: { machineId: 'a', passes: 1 } }, { machineId: 'a', passes: 1 }],
  ])('reads %s', (_what, data, failedOn) => {
    expect(readFailedOn(data)).toEqual(failedOn);
  });
});
