import { setTimeout as delay } from 'node:timers/promises';
import { createMachineSensors } from '../capacity/sensors/create-machine-sensors.js';
import type { MachineReadings } from '../capacity/sensors/readings.js';
import { DEFAULT_SAMPLER_SETTINGS, Sampler } from '../capacity/sensors/sampler.js';
import { thisProcessUse } from '../capacity/sensors/this-process-use.js';
import { parseSenseOptions, type SenseOptions } from './sense-options.js';
import { sensedJson, sensedTable } from './sense-report.js';

/** Long enough for load to mean something, short enough to be waited for. */
const LOAD_MEASURED_MS = 2000;
const SHOWN_EVERY_MS = 1000;
/** Longer than a worker waits: who looks wants to see what is slow, not only that it is. */
const LIMIT_SECONDS = 30;

export interface SenseSurroundings {
  readonly flags: readonly string[];
  readonly platform: NodeJS.Platform;
  readonly write: (text: string) => void;
  /** Ends a watch. */
  readonly signal: AbortSignal;
}

/**
 * Shows what the sensors see of this machine, once or until it is stopped, so that an administrator can judge a machine before
 * it is made a worker. Changes nothing. Throws `InvalidInputError` for flags that are not right.
 */
export async function sense({ flags, platform, write, signal }: SenseSurroundings): Promise<void> {
  const options = parseSenseOptions(flags);
  const sensors = await createMachineSensors(platform, options.dataDir);
  // Trouble is shown in the readings themselves.
  const silent = { onBlind: () => undefined, onSeeingAgain: () => undefined };
  const settings = {
    ...DEFAULT_SAMPLER_SETTINGS,
    exclusiveApps: options.exclusiveApps,
    limitSeconds: LIMIT_SECONDS,
  };
  const sampler = new Sampler(sensors, async () => [thisProcessUse()], silent, settings);
  const show = (readings: MachineReadings): void => write(reportOf(readings, options));
  try {
    if (options.watch) await watch(sampler, show, signal);
    else await once(sampler, show, signal);
  } finally {
    await sampler.stop();
  }
}

async function once(
  sampler: Sampler,
  show: (readings: MachineReadings) => void,
  signal: AbortSignal,
): Promise<void> {
  await sampler.sample();
  await pause(LOAD_MEASURED_MS, signal);
  show(await sampler.sample());
}

async function watch(
  sampler: Sampler,
  show: (readings: MachineReadings) => void,
  signal: AbortSignal,
): Promise<void> {
  await sampler.start();
  while (!signal.aborted) {
    show(sampler.latest);
    await pause(SHOWN_EVERY_MS, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function reportOf(readings: MachineReadings, { json, watch }: SenseOptions): string {
  if (json) return `${JSON.stringify(sensedJson(readings))}\n`;
  return `${sensedTable(readings).join('\n')}\n${watch ? '\n' : ''}`;
}
