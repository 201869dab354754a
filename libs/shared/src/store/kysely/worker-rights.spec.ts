import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WORKER_RIGHTS, workerLoginScript } from './worker-rights.js';

const file = join(process.cwd(), 'deploy/sql/worker-login.sql');

describe('the rights of workers in SQL', () => {
  it('leave out keys, tokens and secrets, and let no order be changed', () => {
    expect(Object.keys(WORKER_RIGHTS)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/key|token|secret|deployment|schedule/)]),
    );
    expect(WORKER_RIGHTS.machine_orders).toEqual(['select']);
    expect(Object.values(WORKER_RIGHTS).flat()).not.toContain('delete');
  });

  // Written with: node scripts/generate-worker-login.mjs
  it('are those of the script in deploy/sql', () => {
    expect(readFileSync(file, 'utf8')).toBe(workerLoginScript());
  });

  it('are granted table by table', () => {
    expect(workerLoginScript()).toContain(
      'GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.machines TO nightjar_worker;\n',
    );
    expect(workerLoginScript().match(/^GRANT /gm)).toHaveLength(Object.keys(WORKER_RIGHTS).length);
  });
});
