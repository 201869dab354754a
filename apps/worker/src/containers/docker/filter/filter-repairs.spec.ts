import { describe, expect, it } from '@jest/globals';
import { bridgeFilter, bridgeFilterV6, type WorkerOnBridge } from './bridge-filter.js';
import { CHAIN_PREFIX, type DesiredFilter } from './filter-chains.js';
import { removals, repairs } from './filter-repairs.js';
import { readFilter, type FoundFilter } from './filter-state.js';

const bridge = {
  networkName: 'nightjar-home-allowList',
  interfaceName: 'br-0123456789ab',
  gateway: '172.18.0.1',
  policy: 'allowList',
} as const;
const container = {
  address: '172.18.0.2',
  targets: [{ range: '10.0.0.5/32', firstPort: 1433, lastPort: 1433 }],
};
const worker = (workerId: string, changes: Partial<WorkerOnBridge> = {}): WorkerOnBridge => ({
  workerId,
  bridge,
  channelPorts: [50051],
  denied: [{ range: '10.0.0.9/32', port: 6379 }],
  containers: [container],
  ...changes,
});
const desired = (workerId: string, changes: Partial<WorkerOnBridge> = {}): DesiredFilter =>
  bridgeFilter(worker(workerId, changes), 'DOCKER-USER');

const EMPTY = [
  ':INPUT ACCEPT [0:0]',
  ':FORWARD DROP [0:0]',
  ':DOCKER-USER - [0:0]',
  '-A FORWARD -j DOCKER-USER',
  '-A DOCKER-USER -j RETURN',
];

/** As much of iptables as is needed: it carries out a script on a table, and prints the table. */
class Table {
  readonly chains = new Map<string, string[]>();

  constructor(lines: readonly string[] = EMPTY) {
    this.restore(lines);
  }

  restore(lines: readonly string[]): this {
    for (const line of lines) this.carryOut(line);
    return this;
  }

  get found(): FoundFilter {
    const chains = [...this.chains.keys()].map((name) => `:${name} - [0:0]`);
    const rules = [...this.chains].flatMap(([name, its]) => its.map((rule) => `-A ${name} ${rule}`));
    return readFilter([...chains, ...rules].join('\n'));
  }

  private carryOut(line: string): void {
    const [command = '', name = '', ...rest] = line.split(' ');
    const rule = rest.join(' ');
    if (command.startsWith(':')) this.chains.set(command.slice(1), []);
    else if (command === '-N') this.makeChain(name);
    else if (command === '-X') this.removeChain(name);
    else if (command === '-F') this.rules(name).length = 0;
    else if (command === '-A') this.rules(name).push(rule);
    else if (command === '-I') this.rules(name).splice(Number(rest[0]) - 1, 0, rest.slice(1).join(' '));
    else this.removeRule(name, rule);
  }

  private makeChain(name: string): void {
    if (this.chains.has(name)) throw new Error(`Chain already exists: ${name}`);
    this.chains.set(name, []);
  }

  private removeChain(name: string): void {
    if (this.rules(name).length > 0) throw new Error(`Directory not empty: ${name}`);
    this.chains.delete(name);
  }

  private removeRule(name: string, rule: string): void {
    const at = this.rules(name).indexOf(rule);
    if (at < 0) throw new Error(`Bad rule: ${rule}`);
    this.rules(name).splice(at, 1);
  }

  private rules(name: string): string[] {
    const rules = this.chains.get(name);
    if (!rules) throw new Error(`No chain by that name: ${name}`);
    return rules;
  }
}

const apply = (table: Table, filter: DesiredFilter): Table => table.restore(repairs(filter, table.found));
const ours = (table: Table): string[] =>
  [...table.chains.keys()].filter((name) => name.startsWith(CHAIN_PREFIX));
const hooks = (table: Table, parent: string): number =>
  (table.chains.get(parent) ?? []).filter((rule) => rule.includes(CHAIN_PREFIX)).length;

