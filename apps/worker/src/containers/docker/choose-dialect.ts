import type { DockerSettings } from './docker-settings.js';
import type { EngineDialect } from './engine-dialect.js';
import type { EngineFacts } from './engine-suitability.js';
import { linuxEngine } from './linux-engine.js';
import { windowsEngine } from './windows-engine.js';

/** The dialect that an engine speaks, by what it says of itself. An engine that says nothing is an old one, for Linux. */
export function chooseDialect(
  facts: EngineFacts,
  settings: Pick<DockerSettings, 'isolation'>,
): EngineDialect {
  return facts.OSType === 'windows' ? windowsEngine(facts, settings.isolation) : linuxEngine;
}
