import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { AppKeyIdentity, AppKeys } from '../access/app-keys.js';
import { keyNameSchema } from '../access/key-name.js';

/** What the installation's key is called in every app. */
export const MASTER_KEY_NAME = '_master';

export const shownKeySchema = z.object({
  name: z.string(),
  value: z
    .string()
    .nullable()
    .describe('Null but in the answer to the request that set it: only a hash of a key is kept.'),
});

export const shownKeysSchema = z.object({ keys: z.array(shownKeySchema) });

/** `value` of a PUT; Azure's clients send the name beside it. */
export const keyValueSchema = z.object({ name: z.string().optional(), value: z.string() });

export type ShownKey = z.output<typeof shownKeySchema>;
export type KeyValue = z.output<typeof keyValueSchema>;

type KeysOf = Omit<AppKeyIdentity, 'name'>;

/** The keys of one scope, by name. */
export async function listShown(
  keys: AppKeys,
  { app, scope, functionName }: KeysOf,
): Promise<{ keys: ShownKey[] }> {
  const all = await keys.list(app);
  const ofScope = all.filter((key) => key.scope === scope && key.functionName === functionName);
  const names = ofScope.map(({ name }) => name).sort();
  return { keys: names.map((name) => ({ name, value: null })) };
}

/** Throws `NotFoundError`. */
export async function findShown(keys: AppKeys, identity: AppKeyIdentity): Promise<ShownKey> {
  const found = await keys.find(identity);
  if (!found) throw new NotFoundError('key', identity.name);
  return { name: found.name, value: null };
}

/** Throws `InvalidInputError` for the master key, `NotFoundError`. */
export async function removeKey(keys: AppKeys, identity: AppKeyIdentity): Promise<void> {
  mustBeAppsOwn(identity.name);
  const found = await keys.find(identity);
  if (!found || !(await keys.remove(found.id))) throw new NotFoundError('key', identity.name);
}

/** Throws `InvalidInputError` for the master key, and for what no key may be called. */
export async function setKey(
  keys: AppKeys,
  identity: AppKeyIdentity,
  value?: string,
): Promise<{ readonly status: 201 | 200; readonly shown: ShownKey }> {
  mustBeAppsOwn(identity.name);
  const rule = keyNameSchema.safeParse(identity.name);
  if (!rule.success)
    throw new InvalidInputError(`Invalid key name: it ${rule.error.issues[0]?.message ?? ''}.`);
  const { key, isNew } = await keys.set(identity, value);
  return { status: isNew ? 201 : 200, shown: { name: identity.name, value: key } };
}

function mustBeAppsOwn(name: string): void {
  if (name.toLowerCase() !== MASTER_KEY_NAME) return;
  throw new InvalidInputError(
    'Invalid key name: the master key opens all apps of this installation and is not changed through one of them.',
  );
}
