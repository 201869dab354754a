import { describe, expect, it } from '@jest/globals';
import type { HostConfig } from 'dockerode';
import { createRefusal, ignoredOptions, startRefusal, type DaemonFacts } from './daemon-rules.js';

const facts: DaemonFacts = { cpus: 4, defaultIsolation: 'process', hasFolder: (path) => path === 'Z:\\app' };
const app = { Type: 'bind', Source: 'Z:\\app', Target: 'C:\\home\\site\\wwwroot', ReadOnly: true } as const;

describe('createRefusal', () => {
  it('takes what a Windows engine takes', () => {
    const HostConfig: HostConfig = { Isolation: 'process', Memory: 1, NanoCpus: 4e9, Mounts: [app] };
    expect(createRefusal({ HostConfig }, facts)).toBeUndefined();
    expect(createRefusal({ HostConfig: { CpuCount: 2, Mounts: [] } }, facts)).toBeUndefined();
  });

  it.each([
    [{ Privileged: true }, 'privileged mode'],
    [{ ReadonlyRootfs: true }, 'read-only mode'],
    [{ Isolation: 'chroot' }, 'invalid isolation'],
    [{ NetworkMode: 'container:x', Isolation: 'hyperv' }, 'network stack of another container'],
    [{ CpuShares: 10_001 }, 'range of CPUShares'],
    [{ CpuPercent: 101 }, 'range of CPUPercent'],
    [{ NanoCpus: 1, CpuShares: 1 }, 'Nano CPUs and CPU Shares'],
    [{ NanoCpus: 1, CpuPercent: 1 }, 'Nano CPUs and CPU Percent'],
    [{ NanoCpus: 5e9 }, 'only 4 CPUs'],
    [{ MemorySwap: 1 }, 'MemorySwap'],
    [{ MemorySwappiness: 0 }, 'MemorySwappiness'],
    [{ MemoryReservation: 1 }, 'MemoryReservation'],
    [{ PidsLimit: 1 }, 'PidsLimit'],
    [{ Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 1 }] }, 'Ulimits'],
    [{ OomKillDisable: true }, 'OomKillDisable'],
    [{ CpuPeriod: 1 }, 'CPUPeriod'],
    [{ BlkioWeight: 10 }, 'BlkioWeight'],
    [{ Mounts: [{ ...app, Type: 'tmpfs' }] }, 'mount type unknown'],
    [{ Mounts: [{ ...app, Source: '/app' }] }, 'must be absolute'],
    [{ Mounts: [{ ...app, Source: 'Z:\\other' }] }, 'does not exist'],
    [{ Mounts: [{ ...app, Target: '/home' }] }, "invalid mount path: '/home'"],
    [{ Mounts: [{ ...app, Target: 'C:\\' }] }, 'destination path cannot be'],
  ])('refuses %j', (host, message) => {
    expect(createRefusal({ HostConfig: host as HostConfig }, facts)).toContain(message);
  });
});

describe('startRefusal', () => {
  const same = { host: 20348, image: 20348 };

  it.each([
    [['no-new-privileges'], 'no equals sign'],
    [['seccomp=unconfined'], 'security option not supported: seccomp'],
  ])('refuses the security options %j', (SecurityOpt, message) => {
    expect(startRefusal({ HostConfig: { SecurityOpt } }, facts, same)).toContain(message);
  });

  it.each([
    [{ host: 20348, image: 20348 }, 'process', true],
    [{ host: 20348, image: 17763 }, 'process', false],
    [{ host: 20348, image: 17763 }, 'hyperv', true],
    [{ host: 26100, image: 20348 }, 'process', true],
    [{ host: 20348, image: 26100 }, 'hyperv', false],
  ])('of builds %j under %s isolation: starts %s', (builds, Isolation, starts) => {
    const refusal = startRefusal({ HostConfig: { Isolation } }, facts, builds);
    expect(refusal === undefined).toBe(starts);
  });
});

describe('ignoredOptions', () => {
  it('are protections that are none on Windows', () => {
    const HostConfig = { CapDrop: ['ALL'], Tmpfs: { '/tmp': 'rw' }, Init: true, Memory: 1 };
    expect(ignoredOptions({ HostConfig })).toEqual(['CapDrop', 'Init', 'Tmpfs']);
  });
});
