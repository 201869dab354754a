import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runChecks } from './run-check.mjs';

describe('runChecks', () => {
  let folder = '';
  const check = (/** @type {string} */ name, /** @type {string} */ code) => {
    const script = join(folder, `${name}.cjs`);
    writeFileSync(script, code);
    return { name, script, args: [] };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-checks-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('runs all of them, whatever fails, and keeps their order', async () => {
    const checks = [
      check('slow', 'setTimeout(() => {}, 300)'),
      check('wrong', "console.log('one'); console.error('two'); process.exit(2)"),
      check('quick', ''),
    ];
    const results = await runChecks(checks, 2);
    expect(results.map(({ name, passed }) => [name, passed])).toEqual([
      ['slow', true],
      ['wrong', false],
      ['quick', true],
    ]);
    expect(results[1].output.split('\n').sort()).toEqual(['one', 'two']);
  });

  it('takes a check that is killed for failed', async () => {
    const [result] = await runChecks([check('killed', "process.kill(process.pid, 'SIGKILL')")], 1);
    expect(result.passed).toBe(false);
  });
});
