import { UsageError } from '../exit-codes.js';

type Knobs = Readonly<Record<string, unknown>>;

/** Knobs that are lists of names: on the command line these may stand with commas between them. */
const LISTS = ['profile', 'exclusiveApps'];

/**
 * Knobs after these changes: `knob=value` sets one, `knob-` removes one. A value that is JSON is taken as such, any other as text.
 * @throws {UsageError} when a change is none of these
 */
export function changedKnobs(knobs: Knobs, changes: readonly string[]): Knobs {
  const changed = new Map(Object.entries(knobs));
  for (const change of changes) {
    const [, name = '', removes, value = ''] = /^(\w+)(?:(-)|=([\s\S]*))$/.exec(change) ?? [];
    if (name === '')
      throw new UsageError(
        `"${change}" is no change: write knob=value, or knob- to leave it to other layers`,
      );
    if (removes) changed.delete(name);
    else changed.set(name, LISTS.includes(name) ? listOf(valueOf(value)) : valueOf(value));
  }
  return Object.fromEntries(changed);
}

/** @throws {UsageError} when the text is no JSON object */
export function knobsOf(text: string): Knobs {
  const value = valueOf(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Knobs;
  throw new UsageError('The policy is not a JSON object of knobs, such as {"startIdleSeconds":600}');
}

/** As people read them, one by one: `hours={"monday":"19:00-24:00"}`. */
export function knobsText(knobs: Knobs): string {
  return Object.entries(knobs)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

export function valueText(value: unknown): string {
  if (Array.isArray(value) && value.length > 0 && value.every(isPlainName)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function listOf(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
}

function isPlainName(value: unknown): boolean {
  return typeof value === 'string' && !value.includes(',');
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
