import { judgeEngine } from './engine-suitability.js';
import { Engine } from './engine.js';
import type { DockerSettings } from './docker-settings.js';

/** Whether there is an engine that our containers can run on; else why not, as the rest of a sentence. */
export type EngineProbe = { readonly usable: true } | { readonly usable: false; readonly reason: string };

/** Asks the engine what it is. Never rejects. */
export async function probeEngine(
  settings: Pick<DockerSettings, 'engineAddress' | 'engineTls' | 'timeouts'>,
): Promise<EngineProbe> {
  try {
    const engine = new Engine(settings.engineAddress, settings.engineTls, settings.timeouts);
    const { problem } = judgeEngine(await engine.facts());
    return problem === undefined ? { usable: true } : { usable: false, reason: problem };
  } catch (error) {
    return { usable: false, reason: (error as Error).message };
  }
}
