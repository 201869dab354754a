import { z } from 'zod';
import { itemListView } from '../run-views.js';

export const itemDetailView = z.object({
  lineNumber: z.number().int(),
  input: z.string().nullable().describe('The line of the input; null when its file is gone.'),
  inputIsCut: z.boolean().describe('The line is longer than what is shown of it.'),
  outcome: itemListView.shape.items.element.nullable().describe('Null while it has none.'),
});

export type ItemDetailView = z.infer<typeof itemDetailView>;
