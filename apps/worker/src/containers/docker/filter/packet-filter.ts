import { bridgeFilter, bridgeFilterV6, type WorkerOnBridge } from './bridge-filter.js';
import type { DesiredFilter } from './filter-chains.js';
import { removals, repairs } from './filter-repairs.js';
import { readFilter, type FoundFilter } from './filter-state.js';
import { Iptables, PacketFilterError } from './iptables.js';

/** Another program may change the filter between a look and a change: then both are done again. */
const TRIES = 10;

/** What is wanted of one family, given what there is. */
type Wanted = (found: FoundFilter) => readonly DesiredFilter[];

/**
 * Keeps the machine's packet filter as the worker's bridges need it. Each change is one transaction; changes of this worker come
 * one after another.
 */
export class PacketFilter {
  private changing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly v4 = new Iptables('iptables'),
    private readonly v6 = new Iptables('ip6tables'),
  ) {}

  /** Throws `PacketFilterError` when the filter can't even be read. */
  async probe(): Promise<void> {
    readFilter(await this.v4.save());
  }

  /** Makes the filter what these bridges need; does nothing when it is so already. Throws `PacketFilterError`. */
  apply(bridges: readonly WorkerOnBridge[]): Promise<boolean> {
    return this.inTurn(async () => {
      const isChanged = await converge(this.v4, (found) => v4Filters(bridges, found), repairs);
      await this.applyV6(bridges);
      return isChanged;
    });
  }

  /** Takes what these bridges needed out of the filter. Throws `PacketFilterError`. */
  remove(bridges: readonly WorkerOnBridge[]): Promise<void> {
    return this.inTurn(async () => {
      await converge(this.v4, (found) => v4Filters(bridges, found), removals);
      const left = readFilter(await this.v4.save());
      const unused = bridges.filter((bridge) =>
        bridgeFilterV6(bridge).shared.every(({ name }) => !left.has(name)),
      );
      await converge(this.v6, () => unused.map(bridgeFilterV6), removals).catch(() => false);
    });
  }

  /** The networks have no IPv6 to begin with: a machine without ip6tables is none the worse. */
  private async applyV6(bridges: readonly WorkerOnBridge[]): Promise<void> {
    await converge(this.v6, () => bridges.map(bridgeFilterV6), repairs).catch(() => false);
  }

  private inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const next = this.changing.then(change);
    this.changing = next.catch(() => undefined);
    return next;
  }
}

/** The engine keeps DOCKER-USER before its own rules; an engine that is told to leave the filter alone has none. */
function v4Filters(bridges: readonly WorkerOnBridge[], found: FoundFilter): DesiredFilter[] {
  const forwardParent = found.has('DOCKER-USER') ? 'DOCKER-USER' : 'FORWARD';
  return bridges.map((bridge) => bridgeFilter(bridge, forwardParent));
}

/** Looks, changes and looks again, until there is nothing more to change. Tells whether there was. */
async function converge(
  tables: Iptables,
  wanted: Wanted,
  changesOf: (desired: DesiredFilter, found: FoundFilter) => readonly string[],
): Promise<boolean> {
  let failure: unknown;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = readFilter(await tables.save());
    const lines = wanted(found).flatMap((desired) => changesOf(desired, found));
    if (lines.length === 0) return tries > 0;
    failure = await tables.restore(lines).then(
      () => undefined,
      (error: unknown) => error,
    );
  }
  throw failure instanceof PacketFilterError
    ? failure
    : new PacketFilterError('Another program keeps undoing the rules of the packet filter.');
}
