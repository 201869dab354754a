import { triggerOf, type FunctionDefinition } from '#shared/domain/function-app.js';

export const TIMER_TRIGGER = 'timertrigger';

/** What a timer function's trigger binding asks for, with Azure's defaults filled in. */
export interface TimerDeclaration {
  /** As written; not yet checked. */
  readonly expression: string;
  readonly useMonitor: boolean;
  readonly runOnStartup: boolean;
}

/** Null for a function with another trigger. */
export function timerDeclarationOf(definition: FunctionDefinition): TimerDeclaration | null {
  const trigger = triggerOf(definition);
  if (trigger?.type.toLowerCase() !== TIMER_TRIGGER) return null;
  const { schedule } = trigger;
  return {
    expression: typeof schedule === 'string' ? schedule.trim() : '',
    useMonitor: trigger['useMonitor'] !== false,
    runOnStartup: trigger['runOnStartup'] === true,
  };
}
