import { Injectable } from '@nestjs/common';
import { OFFLINE_AFTER_SECONDS, type Machine } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';

/** Heartbeats come each 10 s: asking more often than this would tell nothing new. */
const KEPT_FOR_MS = 5000;

/** What of a pool takes work now. */
export interface ReadyPool {
  readonly machines: number;
  readonly cores: number;
}

const NOTHING: ReadyPool = Object.freeze({ machines: 0, cores: 0 });

/** Which machines take work now, remembered for a few seconds. */
@Injectable()
export class ReadyMachines {
  private known: ReadonlyMap<string, ReadyPool> = new Map();
  private askedAt = -Infinity;

  constructor(private readonly machines: MachineStore) {}

  /** By pool. */
  async pools(): Promise<(pool: string) => ReadyPool> {
    if (performance.now() - this.askedAt >= KEPT_FOR_MS) {
      this.known = byPool(await this.machines.list(OFFLINE_AFTER_SECONDS));
      this.askedAt = performance.now();
    }
    const { known } = this;
    return (pool) => known.get(pool) ?? NOTHING;
  }
}

function byPool(machines: readonly Machine[]): Map<string, ReadyPool> {
  const pools = new Map<string, ReadyPool>();
  for (const { pool, state, cores } of machines) {
    if (state !== 'ready') continue;
    const before = pools.get(pool) ?? NOTHING;
    pools.set(pool, { machines: before.machines + 1, cores: before.cores + cores });
  }
  return pools;
}
