import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hashOfSources } from './sources-hash.mjs';

describe('hashOfSources', () => {
  let folder = '';
  const hash = () =>
    hashOfSources(folder, ['src', 'settings.json', 'absent'], (path) => !path.endsWith('.spec.ts'));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-sources-'));
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    writeFileSync(join(folder, 'src/deep/a.ts'), 'one');
    writeFileSync(join(folder, 'settings.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stays when nothing changes', () => {
    expect(hash()).toBe(hash());
  });

  it('changes with a file, its name, a new file, and a file that is named itself', () => {
    const seen = new Set([hash()]);
    writeFileSync(join(folder, 'src/deep/a.ts'), 'two');
    seen.add(hash());
    renameSync(join(folder, 'src/deep/a.ts'), join(folder, 'src/deep/b.ts'));
    seen.add(hash());
    writeFileSync(join(folder, 'src/c.ts'), '');
    seen.add(hash());
    writeFileSync(join(folder, 'settings.json'), '{ }');
    seen.add(hash());
    expect(seen.size).toBe(5);
  });

  it('does not mind what does not count', () => {
    const before = hash();
    writeFileSync(join(folder, 'src/a.spec.ts'), 'test');
    expect(hash()).toBe(before);
  });
});
