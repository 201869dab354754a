import { describe, expect, it } from '@jest/globals';
import { windowsBuild } from './windows-build.js';

describe('windowsBuild', () => {
  it.each([
    [{ OSVersion: '10.0.20348.2322' }, 20348],
    [{ OSVersion: '10.0.26100' }, 26100],
    [{ KernelVersion: '10.0 17763 (17763.1.amd64fre.rs5_release.180914-1434)' }, 17763],
    [{ OSVersion: '', KernelVersion: '10.0 14393 (x)' }, 14393],
    [{ KernelVersion: 'unknown' }, undefined],
    [{}, undefined],
  ])('reads %j', (facts, build) => {
    expect(windowsBuild(facts)).toBe(build);
  });
});
