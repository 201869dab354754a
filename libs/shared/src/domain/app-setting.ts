import type { FunctionDefinition } from './function-app.js';

/** The most that an app's settings may be. Windows ends a variable at 32,767 characters; the rest keeps an environment startable. */
export const APP_SETTING_LIMITS = {
  nameLength: 128,
  valueBytes: 32_767,
  count: 500,
  /** Names and values together. */
  totalBytes: 256 * 1024,
} as const;

/** Azure's rule. */
const NAME = /^[A-Za-z0-9_.:-]+$/;

/** What the runtime itself sets for each container, or reads before an app is there. */
const PLATFORMS_OWN = new Set([
  'functions_worker_directory',
  'functions_application_directory',
  'website_placeholder_mode',
  'website_site_name',
  'website_instance_id',
  'website_hostname',
]);

/** What tools of deployment read back, and what is no secret: all others are written only. */
const READABLE =
  /^(SCM_.*|ENABLE_ORYX_BUILD|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_TIME_ZONE|FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|AzureWebJobs[._].+[._]Disabled)$/i;

const DISABLED = /^AzureWebJobs[._](.+)[._]Disabled$/i;

/** Two names that differ in case only are one setting. */
export function settingKey(name: string): string {
  return name.toLowerCase();
}

/** What is wrong with a name; null: nothing. */
export function settingNameProblem(name: string): string | null {
  if (name.length === 0 || name.length > APP_SETTING_LIMITS.nameLength)
    return `a name must have 1 to ${APP_SETTING_LIMITS.nameLength} characters`;
  if (!NAME.test(name)) return 'a name may only have letters, digits, "_", ".", ":" and "-"';
  if (PLATFORMS_OWN.has(settingKey(name))) return 'is set by Nightjar itself and can not be changed';
  return null;
}

/** What is wrong with a value; null: nothing. Never says the value. */
export function settingValueProblem(value: string): string | null {
  const bytes = Buffer.byteLength(value);
  if (bytes > APP_SETTING_LIMITS.valueBytes)
    return `a value may have ${APP_SETTING_LIMITS.valueBytes} bytes, this one has ${bytes}`;
  // An environment can not hold it.
  return value.includes('\0') ? 'a value may not have the character NUL' : null;
}

/** What is wrong with all settings of an app together; null: nothing. */
export function settingsProblem(values: ReadonlyMap<string, string>): string | null {
  const { count, totalBytes } = APP_SETTING_LIMITS;
  if (values.size > count) return `an app may have ${count} settings, this would be ${values.size}`;
  const bytes = [...values].reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= totalBytes) return null;
  return `an app's settings may have ${totalBytes} bytes together, these would have ${bytes}`;
}

/** Whether the value may be read back: deployment tools rely on it, and it is no secret. */
export function isReadableSetting(name: string): boolean {
  return READABLE.test(name);
}

/** The functions, in lower case, that settings such as `AzureWebJobs.Nightly.Disabled` = `true` disable. */
export function disabledBySettings(values: ReadonlyMap<string, string>): readonly string[] {
  return [...values]
    .flatMap(([name, value]) => {
      const functionName = DISABLED.exec(name)?.[1]?.toLowerCase();
      return functionName !== undefined && /^(true|1)$/i.test(value.trim()) ? [functionName] : [];
    })
    .sort();
}

/** The functions with those disabled whose names, in lower case, are given. A setting enables none that is disabled by itself. */
export function withDisabled(
  functions: readonly FunctionDefinition[],
  disabled: ReadonlySet<string>,
): readonly FunctionDefinition[] {
  return functions.map((one) =>
    !one.disabled && disabled.has(one.name.toLowerCase())
      ? { ...one, disabled: true, disabledBySetting: true }
      : one,
  );
}

/** The functions as their version has them, whatever settings say. */
export function withoutSettings(functions: readonly FunctionDefinition[]): readonly FunctionDefinition[] {
  return functions.map(({ disabledBySetting, ...one }) =>
    disabledBySetting ? { ...one, disabled: false } : one,
  );
}
