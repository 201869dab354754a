import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Listr, type ListrTask } from 'listr2';
import { ApiClient } from '../api-client.js';
import type { BatchRun } from '../api-answers.js';
import { progressLine } from '../progress/run-progress.js';
import { watchRun } from '../progress/watch-run.js';
import { publishFolder } from '../package/publish-folder.js';
import { callExample, type ExampleCall } from './call-example.js';
import { installAppPackages } from './example-packages.js';
import { BATCH_EXAMPLE, BATCH_FUNCTION, batchFileOf, exampleApps } from './examples.js';

export interface FirstRunOptions {
  readonly managementUrl: string;
  readonly adminKey?: string | undefined;
  readonly examplesFolder: string;
  /** A person's terminal: the progress is written over; else a line each second. */
  readonly isInteractive: boolean;
  readonly signal: AbortSignal;
}

export interface FirstRunResult {
  readonly apps: readonly string[];
  readonly call: ExampleCall;
  readonly run: BatchRun;
}

/** Filled step by step. */
interface Findings {
  apps: readonly string[];
  call?: ExampleCall;
  run?: BatchRun;
}

const INTERACTIVE_INTERVAL_MS = 250;
const PLAIN_INTERVAL_MS = 1_000;

/**
 * What a newcomer would do next, done for them with the examples: publish, call, run a batch to its end.
 * @throws {Error} when a step fails, which no shipped example should
 */
export async function firstRun(options: FirstRunOptions): Promise<FirstRunResult> {
  const client = new ApiClient({
    url: options.managementUrl,
    adminKey: options.adminKey,
    signal: options.signal,
  });
  const findings: Findings = { apps: await exampleApps(options.examplesFolder) };
  const steps = [publishStep(client, options, findings), callStep(options), batchStep(client, options)];
  const listr = new Listr<Findings>(steps, {
    ctx: findings,
    fallbackRenderer: 'simple',
    fallbackRendererCondition: !options.isInteractive,
    registerSignalListeners: false, // Whoever started Nightjar stops it in order.
    rendererOptions: { collapseSubtasks: false },
  });
  await listr.run();
  const { apps, call, run } = findings;
  if (!call || !run) throw new Error('A step of the first run ended without a result');
  return { apps, call, run };
}

function publishStep(client: ApiClient, options: FirstRunOptions, findings: Findings): ListrTask<Findings> {
  return {
    title: 'Publish the examples',
    task: (_, step) => step.newListr(findings.apps.map((app) => publishTask(client, options, app))),
  };
}

function publishTask(client: ApiClient, options: FirstRunOptions, app: string): ListrTask<Findings> {
  const folder = join(options.examplesFolder, app);
  return {
    title: app,
    task: async (_, step) => {
      step.output = 'its packages are being installed';
      await installAppPackages(folder, options.signal);
      step.output = 'it is being published';
      const { fileCount } = await publishFolder(client, folder, app);
      step.title = `${app}: ${fileCount} files`;
    },
  };
}

function callStep(options: FirstRunOptions): ListrTask<Findings> {
  return {
    title: 'Call an HTTP function',
    task: async (findings, step) => {
      const call = await callExample(options.managementUrl, options.signal);
      findings.call = call;
      step.title = `GET ${call.url} → ${call.status} ${call.body.trim()}`;
    },
  };
}

function batchStep(client: ApiClient, options: FirstRunOptions): ListrTask<Findings> {
  return {
    title: 'Run a batch',
    rendererOptions: { persistentOutput: true },
    task: async (findings, step) => {
      const file = await batchFileOf(options.examplesFolder);
      step.title = `Run ${BATCH_EXAMPLE}/${BATCH_FUNCTION} over ${basename(file)}`;
      const batch = { app: BATCH_EXAMPLE, functionName: BATCH_FUNCTION, name: BATCH_EXAMPLE };
      const { runId } = await client.submitBatch(batch, createReadStream(file));
      const run = await watchRun(client, runId, {
        intervalMs: options.isInteractive ? INTERACTIVE_INTERVAL_MS : PLAIN_INTERVAL_MS,
        signal: options.signal,
        onProgress: (now) => (step.output = progressLine(now)),
      });
      requireResults(run);
      findings.run = run;
    },
  };
}

/** Single failed items are a result; a run that could not go on, or in which nothing succeeded, is none. */
function requireResults(run: BatchRun): void {
  const ended = run.state === 'succeeded' || run.state === 'completedWithFailures';
  if (ended && run.itemsSucceeded > 0) return;
  const why = run.failure ? `: ${run.failure.type}: ${run.failure.message}` : '';
  throw new Error(`The batch run ${run.runId} ended as ${run.state}${why} (${run.itemsFailed} items failed)`);
}
