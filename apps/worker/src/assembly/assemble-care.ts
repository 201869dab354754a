import type { Logger } from '@nestjs/common';
import type { EngineProblem } from '../capacity/health.js';
import { EngineUnavailableError, type ContainerRuntime } from '../containers/container-runtime.js';
import type { AppHostPool } from '../containers/pool/app-host-pool.js';
import { ContainerLostError } from '../containers/pool/exit-words.js';
import { Upkeep } from '../containers/reconcile/upkeep.js';

/** The engine as the watch sees it: made ready once, then asked. */
export function engineCheck(
  runtime: ContainerRuntime,
  prepare: () => Promise<void>,
): () => Promise<EngineProblem | null> {
  let isPrepared = false;
  return async () => {
    try {
      if (isPrepared) await runtime.check();
      else await prepare();
      isPrepared = true;
      return null;
    } catch (error) {
      return engineProblem(error) ?? { code: 'START_FAILED', message: inWords(error) };
    }
  };
}

/** What an error says against the engine; null when it says nothing against it. */
export function engineProblem(error: unknown): EngineProblem | null {
  if (error instanceof ContainerLostError && error.exit.cause === 'engine')
    return { code: 'ENGINE_DOWN', message: error.message };
  // An engine that refuses an order is there: it is the order that does not suit it.
  if (!(error instanceof EngineUnavailableError) || error.kind === 'refused') return null;
  return { code: error.kind === 'slow' ? 'ENGINE_SLOW' : 'ENGINE_DOWN', message: error.message };
}

/** Looks each minute for what has lost its owner. */
export function upkeepOf(
  { runtime, pool }: { readonly runtime: ContainerRuntime; readonly pool: AppHostPool },
  intervalSeconds: number,
  logger: Logger,
): Upkeep {
  const chores = [
    { name: 'containers and networks', run: () => runtime.reconcile() },
    { name: 'code folders', run: () => pool.reconcile() },
  ];
  return new Upkeep(chores, intervalSeconds, (chore, error) =>
    logger.warn({ err: error }, `What nobody owns of the ${chore} was not removed this time.`),
  );
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
