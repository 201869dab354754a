import { describe, expect, it } from '@jest/globals';
import { compileLocalPolicy } from './capacity-settings.js';

const noFile = (path: string): string => {
  throw new Error(`no file ${path}`);
};

describe('compileLocalPolicy', () => {
  it('is a profile, or two', () => {
    expect(compileLocalPolicy({ capacityProfile: 'dedicated' }, noFile)).toEqual({ profile: ['dedicated'] });
    const capacityProfile = 'desktop-suspend, desktop-hours';
    const profile = ['desktop-suspend', 'desktop-hours'];
    expect(compileLocalPolicy({ capacityProfile }, noFile)).toEqual({ profile });
  });

  it.each<[string, string | Record<string, unknown>]>([
    ['in braces', '{"startIdleSeconds": 1200}'],
    ['in the settings file', { startIdleSeconds: 1200 }],
    ['in a file of its own', 'policy.yaml'],
  ])('has knobs %s', (_where, capacityPolicy) => {
    const values = { capacityProfile: 'desktop-vacate', capacityPolicy };
    const layer = { profile: ['desktop-vacate'], startIdleSeconds: 1200 };
    expect(compileLocalPolicy(values, () => 'startIdleSeconds: 1200')).toEqual(layer);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['a profile that there is not', 'laptop', undefined, /local\.profile.*must be one of dedicated/],
    [
      'a knob out of its limits',
      'dedicated',
      '{"hysteresisSeconds": 0}',
      /local\.hysteresisSeconds: must be/,
    ],
    ['a file that is not there', 'dedicated', 'none.json', /capacityPolicy must be.*none\.json.*no file/],
    ['what is no object', 'dedicated', '{"a"', /capacityPolicy must be/],
  ])('refuses %s', (_what, capacityProfile, capacityPolicy, message) => {
    const details = (): readonly string[] => {
      try {
        compileLocalPolicy({ capacityProfile, capacityPolicy }, noFile);
        return [];
      } catch (error) {
        return (error as { details: readonly string[] }).details;
      }
    };
    expect(details()).toEqual([expect.stringMatching(message)]);
  });
});
