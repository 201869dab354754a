import type { EngineProbe } from './docker/probe-engine.js';

/** What the operator asked for. */
export type RuntimeSetting = 'auto' | 'docker' | 'process';

/** What to run containers with, or why none is to be had; a warning is for the log and the portal. */
export type RuntimeChoice =
  | { readonly kind: 'docker' }
  | { readonly kind: 'process'; readonly warning: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** All that the choice depends on. */
export interface RuntimeFacts {
  readonly setting: RuntimeSetting;
  readonly engine: EngineProbe;
  /** NODE_ENV is `production`. */
  readonly isProduction: boolean;
  /** The operator has said that function code may run without isolation in production. */
  readonly allowsProcessInProduction: boolean;
}

const NO_ISOLATION =
  'Functions run as plain processes, WITHOUT isolation: they can read this account’s files and reach this machine’s network.';

/**
 * `docker` is docker, even while the engine is away: it may come back, and nothing weaker must stand in for it.
 * `auto` takes processes where there is no engine. In production processes must be allowed explicitly, whatever led to them.
 */
export function chooseRuntime(facts: RuntimeFacts): RuntimeChoice {
  const { setting, engine } = facts;
  if (setting === 'docker' || (setting === 'auto' && engine.usable)) return { kind: 'docker' };
  const cause = setting === 'process' || engine.usable ? '' : ` No container engine: ${engine.reason}`;
  if (facts.isProduction && !facts.allowsProcessInProduction) {
    return {
      kind: 'refused',
      reason:
        'In production functions must run in containers, unless running them as plain processes is allowed explicitly.' +
        cause,
    };
  }
  return { kind: 'process', warning: NO_ISOLATION + cause };
}
