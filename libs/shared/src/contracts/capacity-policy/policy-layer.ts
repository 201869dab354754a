import { z } from 'zod';
import { isTimeZone } from '../../domain/capacity/zone-time.js';
import { hoursSchema } from './hours-schema.js';

const DAY_SECONDS = 24 * 3600;
const WEEK_SECONDS = 7 * DAY_SECONDS;

/** A number within limits; what is wrong is said with the limits and with what was given. */
function between(least: number, most: number, unit: string): z.ZodNumber {
  const message = `must be a number from ${least} to ${most} (${unit})`;
  const error = (issue: { input?: unknown }): string => `${message}, and is ${JSON.stringify(issue.input)}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

const seconds = (least: number, most: number): z.ZodNumber => between(least, most, 'seconds');
const percent = (least: number, most = 100): z.ZodNumber => between(least, most, 'percent');

const PROFILES = ['dedicated', 'desktop-suspend', 'desktop-vacate', 'desktop-hours', 'background'] as const;
const profileSchema = z.enum(PROFILES, `must be one of ${PROFILES.join(', ')}`);

const processName = z
  .string('must be the name of a process')
  .regex(/^[^/\\]{1,255}$/, 'must be the name of a process, 1 to 255 characters, without a path')
  .transform((name) => name.toLowerCase().replace(/\.exe$/, ''));

/** What one layer (a pool, a group, a machine) says about its policy. What it leaves out, the layer below says. */
export const policyLayerSchema = z
  .strictObject(
    {
      profile: z.preprocess(
        (profile) => (typeof profile === 'string' ? [profile] : profile),
        z
          .array(profileSchema, 'must be the name of a profile, or a list of names')
          .min(1, 'must name a profile'),
      ),
      whenOwnerActive: z.enum(['suspend', 'vacate', 'continue'], 'must be "suspend", "vacate" or "continue"'),
      initialDelaySeconds: seconds(0, 3600),
      startIdleSeconds: seconds(0, DAY_SECONDS),
      continueIdleSeconds: seconds(0, DAY_SECONDS),
      keyboardBusySeconds: seconds(1, 3600),
      letSleepAfterSeconds: seconds(60, WEEK_SECONDS).nullable(),
      foreignCpuBusyPercent: percent(1),
      foreignCpuIdlePercent: percent(1),
      cpuBusySeconds: seconds(0, 3600),
      hysteresisSeconds: seconds(1, 3600),
      maxSuspendSeconds: seconds(0, DAY_SECONDS),
      maxVacateSeconds: seconds(0, DAY_SECONDS),
      maxKillSeconds: seconds(1, 600),
      memoryOwnerActivePercent: percent(0),
      memoryOwnerIdlePercent: percent(1),
      runOnBattery: z.boolean('must be true or false'),
      exclusiveApps: z
        .array(processName, 'must be a list of names of processes, such as ["obs64", "teams"]')
        .max(1000, 'must be at most 1000 names'),
      exclusiveAppCheckSeconds: seconds(1, 600),
      diskKeepFreeBytes: between(0, Number.MAX_SAFE_INTEGER, 'bytes'),
      diskKeepFreePercent: percent(0),
      hours: hoursSchema,
      timeZone: z
        .string('must be the name of a time zone')
        .refine(isTimeZone, 'must be the IANA name of a time zone, such as "Europe/Berlin"'),
      stopStartingBeforeEndSeconds: seconds(0, DAY_SECONDS),
      evictBeforeEndSeconds: seconds(0, DAY_SECONDS),
      heartbeatSeconds: seconds(1, 60),
      offlineAfterMissedHeartbeats: between(2, 100, 'heartbeats'),
      fairShareHalfLifeHours: between(0.1, 8760, 'hours'),
      fairSharePreemptAfterSeconds: seconds(0, WEEK_SECONDS),
      fairSharePreemptFactor: between(1, 100, 'times'),
      cpuPriority: z.enum(['normal', 'low'], 'must be "normal" or "low"'),
      cpuCapPercent: percent(1),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `there is no knob ${issue.keys.map((key) => `"${key}"`).join(', ')}; see the table of knobs in the capacity guide`
          : 'must be an object of knobs',
    },
  )
  .partial();

/** A layer that has been checked. */
export type PolicyLayer = z.output<typeof policyLayerSchema>;
