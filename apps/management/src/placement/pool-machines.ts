import { Injectable } from '@nestjs/common';
import { matches } from '#shared/contracts/matching/matching.js';
import type { Machine } from '#shared/domain/machine.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { MachineBook } from './machine-book.js';

/** Work that is looked at for its machines. */
export interface PlacedWork {
  readonly appId: string;
  readonly functionName: string;
  /** Null: the installation's. */
  readonly pool?: string | null | undefined;
  /** Of a batch run: what it asks of machines besides its function. */
  readonly settings?: { readonly requirements?: string | undefined } | null | undefined;
}

export interface PoolMachine {
  readonly machine: Machine;
  /** It meets what the work requires. */
  readonly fits: boolean;
}

/** The machines of a pool, as they were a few seconds ago, and whether they may run certain work. */
@Injectable()
export class PoolMachines {
  constructor(
    private readonly settings: DispatchSettings,
    private readonly catalogue: Catalogue,
    private readonly book: MachineBook,
  ) {}

  poolOf({ pool }: Pick<PlacedWork, 'pool'>): string {
    return pool ?? this.settings.pool;
  }

  /** The operating system whose containers functions run in. */
  get os(): string {
    return this.settings.os;
  }

  /** Throws `UnavailableError`. */
  async of(work: PlacedWork): Promise<readonly PoolMachine[]> {
    const pool = this.poolOf(work);
    const requirements = this.requirementsOf(work);
    const { machines } = await this.book.open();
    return machines
      .filter(({ machine }) => machine.pool === pool)
      .map(({ machine, facts }) => ({
        machine,
        fits: requirements.every((one) => matches(one, facts).met === 'yes'),
      }));
  }

  /** The expressions that a machine must meet; empty: none. */
  requirementsOf({ appId, functionName, settings }: PlacedWork): readonly string[] {
    const ofFunction = this.catalogue.placementOf(appId, functionName)?.requirements;
    return [ofFunction, settings?.requirements].filter((one) => one !== undefined);
  }
}
