import { z } from 'zod';

/** The answer to: why is this not running? */
export const whyView = z.object({
  isHeldUp: z.boolean().describe('False: it runs, has ended, or nothing keeps it from running.'),
  message: z.string().describe('All reasons, in words.'),
  reasons: z
    .array(z.object({ code: z.string().describe('For programs.'), message: z.string() }))
    .describe('Those that hold now; those first about which an operator can do the most.'),
});

export type WhyView = z.infer<typeof whyView>;

export function toWhyView(
  answer: Pick<WhyView, 'isHeldUp'> & { readonly reasons: readonly WhyView['reasons'][number][] },
): WhyView {
  const { isHeldUp, reasons } = answer;
  return { isHeldUp, message: reasons.map(({ message }) => message).join(' '), reasons: [...reasons] };
}
