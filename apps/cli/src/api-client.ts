import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { apiErrorOf, UnreachableError } from './api-error.js';
import type {
  AcceptedBatch,
  AppContainerSettings,
  AppSetting,
  Backfilled,
  Badput,
  BatchRun,
  Calendar,
  CapacitySummary,
  ContainerSettings,
  DeadLetters,
  DefinedBatch,
  DrainAnswer,
  FailureGroup,
  InvocationSummary,
  ItemPage,
  LoggedLine,
  Machine,
  MachinePolicy,
  MadeEnrolmentToken,
  NotificationSummary,
  Placement,
  PlacementPreview,
  PlacementVersion,
  Policy,
  PolicyVersion,
  PublishedFunction,
  TestedReceiver,
  TimerSchedule,
  UpcomingOccurrences,
  Why,
} from './api-answers.js';

import {
  appSettingsPath,
  batchPath,
  calendarPath,
  containerSettingsPath,
  machinePath,
  placementPath,
  policyPath,
  runPath,
  schedulePath,
  type BadputQuery,
  type BatchKey,
  type CapacityRange,
  type CapacityTable,
  type Drain,
  type InvocationFilter,
  type ItemFilter,
  type MachineFilter,
  type NewBatch,
  type NotificationFilter,
  type PlacedFunction,
  type PlacementChange,
  type PlacementTrial,
  type PolicyKey,
  type Receiver,
  type Replay,
  JSON_LINES,
} from './api-requests.js';

export interface ApiClientOptions {
  readonly url: string;
  readonly adminKey?: string | undefined;
  /** Ends whatever is under way. */
  readonly signal?: AbortSignal | undefined;
}

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

interface Call {
  readonly method?: string;
  readonly query?: Query;
  readonly body?: Readable;
  readonly contentType?: string;
  /** Default: JSON. */
  readonly accept?: string;
}

