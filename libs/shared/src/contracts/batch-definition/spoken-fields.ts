import { z } from 'zod';
import { InvalidInputError } from '../../domain/errors.js';
import { parseRecurrence } from '../../domain/scheduling/recurrence.js';
import { expressionProblems } from '../matching/matching.js';
import { text } from './fields.js';

/** Fields with a language of their own, checked by who speaks it. */

/** NCRONTAB or a TimeSpan, as of a timer function. */
export const scheduleSchema = text(1, 255).superRefine((value, context) => {
  if (value === '') return;
  try {
    parseRecurrence(value);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    context.addIssue({ code: 'custom', message: error.message.replace(/\.$/, '') });
  }
});

/** An expression over a machine's attributes. What is wrong with it is said as for placements of functions. */
export function expressionSchema(use: 'requirements' | 'rank') {
  return z.string('must be an expression over attributes of machines').superRefine((value, context) => {
    for (const problem of expressionProblems(use, value))
      context.addIssue({ code: 'custom', message: problem.replace(`${use}: `, '').replace(/\.$/, '') });
  });
}
