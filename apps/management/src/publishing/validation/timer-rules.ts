import { InvalidInputError } from '#shared/domain/errors.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { NewAppVersion } from '#shared/store/catalogue-store.js';
import { timerDeclarationOf } from '../../catalogue/timer-declaration.js';
import { reversedRanges } from '#shared/domain/scheduling/ncrontab/ncrontab.js';
import { parseRecurrence } from '#shared/domain/scheduling/recurrence.js';
import type { Findings } from './findings.js';

/** Checks timer expressions, and gives the schedules of the functions that are not disabled. */
export function checkTimers(
  functions: readonly FunctionDefinition[],
): Findings & { readonly schedules: NewAppVersion['schedules'] } {
  const problems: string[] = [];
  const notes: string[] = [];
  const schedules: NewAppVersion['schedules'][number][] = [];
  for (const definition of functions) {
    const timer = timerDeclarationOf(definition);
    if (!timer) continue;
    const problem = expressionProblem(timer.expression);
    if (problem !== null) {
      problems.push(`Function "${definition.name}": ${problem}`);
      continue;
    }
    notes.push(...reversedNotes(definition.name, timer.expression));
    if (!definition.disabled) schedules.push({ functionName: definition.name, ...timer });
  }
  return { problems, notes, schedules };
}

function expressionProblem(expression: string): string | null {
  try {
    parseRecurrence(expression);
    return null;
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}

function reversedNotes(name: string, expression: string): string[] {
  const ranges = reversedRanges(expression);
  if (ranges.length === 0) return [];
  const which = ranges.map((range) => `"${range}"`).join(' and ');
  return [
    `Function "${name}": in "${expression}", ${which} runs backwards. As in Azure it is turned round; for hours over midnight write "22-23,0-6".`,
  ];
}
