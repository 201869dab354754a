import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkEngineLimits, ENGINE_LIMITS, engineTimeouts } from './engine-limits.js';

const parse = (values: Record<string, unknown>) => z.object(ENGINE_LIMITS).safeParse(values);
const defaults = z.object(ENGINE_LIMITS).parse({});

describe('the limits of the engine', () => {
  it('are the documented ones by default', () => {
    expect(engineTimeouts(defaults)).toEqual({
      probeSeconds: 10,
      slowSeconds: 5,
      inspectSeconds: 60,
      runSeconds: 60,
      removeSeconds: 60,
      pauseSeconds: 10,
      pullSeconds: 600,
    });
    expect(() => checkEngineLimits(defaults)).not.toThrow();
  });

  it.each([
    ['engineProbeSeconds', 16],
    ['engineRunSeconds', 0],
    ['reconcileIntervalSeconds', 0],
    ['reconcileGraceSeconds', -1],
    ['reconcileDryRun', 'perhaps'],
  ])('do not take %s %j', (name, value) => {
    expect(parse({ [name]: value }).success).toBe(false);
  });

  it('takes what a variable says', () => {
    expect(parse({ engineSlowSeconds: '2.5', reconcileDryRun: 'true' }).data).toMatchObject({
      engineSlowSeconds: 2.5,
      reconcileDryRun: true,
    });
  });

  it('names both settings of a conflict', () => {
    const conflict = { ...defaults, engineSlowSeconds: 11 };
    expect(() => checkEngineLimits(conflict)).toThrow(
      expect.objectContaining({
        details: [expect.stringMatching(/engineSlowSeconds \(11\).*engineProbeSeconds \(10\)/)],
      }),
    );
  });
});
