import { describe, expect, it } from '@jest/globals';
import { isEngineHere, sharesKernel } from './same-machine.js';

describe('isEngineHere', () => {
  it.each([
    [undefined, true],
    ['unix:///var/run/docker.sock', true],
    ['npipe:////./pipe/docker_engine', true],
    ['tcp://127.0.0.1:2375', true],
    ['tcp://localhost:2375', true],
    ['tcp://[::1]:2375', true],
    ['tcp://engine.example:2376', false],
    ['tcp://10.0.0.1:2376', false],
  ])('of %s: %s', (address, isHere) => {
    expect(isEngineHere(address)).toBe(isHere);
  });
});

describe('sharesKernel', () => {
  const machine = { platform: 'linux', kernel: '6.1.0', memoryBytes: 1000 } as const;
  const facts = { OSType: 'linux', KernelVersion: '6.1.0', MemTotal: 1000 };

  it('does where kernel and memory are the same', () => {
    expect(sharesKernel(undefined, facts, machine)).toBe(true);
  });

  it.each([
    ['another kernel (Docker Desktop)', undefined, { KernelVersion: '6.6.0-linuxkit' }, {}],
    ['less memory (a virtual machine)', undefined, { MemTotal: 500 }, {}],
    ['another machine', 'tcp://engine.example:2376', {}, {}],
    ['a Mac', undefined, {}, { platform: 'darwin' as const }],
    ['an engine that says nothing', undefined, { KernelVersion: undefined }, {}],
  ])('does not with %s', (_what, address, facet, here) => {
    expect(sharesKernel(address, { ...facts, ...facet }, { ...machine, ...here })).toBe(false);
  });
});
