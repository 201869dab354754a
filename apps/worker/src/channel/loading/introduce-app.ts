import { RpcCapabilitiesUpdateStrategy } from '#shared/contracts/function-rpc/messages.js';
import { HOST_VERSION } from '#shared/contracts/versions.js';
import type { PendingAnswers } from '../stream/pending-answers.js';
import { failOn } from './app-problems.js';
import { loadProblemOf } from './load-problem.js';

/** Capabilities as a language worker announces them. */
export type Announced = Readonly<Record<string, string>>;

/** What language workers take for "no app yet". */
const NO_APP = '';

/**
 * The first thing that a language worker is told.
 * @param appDirectory the app's folder as the language worker sees it; without it the language worker waits for `reload`
 * Throws `AppProblemsError`, `ChannelTimeoutError`, `ChannelClosedError`.
 */
export async function initialise(answers: PendingAnswers, appDirectory = NO_APP): Promise<Announced> {
  const response = await answers.ask(
    {
      workerInitRequest: {
        hostVersion: HOST_VERSION,
        functionAppDirectory: appDirectory,
        // None of a host's: a second stream (MultiStream) would come with a token that is used up.
        capabilities: {},
      },
    },
    'workerInitResponse',
  );
  failOn([loadProblemOf(response.result, 'Starting the language worker', appDirectory)]);
  return response.capabilities ?? {};
}

/**
 * Tells a language worker that was initialised without an app which one it has now.
 * @param before what it announced at its initialisation
 * Throws `AppProblemsError`, `ChannelTimeoutError`, `ChannelClosedError`.
 */
export async function reload(
  answers: PendingAnswers,
  app: { readonly appDirectory: string; readonly environment: Readonly<Record<string, string>> },
  before: Announced,
): Promise<Announced> {
  const { appDirectory, environment } = app;
  const response = await answers.ask(
    {
      functionEnvironmentReloadRequest: {
        environmentVariables: environment,
        functionAppDirectory: appDirectory,
      },
    },
    'functionEnvironmentReloadResponse',
  );
  failOn([loadProblemOf(response.result, 'Loading the app', appDirectory)]);
  const replaces = response.capabilitiesUpdateStrategy === RpcCapabilitiesUpdateStrategy.Replace;
  return replaces ? (response.capabilities ?? {}) : { ...before, ...response.capabilities };
}
