import type { ContainerSettings } from './container-settings.js';
import type { JsonValue } from './json.js';
import type { RetryPolicy } from './retry-policy.js';

/** One binding as `function.json` has it: `type`, `direction`, `name`, and whatever its kind adds. */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly [setting: string]: JsonValue | undefined;
}

/** Which of Azure's Node programming models a function was found through. */
export type ProgrammingModel = 'v3' | 'v4';

/** A function of an app version, as the language worker or its `function.json` described it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly programmingModel: ProgrammingModel;
  /** The trigger first. */
  readonly bindings: readonly Binding[];
  /** v3 only: the script, relative to the package's root, with forward slashes. */
  readonly scriptFile?: string | undefined;
  readonly entryPoint?: string | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly disabled: boolean;
  /** It is disabled by a setting of its app and not by itself. */
  readonly disabledBySetting?: boolean | undefined;
}

/** Cross-origin resource sharing, as the Fetch standard has it. */
export interface CorsConfig {
  /** Origins (`https://shop.example`) in lower case, or `*` for all. */
  readonly allowedOrigins: readonly string[];
  /** Pages may have cookies and other credentials of the browser sent. Never with `*`. */
  readonly supportCredentials: boolean;
}

/** What Nightjar reads of a `host.json` (version "2.0"), with Azure's defaults filled in. */
export interface HostConfig {
  /** Null: no limit (`-1`). */
  readonly functionTimeoutSeconds: number | null;
  readonly retry?: RetryPolicy | undefined;
  readonly http: {
    readonly routePrefix: string;
    readonly maxConcurrentRequests: number | null;
    readonly maxOutstandingRequests: number | null;
    readonly customHeaders: Readonly<Record<string, string>>;
    /** Which pages of other sites may call the app. Absent: as its app settings say. */
    readonly cors?: CorsConfig | undefined;
  };
  /** `logging.logLevel`: category → least level that is kept. */
  readonly logLevels: Readonly<Record<string, string>>;
}

export interface FunctionApp {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly activeVersionId: string | null;
}

/** An immutable published package with what was found in it. */
export interface AppVersion {
  readonly id: string;
  readonly appId: string;
  readonly appName: string;
  readonly appCreatedAt: Date;
  /** Lower-case hexadecimal sha256 of the zip. */
  readonly packageDigest: string;
  readonly packageSizeBytes: number;
  readonly host: HostConfig;
  readonly functions: readonly FunctionDefinition[];
  /** Its HTTP functions take and give bodies piece by piece (`enableHttpStream`). Absent: they do not. */
  readonly streamsHttp?: boolean | undefined;
  readonly createdAt: Date;
  /** Of the app, as they are now: they may change while the version does not. */
  readonly container: ContainerSettings;
  /** Grows with each change of the app's settings; absent or 0: it never had any. */
  readonly settingsRevision?: number | undefined;
}

/** The one binding whose type ends in "Trigger". */
export function triggerOf(definition: FunctionDefinition): Binding | undefined {
  return definition.bindings.find((binding) => binding.type.toLowerCase().endsWith('trigger'));
}
