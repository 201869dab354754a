import { factsOf, type MachineFacts } from '#shared/contracts/matching/machine-facts.js';
import { matches, rankOf } from '#shared/contracts/matching/matching.js';
import { OFFLINE_AFTER_SECONDS, type Machine } from '#shared/domain/machine.js';
import type { MachineStore } from '#shared/store/machine-store.js';

/** As old as a heartbeat's news are anyway. */
const FRESH_MS = 10_000;

interface Peer {
  readonly facts: MachineFacts;
  readonly hasRoom: boolean;
}

/**
 * The other machines that take work from the same lanes. They are looked up only for work that may be better off there, and then for
 * the next ten seconds: the list may be long. A wrong guess costs such work some seconds, never its place.
 */
export class Peers {
  #peers: Promise<readonly Peer[]> | undefined;
  #readAtMs = -Infinity;

  constructor(
    private readonly machines: Pick<MachineStore, 'list'>,
    private readonly self: Pick<Machine, 'id' | 'pool' | 'os'>,
    private readonly onTrouble: (error: unknown) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Whether one takes work that is never its owner's. Never rejects. */
  async hasDedicated(): Promise<boolean> {
    return (await this.#others()).some(({ facts }) => facts.profile === 'dedicated');
  }

  /** Whether one with room meets the requirements and has a higher rank than this machine. Never rejects. */
  async hasBetter(
    work: { readonly requirements: readonly string[]; readonly rank: string },
    own: MachineFacts,
  ): Promise<boolean> {
    const rank = rankOf(work.rank, own);
    return (await this.#others()).some(
      ({ facts, hasRoom }) =>
        hasRoom &&
        rankOf(work.rank, facts) > rank &&
        work.requirements.every((one) => matches(one, facts).met === 'yes'),
    );
  }

  #others(): Promise<readonly Peer[]> {
    if (!this.#peers || this.nowMs() - this.#readAtMs > FRESH_MS) {
      this.#readAtMs = this.nowMs();
      this.#peers = this.#read();
    }
    return this.#peers;
  }

  async #read(): Promise<readonly Peer[]> {
    try {
      const machines = await this.machines.list(OFFLINE_AFTER_SECONDS);
      return machines.filter((machine) => this.#isPeer(machine)).map(peerOf);
    } catch (error) {
      this.onTrouble(error);
      return [];
    }
  }

  #isPeer({ id, pool, os, state }: Machine): boolean {
    return id !== this.self.id && pool === this.self.pool && os === this.self.os && state === 'ready';
  }
}

function peerOf(machine: Machine): Peer {
  const { labels, attributes, slots, slotsBusy } = machine;
  return {
    facts: factsOf(machine, { labels, profile: attributes?.profile ?? null }),
    hasRoom: slotsBusy < slots,
  };
}
