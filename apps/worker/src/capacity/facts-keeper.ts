import type { MachineFacts } from '#shared/contracts/matching/machine-facts.js';
import type { MachineLabels } from '#shared/domain/fleet.js';

/** What requirements and ranks of work are asked of: this machine as it was at its last heartbeat. */
export class FactsKeeper {
  #labels: MachineLabels | null = null;
  #facts: MachineFacts | undefined;

  /** @param describe with the labels that management has told; null: it has not yet */
  constructor(private readonly describe: (labels: MachineLabels | null) => MachineFacts) {}

  /** What the answer to a heartbeat said; undefined: nothing. The rest of the facts is looked at anew too. */
  hear(labels: MachineLabels | undefined): void {
    this.#labels = labels ?? this.#labels;
    this.#facts = undefined;
  }

  /** The same object until the next heartbeat is answered. */
  get facts(): MachineFacts {
    return (this.#facts ??= this.describe(this.#labels));
  }
}
