import { InvalidInputError } from '#shared/domain/errors.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { NewAppVersion } from '#shared/store/catalogue-store.js';
import { timerDeclarationOf } from '../../catalogue/timer-declaration.js';
import { nextLocalTime } from '../../triggers/timer/ncrontab/next-local-time.js';
import { parseNcrontab } from '../../triggers/timer/ncrontab/ncrontab.js';
import type { Findings } from './findings.js';

/** Checks timer expressions, and gives the schedules of the functions that are not disabled. */
export function checkTimers(
  functions: readonly FunctionDefinition[],
): Findings & { readonly schedules: NewAppVersion['schedules'] } {
  const problems: string[] = [];
  const schedules: NewAppVersion['schedules'][number][] = [];
  for (const definition of functions) {
    const timer = timerDeclarationOf(definition);
    if (!timer) continue;
    const problem = expressionProblem(timer.expression);
    if (problem !== null) problems.push(`Function "${definition.name}": ${problem}`);
    else if (!definition.disabled) schedules.push({ functionName: definition.name, ...timer });
  }
  return { problems, notes: [], schedules };
}

function expressionProblem(expression: string): string | null {
  try {
    // Any year will do: a date that does not come within decades never does.
    const next = nextLocalTime(parseNcrontab(expression), Date.UTC(2000, 0, 1));
    return next === null ? `The schedule "${expression}" names a date that never comes.` : null;
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}