describe('repairs', () => {
  it('set everything up once, and have nothing to do then', () => {
    const table = apply(new Table(), desired('one'));
    expect(ours(table)).toHaveLength(4);
    expect([hooks(table, 'INPUT'), hooks(table, 'DOCKER-USER')]).toEqual([1, 1]);
    expect(table.chains.get('DOCKER-USER')?.at(-1)).toBe('-j RETURN');
    expect(repairs(desired('one'), table.found)).toEqual([]);
  });

  it('let two workers be on one bridge', () => {
    const table = apply(apply(new Table(), desired('one')), desired('two', { channelPorts: [50052] }));
    expect([hooks(table, 'INPUT'), hooks(table, 'DOCKER-USER')]).toEqual([1, 1]);
    expect(repairs(desired('one'), table.found)).toEqual([]);
    expect(repairs(desired('two', { channelPorts: [50052] }), table.found)).toEqual([]);
  });

  it.each([
    [
      'somebody has emptied everything',
      (table: Table) => table.chains.forEach((rules) => (rules.length = 0)),
    ],
    [
      'somebody has removed everything',
      (table: Table) => {
        table.chains.clear();
        table.restore(EMPTY);
      },
    ],
    ['a rule stands before ours', (table: Table) => table.chains.get('INPUT')?.unshift('-j ACCEPT')],
    [
      'a rule of the shared chain is gone',
      (table: Table) =>
        table.chains.get(ours(table).find((name) => name.includes('-F-')) ?? '')?.splice(2, 1),
    ],
    [
      'a rule stands in the shared chain that is none of ours',
      (table: Table) =>
        table.chains.get(ours(table).find((name) => name.includes('-F-')) ?? '')?.splice(1, 0, '-j ACCEPT'),
    ],
    [
      'a rule leads here from a bridge that is gone',
      (table: Table) =>
        table.chains.set(
          'INPUT',
          (table.chains.get('INPUT') ?? []).map((rule) => rule.replace('0123456789ab', 'ba9876543210')),
        ),
    ],
  ])('mend it when %s', (_when, damage) => {
    const whole = apply(apply(new Table(), desired('one')), desired('two'));
    const damaged = apply(apply(new Table(), desired('one')), desired('two'));
    damage(damaged);
    apply(damaged, desired('one'));
    expect(repairs(desired('one'), damaged.found)).toEqual([]);
    apply(damaged, desired('two'));
    expect(repairs(desired('one'), damaged.found)).toEqual([]);
    expect(ours(damaged).sort()).toEqual(ours(whole).sort());
    expect(hooks(damaged, 'INPUT')).toBe(hooks(whole, 'INPUT'));
  });

  it('take the way of a container that is gone away, and leave others’', () => {
    const table = apply(apply(new Table(), desired('one')), desired('two'));
    apply(table, desired('one', { containers: [] }));
    const forward = table.chains.get(ours(table).find((name) => name.includes('-F-')) ?? '') ?? [];
    expect(forward.filter((rule) => rule.includes('-s 172.18.0.2/32'))).toHaveLength(1);
    expect(repairs(desired('two'), table.found)).toEqual([]);
  });
});

describe('removals', () => {
  it('leave nothing of the last worker', () => {
    const table = apply(new Table(), desired('one'));
    table.restore(removals(desired('one'), table.found));
    expect(table).toEqual(new Table());
    expect(removals(desired('one'), table.found)).toEqual([]);
  });

  it('leave what another worker needs', () => {
    const alone = apply(new Table(), desired('two'));
    const table = apply(apply(new Table(), desired('one')), desired('two'));
    table.restore(removals(desired('one'), table.found));
    expect(ours(table).sort()).toEqual(ours(alone).sort());
    expect(repairs(desired('two'), table.found)).toEqual([]);
  });

  it('fail when a worker came meanwhile, so that its rules are not taken away', () => {
    const table = apply(new Table(), desired('one'));
    const lines = removals(desired('one'), table.found);
    apply(table, desired('two'));
    expect(() => table.restore(lines)).toThrow('not empty');
  });

  it('are the same for IPv6', () => {
    const table = apply(new Table(), bridgeFilterV6(worker('one')));
    expect([hooks(table, 'INPUT'), hooks(table, 'FORWARD')]).toEqual([1, 1]);
    table.restore(removals(bridgeFilterV6(worker('one')), table.found));
    expect(table).toEqual(new Table());
  });
});
