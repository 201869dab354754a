import { describe, expect, it } from '@jest/globals';
import { relayOptions } from './relay-options.js';

describe('relayOptions', () => {
  const options = relayOptions({
    name: 'nightjar-1-relay',
    spec: { token: 'secret', channelPort: 7071, appVersionId: 'version' },
    containerId: 'engine-id',
    image: 'nightjar/node:1',
    channelHost: '172.20.0.1',
    serverPort: 55_000,
    owner: { installationId: 'i', workerId: 'w', lifeId: 'l' },
    createdAt: new Date(0),
    cgroupParent: '/nightjar-w',
  });

  it('puts it into the network of its container, and leads it from the worker to the server', () => {
    expect(options.HostConfig).toMatchObject({
      NetworkMode: 'container:engine-id',
      CgroupParent: '/nightjar-w',
    });
    expect(options.Cmd?.join(' ')).toBe(
      '/nightjar/language-worker/http-relay.cjs --host 172.20.0.1 --port 7071 --token secret --server-port 55000',
    );
  });

  it('confines it, and says whose it is', () => {
    expect(options.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 32,
    });
    expect(options.HostConfig).not.toHaveProperty('Mounts');
    expect(options.User).not.toMatch(/^(root|0)/);
    expect(options.Labels).toMatchObject({ 'nightjar.kind': 'relay', 'nightjar.worker': 'w' });
  });
});
