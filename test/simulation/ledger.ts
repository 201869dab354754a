import { mayCompute, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { Violation } from './judge.js';

/** Core-seconds of a fleet, while a window was open and else. */
export interface Account {
  readonly byState: Map<CapacityState | 'off', number>;
  /** Nobody needed the machine, whatever its policy says. */
  spare: number;
  /** Its policy let it work. */
  offered: number;
}

/** Adds up what a simulated fleet did. */
export class Ledger {
  readonly inWindow = emptyAccount();
  readonly outside = emptyAccount();
  readonly violations = new Map<Violation, number>();
  /** Core-seconds of finished items, and of items that were begun and lost. */
  goodput = 0;
  badput = 0;
  looks = 0;
  evictions = 0;
  quarantines = 0;

  spend(state: CapacityState | 'off', coreSeconds: number, isSpare: boolean, windowIsOpen: boolean): void {
    const account = windowIsOpen ? this.inWindow : this.outside;
    account.byState.set(state, (account.byState.get(state) ?? 0) + coreSeconds);
    if (isSpare) account.spare += coreSeconds;
    if (state !== 'off' && mayCompute(state)) account.offered += coreSeconds;
  }

  violate(violation: Violation): void {
    this.violations.set(violation, (this.violations.get(violation) ?? 0) + 1);
  }

  get violationCount(): number {
    return [...this.violations.values()].reduce((sum, count) => sum + count, 0);
  }
}

function emptyAccount(): Account {
  return { byState: new Map(), spare: 0, offered: 0 };
}
