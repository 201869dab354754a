import {
  settingKey,
  settingNameProblem,
  settingsProblem,
  settingValueProblem,
} from '#shared/domain/app-setting.js';
import { InvalidInputError } from '#shared/domain/errors.js';

/** New values by name; null: the setting is to go. */
export type RequestedSettings = Readonly<Record<string, string | null>>;

export interface DecidedChange {
  readonly set: ReadonlyMap<string, string>;
  /** As they are written now. */
  readonly remove: readonly string[];
  /** All settings, once the change is made. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * What a request comes to. Values that are as they were are no change. Pure.
 * @param before all settings, by their names
 * @param mode `replace`: what is not named goes too
 * @throws InvalidInputError that names each field that is wrong, and never a value
 */
export function decideChange(
  before: ReadonlyMap<string, string>,
  requested: RequestedSettings,
  mode: 'merge' | 'replace',
): DecidedChange {
  refuseProblems(requested);
  const named = new Map(
    Object.entries(requested).map(([name, value]) => [settingKey(name), { name, value }]),
  );
  const goes = (name: string): boolean => {
    const asked = named.get(settingKey(name));
    return asked === undefined ? mode === 'replace' : asked.value === null;
  };
  const set = new Map<string, string>();
  for (const [name, value] of Object.entries(requested))
    if (value !== null && before.get(name) !== value) set.set(name, value);
  const remove = [...before.keys()].filter(goes);
  const kept = [...before].filter(([name]) => !named.has(settingKey(name)) && !goes(name));
  const asked = [...named.values()].flatMap(({ name, value }) =>
    value === null ? [] : [[name, value] as const],
  );
  const values = new Map([...kept, ...asked]);
  const problem = settingsProblem(values);
  if (problem !== null) throw new InvalidInputError(`settings: ${problem}.`);
  return { set, remove, values };
}

function refuseProblems(requested: RequestedSettings): void {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(requested)) {
    const wrong = value === null ? null : (settingNameProblem(name) ?? settingValueProblem(value));
    // A client that swaps names and values must not find its secret in a log: a name that is none is not repeated.
    if (wrong !== null) problems.push(`${shown(name)}: ${wrong}.`);
    const twin = seen.get(settingKey(name));
    if (twin !== undefined) problems.push(`${name}: it is there twice (${twin}); case does not count.`);
    seen.set(settingKey(name), name);
  }
  if (problems.length === 1) throw new InvalidInputError(problems[0] as string);
  if (problems.length > 1) throw new InvalidInputError(`${problems.length} settings are wrong.`, problems);
}

function shown(name: string): string {
  const isName = /^[A-Za-z0-9_.:-]{1,128}$/.test(name);
  return isName ? name : 'settings';
}
