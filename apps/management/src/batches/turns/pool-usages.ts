import { Injectable, Logger } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { type PoolUsage, WorkStore } from '#shared/store/work-store.js';

/** As `fairShareHalfLifeHours` of capacity policies has it unless said otherwise. */
const HALF_LIFE_HOURS = 24;
/** Of a sum over days, with half of it forgotten in a day. */
const KEPT_FOR_MS = 30_000;

/** What apps and batches have had of a pool of late, in seconds of calls. */
export class Usage {
  private readonly byBatch = new Map<string, number>();
  private readonly byApp = new Map<string, number>();

  constructor(usages: readonly PoolUsage[]) {
    for (const { of, usage } of usages) {
      if ('batchId' in of) this.byBatch.set(of.batchId, usage.coreSeconds);
      else this.byApp.set(of.appId, usage.coreSeconds);
    }
  }

  ofBatch(batchId: string): number {
    return this.byBatch.get(batchId) ?? 0;
  }

  /** Its calls. */
  ofCalls(appId: string): number {
    return this.byApp.get(appId) ?? 0;
  }
}

/** Remembers pools' usages for half a minute, and as long as SQL can't tell. */
@Injectable()
export class PoolUsages {
  private readonly logger = new Logger(PoolUsages.name);
  private readonly known = new Map<string, { usage: Usage; atMs: number }>();

  constructor(private readonly work: WorkStore) {}

  async of(pool: string): Promise<Usage> {
    const known = this.known.get(pool);
    if (known && performance.now() - known.atMs < KEPT_FOR_MS) return known.usage;
    const usage = await this.read(pool, known?.usage ?? new Usage([]));
    this.known.set(pool, { usage, atMs: performance.now() });
    return usage;
  }

  /** Turns are fair without it too: it is no reason to stop. */
  private async read(pool: string, last: Usage): Promise<Usage> {
    try {
      return new Usage(await this.work.usage(pool, HALF_LIFE_HOURS));
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.logger.warn({ err: error, pool }, 'What batches have had could not be read.');
      return last;
    }
  }
}
