import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeDockerdLeftovers } from './dockerd-leftovers.mjs';

const FILES = [
  'docker.pid',
  'docker.sock',
  'docker/containerd/containerd.pid',
  'docker/containerd/containerd.sock',
];

describe('removeDockerdLeftovers', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-run-'));
    mkdirSync(join(folder, 'docker/containerd'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    // Pids are given out again: this one lives, but is no daemon.
    ['of another program that got the pid', process.pid],
    ['of no process at all', 4_194_304],
  ])('removes the files of a dead daemon, with the pid %s', (_, pid) => {
    for (const file of FILES) writeFileSync(join(folder, file), String(pid));
    expect(removeDockerdLeftovers(folder)).toBe(false);
    expect(FILES.filter((file) => existsSync(join(folder, file)))).toEqual([]);
  });

  it('finds nothing to do where no daemon ever ran', () => {
    expect(removeDockerdLeftovers(join(folder, 'nothing'))).toBe(false);
  });
});
