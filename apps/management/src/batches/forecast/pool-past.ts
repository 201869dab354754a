import { Injectable } from '@nestjs/common';
import { hourOf } from '#shared/domain/machine-time.js';
import { MachineTimeStore } from '#shared/store/machine-time-store.js';
import { historyRange, offeredShares, type OfferedShares } from './offered-places.js';

/** Pools that nobody asks for any more must not stay for ever. */
const MOST_POOLS = 100;

/** What pools offered in past weeks, read once an hour for each: what is over changes little. */
@Injectable()
export class PoolPast {
  private hour = 0;
  private readonly known = new Map<string, Promise<OfferedShares>>();

  constructor(private readonly time: MachineTimeStore) {}

  async of(pool: string, now: Date): Promise<OfferedShares> {
    if (hourOf(now.getTime()) !== this.hour || this.known.size > MOST_POOLS) this.known.clear();
    this.hour = hourOf(now.getTime());
    const known = this.known.get(pool) ?? this.read(pool, now);
    this.known.set(pool, known);
    return known;
  }

  /** One that failed is tried again the next time. */
  private read(pool: string, now: Date): Promise<OfferedShares> {
    const range = { ...historyRange(now.getTime()), pool };
    const reading = this.time.steps(range, { step: 'hour', byPool: false }).then(offeredShares);
    reading.catch(() => this.known.delete(pool));
    return reading;
  }
}
