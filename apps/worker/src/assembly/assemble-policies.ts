import type { Logger } from '@nestjs/common';
import { PolicyKeeper } from '../capacity/control/policy-in-force.js';
import type { Settings } from '../config.js';
import { machineTimeZone } from '../settings/capacity-settings.js';

/** The policy that this worker brings along, and what management will say of it. */
export function assemblePolicies(settings: Settings, logger: Pick<Logger, 'error'>): PolicyKeeper {
  const { localPolicy: layer, heartbeatSeconds, leaseSeconds } = settings;
  const message = "Management's policy for this machine is not right; what was in force before stays.";
  return new PolicyKeeper({ layer, heartbeatSeconds, leaseSeconds }, machineTimeZone(), (error) =>
    logger.error({ err: error }, message),
  );
}
