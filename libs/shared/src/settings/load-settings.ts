import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { InvalidInputError } from '../domain/errors.js';

/** Where the values of a process' settings come from; flags win over the environment, that over the file, that over defaults. */
export interface SettingsSources {
  /** Command-line arguments after the script's name: `--redis-url redis://…`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A YAML file; absent is no error unless a flag or variable named it. */
  readonly configFile: string;
}

export interface SettingsForm<Shape extends z.ZodRawShape> {
  readonly schema: z.ZodObject<Shape>;
  /** Environment variables that don't follow `NIGHTJAR_<SETTING>`: setting → variable. */
  readonly standardVariables: Readonly<Partial<Record<keyof Shape & string, string>>>;
  /** Never printed; may be given as a file's path in `<VARIABLE>_FILE`. */
  readonly secrets: readonly (keyof Shape & string)[];
}

/** `maxPackageBytes` → `NIGHTJAR_MAX_PACKAGE_BYTES`. */
export function variableOf(setting: string): string {
  return `NIGHTJAR_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** `maxPackageBytes` → `max-package-bytes`. */
function flagOf(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Reads, checks and freezes a process' settings, once.
 * Throws `InvalidInputError` that names each setting that is wrong, where it was given, and what it must be.
 */
export function loadSettings<Shape extends z.ZodRawShape>(
  form: SettingsForm<Shape>,
  sources: SettingsSources,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const names = Object.keys(form.schema.shape);
  const fromFile = readFile(sources.configFile, names);
  const given = {
    ...fromFile,
    ...readEnvironment(form, names, sources.env),
    ...readFlags(names, sources.argv),
  };
  const parsed = form.schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new InvalidInputError(
    'The settings are not valid.',
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0] ?? '');
      return `${name} (--${flagOf(name)}, ${form.standardVariables[name] ?? variableOf(name)}): ${issue.message}`;
    }),
  );
}

/** The settings as they may be logged. */
export function redact<Shape extends z.ZodRawShape>(
  form: SettingsForm<Shape>,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, shown(value, form.secrets.includes(name))]),
  );
}

function shown(value: unknown, secret: boolean): unknown {
  if (value === undefined) return undefined;
  if (secret) return '(secret)';
  if (typeof value === 'string') return value.replace(/\/\/[^@/]*@/, '//(secret)@');
  return value;
}

function readFile(path: string, names: readonly string[]): Record<string, unknown> {
  if (!existsSync(path)) return {};
  const content: unknown = parseYaml(readFileSync(path, 'utf8')) ?? {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new InvalidInputError(`${path} must be a YAML map of settings.`);
  }
  // One file serves both roles: a setting of the other one is no mistake here.
  return Object.fromEntries(Object.entries(content as object).filter(([name]) => names.includes(name)));
}

function readEnvironment(
  form: SettingsForm<z.ZodRawShape>,
  names: readonly string[],
  env: SettingsSources['env'],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const variable = form.standardVariables[name] ?? variableOf(name);
    const file = form.secrets.includes(name) ? env[`${variable}_FILE`] : undefined;
    const value = env[variable];
    if (file && value) {
      throw new InvalidInputError(`${variable} and ${variable}_FILE are both set: set one of them.`);
    }
    if (file) values[name] = readFileSync(file, 'utf8').trim();
    else if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
}

function readFlags(names: readonly string[], argv: readonly string[]): Record<string, string> {
  const byFlag = new Map(names.map((name) => [flagOf(name), name]));
  const options = Object.fromEntries([...byFlag.keys()].map((flag) => [flag, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    return Object.fromEntries(
      Object.entries(values).map(([flag, value]) => [byFlag.get(flag) ?? flag, String(value)]),
    );
  } catch (error) {
    throw new InvalidInputError(`The command line is not valid: ${(error as Error).message}`);
  }
}
