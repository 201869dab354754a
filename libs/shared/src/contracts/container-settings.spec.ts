import { describe, expect, it } from '@jest/globals';
import { parseAllowedTarget } from './allowed-target.js';
import {
  containerSettingsBody,
  containerSettingsSchema,
  storedContainerSettingsSchema,
} from './container-settings.js';

const MIB = 2 ** 20;

describe('parseAllowedTarget', () => {
  it.each([
    ['db.internal:1433', { host: 'db.internal', firstPort: 1433, lastPort: 1433 }],
    ['DB.Internal:1433', { host: 'db.internal', firstPort: 1433, lastPort: 1433 }],
    ['localhost:80', { host: 'localhost', firstPort: 80, lastPort: 80 }],
    ['10.1.2.3:443', { host: '10.1.2.3/32', firstPort: 443, lastPort: 443 }],
    ['10.1.0.0/16:8000-8100', { host: '10.1.0.0/16', firstPort: 8000, lastPort: 8100 }],
    ['0.0.0.0/0:443', { host: '0.0.0.0/0', firstPort: 443, lastPort: 443 }],
  ])('reads %s', (text, target) => {
    expect(parseAllowedTarget(text)).toEqual(target);
  });

  it.each([
    ['db.internal', 'write "host:port"'],
    ['', 'write "host:port"'],
    ['10.1.2.300:443', 'neither a host name nor an IPv4 address'],
    ['10.1.2:443', 'neither a host name nor an IPv4 address'],
    ['10.0.0.0/33:443', 'neither a host name nor an IPv4 address'],
    ['db_internal:1', 'neither a host name nor an IPv4 address'],
    ['-db:1', 'neither a host name nor an IPv4 address'],
    ['*.example.org:443', 'neither a host name nor an IPv4 address'],
    ['[fd00::1]:443', 'neither a host name nor an IPv4 address'],
    ['x; rm -rf:1', 'neither a host name nor an IPv4 address'],
    ['db:0', 'from 1 to 65535'],
    ['db:65536', 'from 1 to 65535'],
    ['db:90-80', 'the smaller first'],
  ])('refuses "%s"', (text, problem) => {
    expect(parseAllowedTarget(text)).toContain(problem);
  });
});

describe('containerSettingsSchema', () => {
  it('takes what it gives', () => {
    const body = {
      memoryBytes: 512 * MIB,
      cpus: 0.5,
      cpuWeight: 50,
      pids: 128,
      tmpBytes: 32 * MIB,
      network: { policy: 'allowList' as const, allow: ['db.internal:1433', '10.0.0.0/8:80-90'] },
    };
    expect(containerSettingsBody(containerSettingsSchema.parse(body))).toEqual(body);
    expect(containerSettingsSchema.parse({})).toEqual({});
  });

  it.each([
    [{ memoryBytes: 1 }, 'memoryBytes', 'from 33554432'],
    [{ memoryBytes: '512m' }, 'memoryBytes', 'bytes'],
    [{ cpus: 0 }, 'cpus', 'from 0.05 to 256'],
    [{ cpuWeight: 0 }, 'cpuWeight', 'from 1 to 1000'],
    [{ pids: 3 }, 'pids', 'from 16'],
    [{ tmpBytes: 0 }, 'tmpBytes', 'from 1048576'],
    [{ memoryBytes: 64 * MIB, tmpBytes: 65 * MIB }, 'tmpBytes', 'files in /tmp are memory'],
    [{ network: { policy: 'all' } }, 'network.policy', 'must have a policy'],
    [{ network: { policy: 'allowList' } }, 'network.allow', 'must name 1 to 100 targets'],
    [{ network: { policy: 'allowList', allow: [] } }, 'network.allow', 'must name 1 to 100 targets'],
    [{ network: { policy: 'allowList', allow: ['db'] } }, 'network.allow.0', 'write "host:port"'],
    [{ network: { policy: 'none', allow: ['db:1'] } }, 'network', 'no further fields'],
    [{ memory: 1 }, '', 'memory'],
  ])('refuses %j and says where', (body, path, problem) => {
    const result = containerSettingsSchema.safeParse(body);
    const [issue] = result.error?.issues ?? [];
    expect(issue?.path.join('.')).toBe(path);
    expect(issue?.message).toContain(problem);
  });
});

describe('storedContainerSettingsSchema', () => {
  it('passes over what a newer version has added', () => {
    const known = { cpus: 1, network: { policy: 'none' as const } };
    expect(storedContainerSettingsSchema.parse({ ...known, gpu: 1 })).toEqual(known);
  });
});
