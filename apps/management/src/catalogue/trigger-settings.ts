import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { ianaZoneOf } from '#shared/domain/scheduling/zone-names.js';

/** Whose settings stand here holds for every app. */
const ALL_APPS = '*';

/** Azure's name for the zone that an app's timers go by. */
const TIME_ZONE = 'WEBSITE_TIME_ZONE';

/** By an app's name or `*`, then by the setting's name. As a variable or flag the same map as YAML or JSON text. */
export const triggerSettingsSchema = z.preprocess(
  fromText,
  z.record(
    z.string(),
    z.record(z.string(), z.string('must be text: write it in quotes'), 'must be a map of names and values'),
    'must be a map of apps ("*" for all) and their settings',
  ),
);

export type TriggerSettings = z.output<typeof triggerSettingsSchema>;

/** What an app's triggers may name, by their names in lower case: as in Azure, case does not count. */
export type AppSettings = ReadonlyMap<string, string>;

/** The app's own settings win over those for all apps. */
export function appSettingsOf(all: TriggerSettings, appName: string): AppSettings {
  const own = Object.entries(all).find(([app]) => app.toLowerCase() === appName.toLowerCase())?.[1];
  const entries = [all[ALL_APPS], own].flatMap((settings) => Object.entries(settings ?? {}));
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

/** An app's settings over those of management: the app's own win. */
export function withAppSettings(settings: AppSettings, own: ReadonlyMap<string, string>): AppSettings {
  return new Map([...settings, ...[...own].map(([name, value]) => [name.toLowerCase(), value] as const)]);
}

/**
 * Fills in what stands between percent signs: `%NIGHTLY%`.
 * @throws InvalidInputError that names the setting that is missing
 */
export function fillIn(text: string, settings: AppSettings): string {
  return text.replaceAll(/%([^%\s]+)%/g, (_, name: string) => {
    const value = settings.get(name.toLowerCase());
    if (value !== undefined) return value;
    throw new InvalidInputError(
      `"${text}" names the app setting ${name}, which there is not: give it a value with "nightjar app settings set" (or in management's setting triggerSettings).`,
    );
  });
}

/**
 * The zone of an app's timers, by its IANA name; null when the app says none.
 * @throws InvalidInputError for a zone that there is not
 */
export function appTimeZone(settings: AppSettings): string | null {
  const name = settings.get(TIME_ZONE.toLowerCase());
  if (name === undefined || name.trim() === '') return null;
  const zone = ianaZoneOf(name);
  if (zone === null)
    throw new InvalidInputError(
      `The app setting ${TIME_ZONE} "${name}" must be an IANA time zone such as Europe/Berlin, or Windows' name of one.`,
    );
  return zone;
}

function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseYaml(value);
  } catch {
    // The schema says what it must be.
    return value;
  }
}
