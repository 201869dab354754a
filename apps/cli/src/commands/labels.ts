import { UsageError } from '../exit-codes.js';

type Labels = Readonly<Record<string, string>>;

/**
 * Labels after these changes: `name=value` and `name` set one, `name-` removes one.
 * @throws {UsageError} when a change is none of these
 */
export function changedLabels(labels: Labels, changes: readonly string[]): Labels {
  const changed = new Map(Object.entries(labels));
  for (const change of changes) {
    const [, name = '', removes, value = ''] = /^([^=]*?[^=-])(?:(-)|=(.*))?$/.exec(change) ?? [];
    if (name === '')
      throw new UsageError(`"${change}" is no label: write name=value, name, or name- to remove it`);
    if (removes) changed.delete(name);
    else changed.set(name, value);
  }
  return Object.fromEntries(changed);
}

/** As people read them: `gpu, site=berlin`. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .sort()
    .join(', ');
}
