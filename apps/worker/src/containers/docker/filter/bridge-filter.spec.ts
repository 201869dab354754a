import { describe, expect, it } from '@jest/globals';
import type { NetworkPolicy } from '#shared/domain/container-settings.js';
import { bridgeFilter, bridgeFilterV6, type WorkerOnBridge } from './bridge-filter.js';

/** TCP by a reset, the rest by ICMP. */
const EVERYTHING_REFUSED = [
  '-p tcp -j REJECT --reject-with tcp-reset',
  '-j REJECT --reject-with icmp-port-unreachable',
];

const worker = (policy: NetworkPolicy): WorkerOnBridge => ({
  workerId: 'w-1',
  bridge: { networkName: `net-${policy}`, interfaceName: 'br-1', gateway: '172.18.0.1', policy },
  channelPorts: [50051],
  denied: [{ range: '10.0.0.9/32', port: 6379 }, { range: '192.168.0.0/16' }],
  containers: [
    {
      address: '172.18.0.2',
      targets: [{ range: '10.1.0.0/16', firstPort: 80, lastPort: 90 }],
    },
  ],
});

const parts = (policy: NetworkPolicy) => {
  const { shared, own } = bridgeFilter(worker(policy), 'DOCKER-USER');
  const [input, forward] = shared;
  if (!input || !forward) throw new Error('A filter has two shared chains.');
  return { input, forward, ownInput: own[0]?.rules ?? [], ownForward: own[1]?.rules ?? [] };
};

describe('bridgeFilter', () => {
  it.each(['none', 'outbound', 'allowList'] as const)(
    'opens nothing of the machine but the channel with "%s"',
    (policy) => {
      const { input, ownInput } = parts(policy);
      expect(input.parent).toBe('INPUT');
      expect(ownInput).toEqual(['-d 172.18.0.1/32 -p tcp --dport 50051 -j ACCEPT']);
      expect(input.last).toEqual(EVERYTHING_REFUSED);
    },
  );

  it.each(['none', 'outbound', 'allowList'] as const)(
    'denies metadata addresses and the bridge itself before all with "%s"',
    (policy) => {
      const { first } = parts(policy).forward;
      for (const target of ['-d 169.254.0.0/16', '-d 100.100.100.200/32', '-o br-1', '-o docker0'])
        expect(first).toEqual(expect.arrayContaining(EVERYTHING_REFUSED.map((rule) => `${target} ${rule}`)));
      expect(first[0]).toBe('-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN');
    },
  );

  it('leads nowhere with "none"', () => {
    const { forward, ownForward } = parts('none');
    expect([forward.links, ownForward]).toEqual([[], []]);
    expect(forward.last).toEqual(EVERYTHING_REFUSED);
  });

  it('leads everywhere else with "outbound"', () => {
    const { forward, ownForward } = parts('outbound');
    expect(ownForward).toEqual([
      expect.stringMatching(/^-d 10\.0\.0\.9\/32 -p tcp --dport 6379 -j REJECT/),
      ...EVERYTHING_REFUSED.map((rule) => `-d 192.168.0.0/16 ${rule}`),
    ]);
    expect(forward.last).toEqual(['-j RETURN']);
  });

  it('leads each container to its own list with "allowList", what is denied goes first', () => {
    const { forward, ownForward } = parts('allowList');
    expect(forward.links).toEqual([expect.stringMatching(/^-s 172\.18\.0\.2\/32 -g NIGHTJAR-WF-/)]);
    expect(ownForward.map((rule) => rule.replace(/^.*-j (\w+).*$/, '$1')).join(' ')).toBe(
      'REJECT REJECT REJECT RETURN REJECT REJECT',
    );
    expect(ownForward[3]).toBe('-s 172.18.0.2/32 -d 10.1.0.0/16 -p tcp --dport 80:90 -j RETURN');
    expect(forward.last).toEqual(EVERYTHING_REFUSED);
  });

  it('has names that iptables takes', () => {
    const { shared, own } = bridgeFilter(worker('allowList'), 'FORWARD');
    for (const { name } of [...shared, ...own]) expect(name.length).toBeLessThanOrEqual(28);
  });
});

describe('bridgeFilterV6', () => {
  it('lets nothing through', () => {
    for (const { first, links, last } of bridgeFilterV6(worker('outbound')).shared)
      expect([first, links, last]).toEqual([['-j DROP'], [], []]);
  });
});
