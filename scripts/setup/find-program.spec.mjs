import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findProgram } from './find-program.mjs';

describe('findProgram', () => {
  let folder = '';
  const put = (/** @type {string} */ name, mode = 0o755) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  const find = (/** @type {string[]} */ ...names) =>
    findProgram(names, { PATH: ['a', 'b'].map((name) => join(folder, name)).join(delimiter) });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-path-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes the first folder of PATH', () => {
    const first = put('a/nightjar-test-server');
    put('b/nightjar-test-server');
    expect(find('nightjar-test-server')).toBe(first);
  });

  it('takes the first name, wherever it stands', () => {
    put('a/nightjar-second');
    const first = put('b/nightjar-first');
    expect(find('nightjar-first', 'nightjar-second')).toBe(first);
  });

  it('passes over what is no program', () => {
    put('a/nightjar-test-server', 0o644);
    mkdirSync(join(folder, 'b/nightjar-test-server'), { recursive: true });
    expect(find('nightjar-test-server')).toBeUndefined();
  });
});
