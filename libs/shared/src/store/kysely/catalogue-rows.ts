import type { Selectable } from 'kysely';
import { withDisabled } from '../../domain/app-setting.js';
import type { AppVersion, FunctionApp, FunctionDefinition } from '../../domain/function-app.js';
import type { AppVersionTable, FunctionAppTable, FunctionTable } from './schema.js';
import { asBoolean, asDate, asNumber, fromJson, fromJsonOrUndefined, toJson } from './values.js';

type FunctionAppRow = Pick<Selectable<FunctionAppTable>, 'id' | 'name' | 'created_at' | 'active_version_id'>;

export function toFunctionApp(row: FunctionAppRow): FunctionApp {
  return {
    id: row.id,
    name: row.name,
    createdAt: asDate(row.created_at),
    activeVersionId: row.active_version_id,
  };
}

export type AppVersionRow = Selectable<AppVersionTable> & {
  readonly app_name: string;
  readonly app_created_at: number | Date;
  /** Null: the app has none of its own. */
  readonly container: string | null;
  readonly settings_revision: number | string | bigint | null;
  readonly disabled_functions: string | null;
};

export function toAppVersion(row: AppVersionRow, functions: readonly FunctionDefinition[]): AppVersion {
  const disabled = disabledFunctions(row);
  return {
    id: row.id,
    appId: row.app_id,
    appName: row.app_name,
    appCreatedAt: asDate(row.app_created_at),
    packageDigest: row.package_digest,
    packageSizeBytes: asNumber(row.package_size_bytes),
    host: fromJson(row.host),
    functions: disabled.size === 0 ? functions : withDisabled(functions, disabled),
    streamsHttp: asBoolean(row.streams_http ?? false),
    createdAt: asDate(row.created_at),
    container: fromJsonOrUndefined(row.container) ?? {},
    settingsRevision: asNumber(row.settings_revision),
  };
}

/** Those that the app's settings disable, in lower case. */
export function disabledFunctions(row: { readonly disabled_functions: string | null }): ReadonlySet<string> {
  return new Set(fromJsonOrUndefined<string[]>(row.disabled_functions));
}

export function toFunctionDefinition(row: Selectable<FunctionTable>): FunctionDefinition {
  return {
    name: row.name,
    programmingModel: row.programming_model as FunctionDefinition['programmingModel'],
    bindings: fromJson(row.bindings),
    scriptFile: row.script_file ?? undefined,
    entryPoint: row.entry_point ?? undefined,
    retry: fromJsonOrUndefined(row.retry),
    disabled: asBoolean(row.disabled),
  };
}

export function fromFunctionDefinition(
  appVersionId: string,
  definition: FunctionDefinition,
  position: number,
) {
  return {
    app_version_id: appVersionId,
    name: definition.name,
    position,
    programming_model: definition.programmingModel,
    bindings: JSON.stringify(definition.bindings),
    script_file: definition.scriptFile ?? null,
    entry_point: definition.entryPoint ?? null,
    retry: toJson(definition.retry),
    disabled: definition.disabled,
  };
}
