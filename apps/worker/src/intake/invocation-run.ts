import type { InvocationJob } from '#shared/contracts/jobs.js';
import { fenceOf, type InvocationOutcome } from '#shared/domain/invocation.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { HangUp } from '#shared/queue/hang-up.js';
import type { JobVerdict, TakenJob } from '#shared/queue/work-source.js';
import type { ReplySender } from '#shared/queue/reply-channel.js';
import type { InvocationStore } from '#shared/store/invocation-store.js';
import { openSpan, SpanKind } from '#shared/telemetry/tracing.js';
import { FAAS } from '#shared/telemetry/faas-attributes.js';
import type { AppSettings } from '../app-settings/app-settings.js';
import type { RunnableVersion } from '../app-settings/setting-values.js';
import type { WorkMeter } from '../books/work-meter.js';
import { EvictedError } from '../containers/evicted-error.js';
import type { DurationBook } from '../capacity/admission/duration-book.js';
import type { AppHostPool } from '../containers/pool/app-host-pool.js';
import type { Recorder } from '../recorder/recorder.js';
import { abandoned, cancelled } from './abandoned.js';
import { runFunction, type FunctionEnding, type FunctionStream } from './function-run.js';
import { LogCollector } from './log-collector.js';
import { measure } from './measure.js';
import type { StreamDoor } from './streams/stream-door.js';
import { runStreamedCall } from './streams/streamed-call.js';
import type { VersionCache } from './version-cache.js';

export interface InvocationSettings {
  readonly machineId: string;
  readonly maxLogBytes: number;
}

export interface InvocationTools {
  readonly versions: VersionCache;
  readonly appSettings: Pick<AppSettings, 'equip'>;
  readonly pool: AppHostPool;
  readonly invocations: InvocationStore;
  readonly recorder: Recorder;
  readonly durations: Pick<DurationBook, 'measured'>;
  readonly replies: ReplySender;
  readonly streams: StreamDoor;
  readonly meter: Pick<WorkMeter, 'of'>;
  readonly settings: InvocationSettings;
}

/**
 * Runs one invocation: execute, answer whoever waits, commit, and only then let the queue forget it.
 * Promised work is claimed first, so that a late attempt can be told from the newest one.
 */
export async function runInvocation(
  tools: InvocationTools,
  taken: TakenJob & { readonly job: InvocationJob },
): Promise<JobVerdict> {
  const { job } = taken;
  const fence = fenceOf(job.dispatchCount, taken.attemptsStarted);
  const isPromised = job.dispatchCount > 0;
  if (isPromised && !(await tools.invocations.claim(job.id, fence))) return 'done';
  const version = await tools.versions.find(job.appVersionId);
  const hungUp = hangUpOf(taken);
  const logs = new LogCollector(tools.settings.maxLogBytes);
  const ending = hungUp?.happened
    ? cancelled()
    : await execute(tools, taken, version, logs).catch((error: unknown) => {
        // What SQL has promised the reconciler dispatches again, or ends. For any other call this was all.
        if (isPromised || !taken.isLastTry || error instanceof EvictedError) throw error;
        return reply(tools.replies, job, abandoned(error));
      });
  if (ending === 'closed' || taken.lost.aborted) return 'done';
  measure(tools.durations, job, ending);
  await tools.recorder.record(outcomeOf(tools.settings.machineId, job, fence, ending, logs));
  return 'done';
}

/** Of a call: what is promised goes on whoever waits, and a stream notices by itself. */
function hangUpOf({ job, hangUp }: TakenJob & { readonly job: InvocationJob }): HangUp | undefined {
  return job.dispatchCount > 0 || job.stream ? undefined : hangUp;
}

/** Runs the function and answers whoever waits; `closed`: nobody does any more, and there is nothing to record. */
async function execute(
  tools: InvocationTools,
  taken: TakenJob & { readonly job: InvocationJob },
  found: AppVersion,
  logs: LogCollector,
): Promise<FunctionEnding | 'closed'> {
  const { job, lost } = taken;
  const version = await tools.appSettings.equip(found, job.settingsGrant);
  if (job.stream) {
    const runWith = (stream: FunctionStream): Promise<FunctionEnding> =>
      run(tools, taken, version, logs, stream);
    return runStreamedCall(tools.streams, { ...job, stream: job.stream }, lost, runWith);
  }
  const ending = await run(tools, taken, version, logs);
  return lost.aborted ? ending : reply(tools.replies, job, ending);
}

function reply(replies: ReplySender, job: InvocationJob, ending: FunctionEnding): FunctionEnding {
  const { state, output, failure } = ending;
  if (job.replyTo !== undefined)
    replies.send(job.replyTo, { kind: 'invocation', id: job.id, state, output, failure });
  return ending;
}

async function run(
  tools: InvocationTools,
  taken: TakenJob & { readonly job: InvocationJob },
  version: RunnableVersion,
  logs: LogCollector,
  stream?: FunctionStream,
): Promise<FunctionEnding> {
  const { job } = taken;
  const definition = version.functions.find(({ name }) => name === job.functionName);
  if (!definition) throw new Error(`App version ${version.id} has no function "${job.functionName}".`);
  const span = openSpan(`invoke ${job.functionName}`, {
    kind: SpanKind.CONSUMER,
    parentTraceParent: job.traceParent,
  });
  const ending = await runFunction(tools.pool, {
    invocationId: job.id,
    version,
    definition,
    compartment: 'interactive',
    input: job.input,
    stream,
    traceParent: span.traceParent,
    onLog: logs.add,
    lost: taken.lost,
    hangUp: hangUpOf(taken),
    meter: tools.meter.of({
      appId: job.appId,
      appName: version.appName,
      functionName: job.functionName,
      runId: '',
    }),
  });
  span.span.setAttributes({
    [FAAS.trigger]: job.trigger,
    [FAAS.invocationId]: job.id,
    [FAAS.coldStart]: ending.coldStart,
    [FAAS.functionName]: job.functionName,
    [FAAS.appName]: version.appName,
    [FAAS.machineId]: tools.settings.machineId,
    [FAAS.state]: ending.state,
  });
  span.end(ending.failure?.message);
  return ending;
}

function outcomeOf(
  machineId: string,
  job: InvocationJob,
  fence: number,
  ending: FunctionEnding,
  logs: LogCollector,
): InvocationOutcome {
  return {
    id: job.id,
    fence,
    appId: job.appId,
    appVersionId: job.appVersionId,
    functionName: job.functionName,
    trigger: job.trigger,
    state: ending.state,
    input: job.input,
    output: ending.output,
    failure: ending.failure,
    attempts: ending.attempts,
    logs: logs.lines,
    logsTruncated: logs.truncated,
    machineId,
    coldStart: ending.coldStart,
    acceptedAt: new Date(job.acceptedAt),
    startedAt: ending.startedAt,
    endedAt: ending.endedAt,
    traceParent: job.traceParent,
  };
}
