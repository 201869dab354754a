import type { Logger } from '@nestjs/common';
import type { MachineStore } from '#shared/store/machine-store.js';
import type { WorkSource } from '#shared/queue/work-source.js';
import type { MachineOrders } from '#shared/domain/fleet.js';
import type { PolicyKeeper } from '../capacity/control/policy-in-force.js';
import type { FactsKeeper } from '../capacity/facts-keeper.js';
import type { Lease } from '../capacity/lease/lease.js';
import type { MachineClock } from '../capacity/lease/machine-clock.js';
import { StandingKeeper } from '../capacity/standing-keeper.js';
import type { TrustedClock } from '../capacity/trusted-clock.js';
import type { AppHostPool } from '../containers/pool/app-host-pool.js';
import type { Intake } from '../intake/intake.js';

/** Of the worker's parts, those that the lease and management's orders act on. */
interface StandingParts {
  readonly machines: MachineStore;
  readonly source: WorkSource;
  readonly intake: Intake;
  readonly pool: AppHostPool;
  readonly clock: TrustedClock;
  readonly policies: PolicyKeeper;
  readonly facts: FactsKeeper;
  readonly lease: Lease;
  readonly machineClock: MachineClock;
}

/** Puts together what keeps the worker's lease and carries out management's orders. */
export function assembleStanding(parts: StandingParts, leaseSeconds: number, logger: Logger): StandingKeeper {
  const { machines, source, intake, pool, clock, policies, facts, lease, machineClock } = parts;
  const actions = {
    pauseIntake: () => source.pause(),
    giveBack: () => {
      // Not waited for: the queue must hear of it even while an engine hangs.
      void pool.evictBusy();
      return source.giveBack();
    },
    slotsBusy: () => intake.busy,
    onOrders: ({ policyLayers, labels }: MachineOrders) => {
      policies.hear(policyLayers);
      facts.hear(labels);
    },
    onGivingBack: ({ reason }: { readonly reason: string }) =>
      logger.warn({ slotsBusy: intake.busy }, `What runs here is given back. ${reason}`),
  };
  return new StandingKeeper(machines, actions, clock, { leaseSeconds }, lease, () => machineClock.nowMs);
}
