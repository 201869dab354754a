import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { InvalidInputError } from '../domain/errors.js';

/**
 * How every Nightjar app gets its settings: flags > environment > `nightjar.config.yaml` > defaults.
 *
 * A setting `maxPackageBytes` is the flag `--max-package-bytes`, the variable `NIGHTJAR_MAX_PACKAGE_BYTES` and the key
 * `maxPackageBytes` of the file. A few have a second, customary variable (`REDIS_URL`, `PORT` …). A secret may stand in a
 * file: `NIGHTJAR_ADMIN_KEY_FILE` names it. Two variables that set one setting differently are an error that names both.
 *
 * The file is one for all apps: its section `shared` is read by each, its section of an app's name only by that app.
 */
export interface SettingsForm<Schema extends z.ZodObject> {
  /** The app's section in the settings file. */
  readonly app: string;
  readonly schema: Schema;
  /** Setting → its customary variable, beside `NIGHTJAR_…`. */
  readonly standardVariables: Readonly<Record<string, string>>;
  /** Settings that are never printed and may stand in a file of their own. */
  readonly secrets: readonly string[];
}

/** Where the raw values come from. The caller reads them: nothing here touches the process or the disk. */
export interface SettingsSources {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Null when there is no settings file. */
  readonly file: { readonly name: string; readonly text: string } | null;
  readonly readSecretFile: (path: string) => string;
}

interface Sourced {
  readonly value: unknown;
  /** What the user wrote it as: `--port`, `NIGHTJAR_PORT`, `nightjar.config.yaml: management.port`. */
  readonly source: string;
}

/** Parses all sources once into a frozen object. Throws `InvalidInputError` with a detail per setting that is wrong. */
export function compileSettings<Schema extends z.ZodObject>(
  form: SettingsForm<Schema>,
  sources: SettingsSources,
): Readonly<z.output<Schema>> {
  const keys = Object.keys(form.schema.shape);
  const raw = new Map<string, Sourced>([
    ...valuesFromFile(form, keys, sources.file),
    ...valuesFromEnvironment(form, keys, sources),
    ...valuesFromFlags(form, keys, sources.flags),
  ]);
  const parsed = form.schema.safeParse(Object.fromEntries([...raw].map(([key, { value }]) => [key, value])));
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map((issue) => {
    const key = issue.path.map(String).join('.');
    return key === '' ? issue.message : `${describeKey(key, raw.get(key))}: ${issue.message}`;
  });
  throw new InvalidInputError(`The settings of ${form.app} are not right.`, problems);
}

/** A copy for printing: secrets are replaced, and so are passwords in URLs. */
export function redactedSettings<Schema extends z.ZodObject>(
  form: SettingsForm<Schema>,
  settings: Readonly<z.output<Schema>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      if (form.secrets.includes(key)) return [key, value === undefined ? undefined : '(set)'];
      return [key, typeof value === 'string' ? withoutPassword(value) : value];
    }),
  );
}

/** A URL without its password. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/@]*:)[^/@]*@/, '$1***@');
}

export function variableOf(key: string): string {
  return `NIGHTJAR_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function describeKey(key: string, sourced: Sourced | undefined): string {
  return sourced ? `${key} (${sourced.source})` : `${key} (--${flagOf(key)} or ${variableOf(key)})`;
}

function valuesFromEnvironment<Schema extends z.ZodObject>(
  form: SettingsForm<Schema>,
  keys: readonly string[],
  sources: SettingsSources,
): [string, Sourced][] {
  const found: [string, Sourced][] = [];
  for (const key of keys) {
    const names = [variableOf(key), form.standardVariables[key]].filter((name) => name !== undefined);
    const candidates = names.flatMap((name) => readVariable(name, form.secrets.includes(key), sources));
    const [first, ...others] = candidates;
    const conflict = others.find((other) => other.value !== first?.value);
    if (first && conflict)
      throw new InvalidInputError(`${first.source} and ${conflict.source} set ${key} to different values.`);
    if (first) found.push([key, first]);
  }
  return found;
}

/** An empty variable is an unset one: that is how container files clear them. */
function readVariable(name: string, isSecret: boolean, sources: SettingsSources): Sourced[] {
  const found: Sourced[] = [];
  const value = sources.environment[name];
  if (value) found.push({ value, source: name });
  const path = isSecret ? sources.environment[`${name}_FILE`] : undefined;
  if (path) found.push({ value: sources.readSecretFile(path).trim(), source: `${name}_FILE` });
  return found;
}

function valuesFromFlags<Schema extends z.ZodObject>(
  form: SettingsForm<Schema>,
  keys: readonly string[],
  flags: readonly string[],
): [string, Sourced][] {
  const keyOf = new Map(keys.map((key) => [flagOf(key), key]));
  const options = Object.fromEntries([...keyOf.keys()].map((flag) => [flag, { type: 'string' as const }]));
  let values: Record<string, unknown>;
  try {
    // `config` names the settings file: whoever reads that file has used it already.
    ({ values } = parseArgs({ args: [...flags], options: { ...options, config: { type: 'string' } } }));
  } catch (error) {
    throw new InvalidInputError(`The flags of ${form.app} are not right: ${(error as Error).message}`, [], {
      cause: error,
    });
  }
  return Object.entries(values).flatMap(([flag, value]) => {
    const key = keyOf.get(flag);
    return key === undefined ? [] : [[key, { value, source: `--${flag}` }] satisfies [string, Sourced]];
  });
}

function valuesFromFile<Schema extends z.ZodObject>(
  form: SettingsForm<Schema>,
  keys: readonly string[],
  file: SettingsSources['file'],
): [string, Sourced][] {
  if (!file) return [];
  const content = parseSettingsFile(file);
  // What `shared` has and this app does not know is another app's.
  const shared = entriesOf(file.name, content, 'shared').filter(([key]) => keys.includes(key));
  const own = entriesOf(file.name, content, form.app);
  const unknown = own.find(([key]) => !keys.includes(key));
  if (unknown) throw new InvalidInputError(`${unknown[1].source}: there is no such setting.`);
  return [...shared, ...own];
}

function parseSettingsFile(file: { readonly name: string; readonly text: string }): Record<string, unknown> {
  let content: unknown;
  try {
    content = parseYaml(file.text);
  } catch (error) {
    throw new InvalidInputError(`${file.name} is not valid YAML: ${(error as Error).message}`, [], {
      cause: error,
    });
  }
  return asMap(content ?? {}, file.name);
}

function entriesOf(fileName: string, content: Record<string, unknown>, section: string): [string, Sourced][] {
  const values = asMap(content[section] ?? {}, `${fileName}: ${section}`);
  return Object.entries(values).map(([key, value]) => [
    key,
    { value, source: `${fileName}: ${section}.${key}` },
  ]);
}

function asMap(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new InvalidInputError(`${where} must be a map of settings.`);
}
