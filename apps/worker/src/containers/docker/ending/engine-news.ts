import { text } from 'node:stream/consumers';
import type { Engine } from '../engine.js';

interface EngineEvent {
  readonly Action?: string;
  readonly status?: string;
}

/** What somebody may tell the engine to do with a container that ends it. */
const ENDING_ACTIONS: ReadonlySet<string> = new Set(['kill', 'stop', 'restart', 'destroy']);

/**
 * Whether the engine was told to end a container: it remembers its last 256 events, and a removal is among them after the
 * container itself is forgotten. Throws `EngineUnavailableError`.
 */
export async function endedThroughEngine(engine: Engine, engineId: string): Promise<boolean> {
  // By the engine's clock: up to a moment of its future it would keep the answer open.
  const until = (await engine.now()).getTime() / 1000;
  const lines = await engine.query('tell what was done to a container', async (docker, abortSignal) => {
    // The type lacks the signal, which dockerode takes here as well.
    const events = docker as unknown as { getEvents(options: object): Promise<NodeJS.ReadableStream> };
    const filters = { type: ['container'], container: [engineId] };
    return text(await events.getEvents({ since: 0, until, filters, abortSignal }));
  });
  return actionsIn(lines).some((action) => ENDING_ACTIONS.has(action));
}

/** The actions in the engine's answer, one JSON object a line. */
export function actionsIn(lines: string): string[] {
  const events = lines.split('\n').filter((line) => line.trim() !== '');
  return events.map((line) => {
    const { Action, status } = JSON.parse(line) as EngineEvent;
    return Action ?? status ?? '';
  });
}
