import { z } from 'zod';
import { expressionProblems } from '#shared/contracts/matching/matching.js';
import type { ExpressionUse } from '#shared/contracts/matching/expression.js';

/** Azure's rule for the names of functions. */
const FUNCTION_NAME = /^[a-z][a-z0-9_-]{0,126}$/i;

const NAME_MAX_LENGTH = 128;

function expression(use: ExpressionUse): z.ZodString {
  return z.string('must be an expression').superRefine((text, context) => {
    for (const problem of expressionProblems(use, text))
      context.addIssue({ code: 'custom', message: problem.slice(use.length + 2) });
  });
}

const requirements = expression('requirements').describe(
  'Only machines that meet this run it: cores >= 4 && labels.site == "berlin". The attributes are in the capacity guide.',
);
const rank = expression('rank').describe(
  'Of several free machines the one with the highest value runs it: cores.',
);

/** Which function a request is about. It need not be in the active version. */
export const placedFunctionSchema = z.object({
  app: z.string().describe('Without regard to case.'),
  function: z
    .string()
    .regex(FUNCTION_NAME, 'must be a letter and up to 126 letters, digits, "_" or "-"')
    .describe('Without regard to case.'),
});

export const placementBody = z
  .strictObject({ requirements: requirements.optional(), rank: rank.optional() })
  .refine((body) => body.requirements !== undefined || body.rank !== undefined, {
    message: 'must have requirements, rank or both; DELETE removes a placement',
  });

export const previewQuery = z.object({
  requirements: requirements.optional().describe('To be tried, in place of those that hold.'),
  rank: rank.optional().describe('To be tried, in place of the one that holds.'),
  pool: z
    .string()
    .min(1, 'must be the name of a pool')
    .max(NAME_MAX_LENGTH, `must have at most ${NAME_MAX_LENGTH} characters`)
    .optional()
    .describe("Absent: the installation's."),
});

export type PlacedFunction = z.output<typeof placedFunctionSchema>;
export type PreviewQuery = z.output<typeof previewQuery>;
