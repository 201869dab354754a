import { InvalidInputError } from '#shared/domain/errors.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { NewAppVersion } from '#shared/store/catalogue-store.js';
import { type TimerDeclaration, timerDeclarationOf } from '../../catalogue/timer-declaration.js';
import { type AppSettings, appTimeZone, fillIn } from '../../catalogue/trigger-settings.js';
import { reversedRanges } from '#shared/domain/scheduling/ncrontab/ncrontab.js';
import { parseRecurrence } from '#shared/domain/scheduling/recurrence.js';
import type { Findings } from './findings.js';

/** Checks timer expressions, and gives the schedules of the functions that are not disabled. */
export function checkTimers(
  functions: readonly FunctionDefinition[],
  settings: AppSettings,
): Findings & { readonly schedules: NewAppVersion['schedules'] } {
  const problems: string[] = [];
  const notes: string[] = [];
  const schedules: NewAppVersion['schedules'][number][] = [];
  for (const { definition, timer } of timersOf(functions)) {
    try {
      const expression = fillIn(timer.expression, settings);
      const timeZone = appTimeZone(settings);
      parseRecurrence(expression);
      notes.push(...reversedNotes(definition.name, expression));
      if (!definition.disabled)
        schedules.push({ functionName: definition.name, ...timer, expression, timeZone });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push(`Function "${definition.name}": ${error.message}`);
    }
  }
  return { problems, notes, schedules };
}

function timersOf(
  functions: readonly FunctionDefinition[],
): { readonly definition: FunctionDefinition; readonly timer: TimerDeclaration }[] {
  return functions.flatMap((definition) => {
    const timer = timerDeclarationOf(definition);
    return timer ? [{ definition, timer }] : [];
  });
}

function reversedNotes(name: string, expression: string): string[] {
  const ranges = reversedRanges(expression);
  if (ranges.length === 0) return [];
  const which = ranges.map((range) => `"${range}"`).join(' and ');
  return [
    `Function "${name}": in "${expression}", ${which} runs backwards. As in Azure it is turned round; for hours over midnight write "22-23,0-6".`,
  ];
}
