import type { ApiClient } from '../api-client.js';
import type { Machine } from '../api-answers.js';
import { UsageError } from '../exit-codes.js';

/**
 * The machine with this id or name.
 * @throws {UsageError} when there is none, or more than one of that name
 */
export async function findMachine(client: ApiClient, key: string): Promise<Machine> {
  const all = await client.machines({});
  const found = all.filter(({ id, name }) => id === key || name === key);
  const [machine, ...others] = found;
  if (!machine) throw new UsageError(`There is no machine "${key}"; "nightjar machines list" shows them all`);
  if (others.length === 0) return machine;
  const ids = found.map(({ id, state }) => `${id} (${state})`).join(', ');
  throw new UsageError(`There are ${found.length} machines called "${key}": say which by its id, ${ids}`);
}
