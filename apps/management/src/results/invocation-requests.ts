import { z } from 'zod';
import { pageLimit } from '../http/input-pipe.js';
import { INVOCATION_STATES } from './invocation-views.js';

export const invocationIdSchema = z.object({
  id: z.uuid('must be the id of an invocation (a UUID)'),
});

export const invocationListSchema = z.object({
  app: z.string().optional().describe('Only those of this function app.'),
  function: z.string().optional().describe('Only those of functions with this name.'),
  state: z.enum(INVOCATION_STATES, `must be one of ${INVOCATION_STATES.join(', ')}`).optional(),
  limit: pageLimit(100),
  after: z
    .uuid('must be what "next" of the page before says')
    .optional()
    .describe('"next" of the page before; absent for the first page.'),
});

export type InvocationId = z.infer<typeof invocationIdSchema>;
export type InvocationListQuery = z.infer<typeof invocationListSchema>;