/** Management's API as a program calls it. Every method throws `ApiError` or `UnreachableError`. */
export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  /** Sends a package and waits until it is active. */
  async publish(app: string, zip: Readable): Promise<void> {
    const path = `/apps/${encodeURIComponent(app)}/api/zipdeploy`;
    await this.#call(path, { method: 'POST', body: zip, contentType: 'application/zip' });
  }

  /** Sends a file of items; the run starts at once. */
  async submitBatch(batch: NewBatch, items: Readable, form = JSON_LINES): Promise<AcceptedBatch> {
    const { app, functionName, name, deadlineAt } = batch;
    return this.#json<AcceptedBatch>('/api/v1/batches', {
      method: 'POST',
      query: { app, function: functionName, name, deadlineAt, ...form.query },
      body: items,
      contentType: form.contentType,
    });
  }

  /** Why a run is not running. */
  async whyRun(runId: string): Promise<Why> {
    return this.#json<Why>(`${runPath(runId)}/why`);
  }

  async run(runId: string): Promise<BatchRun> {
    return this.#json<BatchRun>(runPath(runId));
  }

  /** The newest runs first. */
  async runs(limit: number): Promise<readonly BatchRun[]> {
    const answer = await this.#json<{ runs: readonly BatchRun[] }>('/api/v1/batches/runs', {
      query: { limit },
    });
    return answer.runs;
  }

  /** By line, a page. */
  async runItems(runId: string, filter: ItemFilter): Promise<ItemPage> {
    return this.#json<ItemPage>(`${runPath(runId)}/items`, { query: { ...filter } });
  }

  /** Everything known of an item, with its input. */
  async runItem(runId: string, line: number): Promise<object> {
    return this.#json<object>(`${runPath(runId)}/items/${line}`);
  }

  /** A run's results as a file of any length. */
  async exportRun(runId: string, query: Query): Promise<Readable> {
    const { body } = await this.#call(`${runPath(runId)}/export`, { query, accept: '*/*' });
    return readable(body);
  }

  async putBatch(key: BatchKey, definition: object): Promise<DefinedBatch> {
    return this.#json<DefinedBatch>(batchPath(key), sending('PUT', definition));
  }

  async definedBatch(key: BatchKey): Promise<DefinedBatch> {
    return this.#json<DefinedBatch>(batchPath(key));
  }

  /** All of them, the newest first. */
  async definedBatches(app: string | undefined): Promise<readonly DefinedBatch[]> {
    const batches: DefinedBatch[] = [];
    for (let after: string | undefined, more = true; more;) {
      const query = { app, after, limit: 1000 };
      const page: { batches: DefinedBatch[]; next?: string } = await this.#json('/api/v1/batches', { query });
      batches.push(...page.batches);
      after = page.next;
      more = after !== undefined;
    }
    return batches;
  }

  async runBatch(key: BatchKey, changes: object): Promise<AcceptedBatch> {
    return this.#json<AcceptedBatch>(`${batchPath(key)}/runs`, sending('POST', changes));
  }

  async pauseBatch(key: BatchKey, note: string): Promise<void> {
    await this.#call(`${batchPath(key)}/pause`, sending('POST', { note }));
  }

  async resumeBatch(key: BatchKey): Promise<void> {
    await this.#call(`${batchPath(key)}/resume`, { method: 'POST' });
  }

  async upcoming(key: BatchKey, count: number): Promise<UpcomingOccurrences> {
    return this.#json<UpcomingOccurrences>(`${batchPath(key)}/schedule`, { query: { count } });
  }

  async backfill(
    key: BatchKey,
    range: { readonly from: string; readonly to: string; readonly dryRun?: boolean | undefined },
  ): Promise<Backfilled> {
    return this.#json<Backfilled>(`${batchPath(key)}/backfill`, sending('POST', range));
  }

  async putCalendar(name: string, calendar: object): Promise<Calendar> {
    return this.#json<Calendar>(calendarPath(name), sending('PUT', calendar));
  }

  async calendars(): Promise<readonly Calendar[]> {
    return (await this.#json<{ calendars: readonly Calendar[] }>('/api/v1/calendars')).calendars;
  }

  async calendar(name: string): Promise<Calendar> {
    return this.#json<Calendar>(calendarPath(name));
  }

  async removeCalendar(name: string): Promise<void> {
    await this.#call(calendarPath(name), { method: 'DELETE' });
  }

  /** The newest first. */
  async notifications(filter: NotificationFilter): Promise<readonly NotificationSummary[]> {
    const answer = await this.#json<{ notifications: readonly NotificationSummary[] }>(
      '/api/v1/notifications',
      { query: { ...filter } },
    );
    return answer.notifications;
  }

  async testNotification(receiver: Receiver): Promise<TestedReceiver> {
    return this.#json<TestedReceiver>('/api/v1/notifications/test', sending('POST', receiver));
  }

  async retryNotification(id: string): Promise<void> {
    await this.#call(`/api/v1/notifications/${encodeURIComponent(id)}/retry`, { method: 'POST' });
  }

  async cancelRun(runId: string): Promise<void> {
    await this.#call(`${runPath(runId)}/cancel`, { method: 'POST' });
  }

  /** Also what is under way. */
  async terminateRun(runId: string): Promise<void> {
    await this.#call(`${runPath(runId)}/terminate`, { method: 'POST' });
  }

  /** The largest first. */
  async failureGroups(
    runId: string,
    limit: number,
  ): Promise<{ readonly groups: readonly FailureGroup[]; readonly next?: string }> {
    return this.#json(`${runPath(runId)}/failure-groups`, { query: { limit } });
  }

  async deadLetters(runId: string): Promise<DeadLetters> {
    return this.#json<DeadLetters>(`${runPath(runId)}/dead-letters`);
  }

  /** Runs failed items of a run again, as a new run. */
  async replay(runId: string, replay: Replay): Promise<AcceptedBatch> {
    return this.#json<AcceptedBatch>(`${runPath(runId)}/replay`, sending('POST', replay));
  }

  /** Runs all again that has not succeeded, as a new run. */
  async rerun(runId: string): Promise<AcceptedBatch> {
    return this.#json<AcceptedBatch>(`${runPath(runId)}/rerun`, { method: 'POST' });
  }

  /** By name. */
  async appSettings(app: string): Promise<readonly AppSetting[]> {
    return (await this.#json<{ settings: readonly AppSetting[] }>(appSettingsPath(app))).settings;
  }

  async setAppSetting(app: string, name: string, value: string): Promise<AppSetting> {
    const path = `${appSettingsPath(app)}/${encodeURIComponent(name)}`;
    return this.#json<AppSetting>(path, sending('PUT', { value }));
  }

  /** One that is not there is passed over. */
  async removeAppSettings(app: string, names: readonly string[]): Promise<void> {
    const changes = Object.fromEntries(names.map((name) => [name, null]));
    await this.#call(appSettingsPath(app), sending('PATCH', changes));
  }

  /** Seals all settings of all apps anew, by management's first key. */
  async rotateSettingsKey(): Promise<{ readonly keyId: string; readonly resealed: number }> {
    return this.#json('/api/v1/settings-key/rotation', { method: 'POST' });
  }

  async containerSettings(app: string): Promise<AppContainerSettings> {
    return this.#json<AppContainerSettings>(containerSettingsPath(app));
  }

  /** Replaces them all. */
  async setContainerSettings(app: string, settings: ContainerSettings): Promise<AppContainerSettings> {
    return this.#json<AppContainerSettings>(containerSettingsPath(app), {
      method: 'PUT',
      body: Readable.from([JSON.stringify(settings)]),
      contentType: 'application/json',
    });
  }

  async functions(): Promise<readonly PublishedFunction[]> {
    return (await this.#json<{ functions: readonly PublishedFunction[] }>('/api/v1/functions')).functions;
  }

  async timerSchedule(app: string, functionName: string, count: number): Promise<TimerSchedule> {
    return this.#json<TimerSchedule>(schedulePath(app, functionName), { query: { count } });
  }

  /** The newest invocations first. */
  async invocations(filter: InvocationFilter): Promise<readonly InvocationSummary[]> {
    const { functionName, ...rest } = filter;
    const answer = await this.#json<{ invocations: readonly InvocationSummary[] }>('/api/v1/invocations', {
      query: { ...rest, function: functionName },
    });
    return answer.invocations;
  }

  /** Everything known of an invocation but its log: input, output, attempts, times, machine. */
  async invocation(id: string): Promise<object> {
    return this.#json<object>(`/api/v1/invocations/${encodeURIComponent(id)}`);
  }

  async invocationLogs(id: string): Promise<readonly LoggedLine[]> {
    const answer = await this.#json<{ lines: readonly LoggedLine[] }>(
      `/api/v1/invocations/${encodeURIComponent(id)}/logs`,
    );
    return answer.lines;
  }

  /** By name. */
  async machines(filter: MachineFilter): Promise<readonly Machine[]> {
    const answer = await this.#json<{ machines: readonly Machine[] }>('/api/v1/machines', {
      query: { ...filter },
    });
    return answer.machines;
  }

  /** Replaces all labels of a machine. */
  async labelMachine(id: string, labels: Readonly<Record<string, string>>): Promise<Machine> {
    return this.#json<Machine>(`${machinePath(id)}/labels`, sending('PUT', labels));
  }

  async drainMachine(id: string, drain: Drain): Promise<DrainAnswer> {
    return this.#json<DrainAnswer>(`${machinePath(id)}/drain`, sending('POST', drain));
  }

  async undrainMachine(id: string): Promise<Machine> {
    return this.#json<Machine>(`${machinePath(id)}/undrain`, { method: 'POST' });
  }

  async revokeMachine(id: string): Promise<void> {
    await this.#call(`${machinePath(id)}/revoke`, { method: 'POST' });
  }

  async makeEnrolmentToken(note: string): Promise<MadeEnrolmentToken> {
    return this.#json<MadeEnrolmentToken>('/api/v1/enrolment-tokens', sending('POST', { note }));
  }

  /** Those that hold now. */
  async policies(): Promise<readonly Policy[]> {
    return (await this.#json<{ policies: readonly Policy[] }>('/api/v1/policies')).policies;
  }

  async policy(key: PolicyKey): Promise<Policy> {
    return this.#json<Policy>(policyPath(key));
  }

  /** The knobs of a policy; none where there is no policy yet. */
  async knobsNow(key: PolicyKey): Promise<Policy['knobs']> {
    const found = (await this.policies()).find(({ scope, name }) => scope === key.scope && name === key.name);
    return found?.knobs ?? {};
  }

  /** Replaces all knobs. */
  async setPolicy(key: PolicyKey, knobs: Policy['knobs']): Promise<Policy> {
    return this.#json<Policy>(policyPath(key), sending('PUT', knobs));
  }

  async removePolicy(key: PolicyKey): Promise<void> {
    await this.#call(policyPath(key), { method: 'DELETE' });
  }

  /** The newest version first. */
  async policyHistory(key: PolicyKey): Promise<readonly PolicyVersion[]> {
    const path = `${policyPath(key)}/history`;
    return (await this.#json<{ versions: readonly PolicyVersion[] }>(path)).versions;
  }

  async machinePolicy(id: string): Promise<MachinePolicy> {
    return this.#json<MachinePolicy>(`${machinePath(id)}/policy`);
  }

  /** Those that hold now. */
  async placements(): Promise<readonly Placement[]> {
    return (await this.#json<{ placements: readonly Placement[] }>('/api/v1/placements')).placements;
  }

  /** Replaces it whole. */
  async setPlacement(named: PlacedFunction, change: PlacementChange): Promise<Placement> {
    return this.#json<Placement>(placementPath(named), sending('PUT', change));
  }

  async removePlacement(named: PlacedFunction): Promise<void> {
    await this.#call(placementPath(named), { method: 'DELETE' });
  }

  /** The newest version first. */
  async placementHistory(named: PlacedFunction): Promise<readonly PlacementVersion[]> {
    const path = `${placementPath(named)}/history`;
    return (await this.#json<{ versions: readonly PlacementVersion[] }>(path)).versions;
  }

  async placementPreview(named: PlacedFunction, trial: PlacementTrial): Promise<PlacementPreview> {
    return this.#json<PlacementPreview>(`${placementPath(named)}/preview`, { query: { ...trial } });
  }

  async capacity(range: CapacityRange): Promise<CapacitySummary> {
    return this.#json<CapacitySummary>('/api/v1/capacity/summary', { query: { ...range } });
  }

  async badput(query: CapacityRange & BadputQuery): Promise<Badput> {
    return this.#json<Badput>('/api/v1/capacity/badput', { query: { ...query } });
  }

  /** Gives a CSV table line by line: it may be long. */
  async capacityTable(
    what: CapacityTable,
    range: CapacityRange & BadputQuery,
    onLine: (line: string) => void,
  ): Promise<void> {
    const { body } = await this.#call(`/api/v1/capacity/${what}`, {
      query: { ...range },
      accept: 'text/csv',
    });
    for await (const line of createInterface({ input: readable(body) })) onLine(line);
  }

  async #json<T>(path: string, call: Call = {}): Promise<T> {
    const response = await this.#call(path, call);
    return (await response.json()) as T;
  }

  async #call(
    path: string,
    { method = 'GET', query = {}, body, contentType, accept }: Call,
  ): Promise<Response> {
    const url = withQuery(new URL(this.options.url.replace(/\/+$/, '') + path), query);
    const response = await this.#fetch(url, {
      method,
      headers: this.#headers(contentType, accept),
      signal: this.options.signal ?? null,
      ...(body && { body: Readable.toWeb(body) as ReadableStream<Uint8Array>, duplex: 'half' }),
    });
    if (!response.ok) throw await apiErrorOf(response, `${method} ${url.pathname}`);
    return response;
  }

  #headers(contentType: string | undefined, accept = 'application/json'): Record<string, string> {
    return {
      accept,
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(this.options.adminKey !== undefined && { 'x-functions-key': this.options.adminKey }),
    };
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (this.options.signal?.aborted) throw error;
      // fetch's own words are "fetch failed": what happened stands in its cause.
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UnreachableError(`${url.origin} can't be reached: ${why}`, { cause: error });
    }
  }
}

/** As the web's type a body lacks what Node's has. */
function readable(body: Response['body']): Readable {
  return body ? Readable.fromWeb(body as ReadableStream<Uint8Array>) : Readable.from([]);
}

function sending(method: string, value: object): Call {
  return { method, body: Readable.from([JSON.stringify(value)]), contentType: 'application/json' };
}

function withQuery(url: URL, query: Query): URL {
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) if (one !== undefined) url.searchParams.append(name, String(one));
  }
  return url;
}
