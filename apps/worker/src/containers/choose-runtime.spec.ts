import { describe, expect, it } from '@jest/globals';
import { chooseRuntime, type RuntimeSetting } from './choose-runtime.js';

const here = { usable: true } as const;
const absent = { usable: false, reason: 'nothing listens at its address.' } as const;

describe('chooseRuntime', () => {
  it.each<[RuntimeSetting, typeof here | typeof absent, boolean, boolean, string]>([
    ['auto', here, false, false, 'docker'],
    ['auto', here, true, false, 'docker'],
    ['auto', absent, false, false, 'process'],
    ['auto', absent, true, false, 'refused'],
    ['auto', absent, true, true, 'process'],
    ['docker', here, false, false, 'docker'],
    ['docker', absent, false, true, 'docker'],
    ['process', here, false, false, 'process'],
    ['process', here, true, false, 'refused'],
    ['process', here, true, true, 'process'],
  ])('%s with engine %j, production %s, allowed %s: %s', (setting, engine, isProduction, allowed, kind) => {
    const facts = { setting, engine, isProduction, allowsProcessInProduction: allowed };
    expect(chooseRuntime(facts).kind).toBe(kind);
  });

  it('warns that nothing is isolated, and says why it came to that', () => {
    const facts = { setting: 'auto', isProduction: false, allowsProcessInProduction: false } as const;
    expect(chooseRuntime({ ...facts, engine: absent })).toEqual({
      kind: 'process',
      warning: expect.stringMatching(/WITHOUT isolation.*nothing listens at its address/s),
    });
  });
});
