import { join } from 'node:path';
import { SensorBlindError, type PowerSource } from '../machine-sensors.js';
import { listIfThere, readIfThere } from './files.js';

/** One folder of /sys/class/power_supply. Files that it lacks are empty. */
export interface PowerSupply {
  /** Mains, USB, Wireless, Battery, UPS. */
  readonly type: string;
  /** `Device`: the battery of a mouse or keyboard, not the machine's. */
  readonly scope: string;
  /** 1: it gives power. */
  readonly online: string;
  /** Charging, Discharging, Not charging, Full, Unknown. */
  readonly status: string;
}

/**
 * Where the machine's power comes from. What has no battery is on mains. A supply that is online decides before what a
 * battery says of itself: one that is full may well be `Discharging` a little at the mains. Throws `SensorBlindError`.
 */
export function powerSourceOf(supplies: readonly PowerSupply[]): PowerSource {
  const own = supplies.filter(({ scope }) => scope !== 'Device');
  const batteries = own.filter(({ type }) => type === 'Battery' || type === 'UPS');
  const lines = own.filter(({ type }) => type !== 'Battery' && type !== 'UPS');
  // A UPS is itself fed by the mains: while it gives power, the mains are away.
  if (batteries.some(({ type, status }) => type === 'UPS' && status === 'Discharging')) return 'battery';
  if (batteries.length === 0 || lines.some(({ online }) => online !== '' && online !== '0')) return 'mains';
  if (lines.some(({ online }) => online === '0')) return 'battery';
  if (batteries.some(({ status }) => status === 'Discharging')) return 'battery';
  if (batteries.every(({ status }) => ['Charging', 'Full', 'Not charging'].includes(status))) return 'mains';
  throw new SensorBlindError(
    'a battery does not say whether it is being emptied, and no mains supply is shown',
  );
}

/** Reads /sys/class/power_supply; a machine without that folder has no battery. */
export async function readPowerSupplies(sys: string): Promise<readonly PowerSupply[]> {
  const folder = join(sys, 'class/power_supply');
  const names = await listIfThere(folder);
  return Promise.all(names.map((name) => readPowerSupply(join(folder, name))));
}

async function readPowerSupply(folder: string): Promise<PowerSupply> {
  const read = async (file: string): Promise<string> =>
    ((await readIfThere(join(folder, file))) ?? '').trim();
  const [type, scope, online, status] = await Promise.all([
    read('type'),
    read('scope'),
    read('online'),
    read('status'),
  ]);
  return { type, scope, online, status };
}
