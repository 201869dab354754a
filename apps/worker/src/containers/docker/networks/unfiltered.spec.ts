import { describe, expect, it } from '@jest/globals';
import { judgeUnfiltered } from './unfiltered.js';

const reason = 'There is no iptables.';

describe('judgeUnfiltered', () => {
  it.each([
    ['allowList', false, 'refuse', 'allow list'],
    ['allowList', true, 'refuse', 'allow list'],
    ['outbound', true, 'refuse', 'allowUnfilteredNetwork'],
    ['none', true, 'refuse', 'allowUnfilteredNetwork'],
    ['outbound', false, 'warn', 'cloud metadata'],
    ['none', false, 'warn', 'listens on all addresses'],
  ] as const)('"%s", required: %s: %s', (policy, required, verdict, words) => {
    const judged = judgeUnfiltered({ policy, reason, required });
    expect(judged.verdict).toBe(verdict);
    const text = judged.verdict === 'refuse' ? judged.reason : judged.warning;
    expect(text).toContain(words);
    expect(text).toContain(reason);
  });
});
