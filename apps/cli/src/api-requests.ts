/** What requests to management are made of. */

export interface NewBatch {
  readonly app: string;
  readonly functionName: string;
  readonly name?: string | undefined;
  /** ISO 8601. */
  readonly deadlineAt?: string | undefined;
}

/** Which failed items of a run are to run again; `again`: also those that have succeeded since. */
export type Replay = (
  { readonly lines: readonly number[] } | { readonly group: string } | { readonly all: true }
) & { readonly again?: boolean };
/** How a file of items is to be read. */
export interface UploadForm {
  readonly contentType: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

export const JSON_LINES: UploadForm = { contentType: 'application/x-ndjson', query: {} };

export interface ItemFilter {
  readonly state?: string | undefined;
  readonly afterLine?: number | undefined;
  readonly limit: number;
}

export interface InvocationFilter {
  readonly app?: string | undefined;
  readonly functionName?: string | undefined;
  readonly state?: string | undefined;
  readonly limit?: number | undefined;
}

export interface MachineFilter {
  readonly state?: string | undefined;
  readonly pool?: string | undefined;
  readonly os?: string | undefined;
  readonly label?: readonly string[] | undefined;
}

export interface Drain {
  readonly deadlineSeconds?: number | undefined;
  readonly preview?: boolean | undefined;
}

/** Whose policy: a machine's by its id, a group's by its label, or a pool's. */
export interface PolicyKey {
  readonly scope: string;
  readonly name: string;
}

export interface CapacityRange {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly pool?: string | undefined;
  /** By its id. */
  readonly machine?: string | undefined;
}

/** What a table about machines' time is about. */
export type CapacityTable = 'summary' | 'hours' | 'series' | 'badput' | 'owner-impact';

export interface BadputQuery {
  readonly by?: 'function' | 'machine' | 'reason';
  readonly limit?: number;
}

export function appSettingsPath(app: string): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/settings`;
}

export function containerSettingsPath(app: string): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/container-settings`;
}

export function schedulePath(app: string, functionName: string): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/functions/${encodeURIComponent(functionName)}/schedule`;
}

export function runPath(runId: string): string {
  return `/api/v1/batches/runs/${encodeURIComponent(runId)}`;
}

export function machinePath(id: string): string {
  return `/api/v1/machines/${encodeURIComponent(id)}`;
}

export function policyPath({ scope, name }: PolicyKey): string {
  return `/api/v1/policies/${encodeURIComponent(scope)}/${encodeURIComponent(name)}`;
}

export interface PlacedFunction {
  readonly app: string;
  readonly functionName: string;
}

export interface PlacementChange {
  readonly requirements?: string;
  readonly rank?: string;
}

/** What is to be tried in place of what holds. */
export interface PlacementTrial {
  readonly requirements?: string | undefined;
  readonly rank?: string | undefined;
  readonly pool?: string | undefined;
}

export function placementPath({ app, functionName }: PlacedFunction): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/functions/${encodeURIComponent(functionName)}/placement`;
}

export interface BatchKey {
  readonly app: string;
  readonly name: string;
}

export function batchPath({ app, name }: BatchKey): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/batches/${encodeURIComponent(name)}`;
}

export function calendarPath(name: string): string {
  return `/api/v1/calendars/${encodeURIComponent(name)}`;
}

export interface NotificationFilter {
  readonly state?: string | undefined;
  readonly runId?: string | undefined;
  readonly limit: number;
}

/** Whom a notification is sent to. */
export type Receiver =
  { readonly webhook: { readonly url: string; readonly secretName?: string } } | { readonly email: string };
