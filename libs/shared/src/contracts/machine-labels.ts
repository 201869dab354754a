import { z } from 'zod';

const LABELS_MAX = 32;
const NAME = '[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?';
const VALUE = '([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?';
const name = new RegExp(`^${NAME}$`);
const value = new RegExp(`^${VALUE}$`);

const labelValue = z
  .string()
  .regex(
    value,
    'must be at most 63 letters, digits, ".", "_" or "-", and begin and end with a letter or digit',
  );

/** Labels of a machine as they are sent. A name may stand alone: its value is then empty. */
export const machineLabelsSchema = z
  .record(z.string(), labelValue)
  .refine(
    (labels) => Object.keys(labels).length <= LABELS_MAX,
    `must be at most ${LABELS_MAX} labels: remove some`,
  )
  .superRefine((labels, context) => {
    // By hand: what zod says of a wrong key does not say the rule.
    for (const wrong of Object.keys(labels).filter((one) => !name.test(one))) {
      const message = 'a label’s name must be 1 to 63 lower-case letters, digits, ".", "_" or "-"';
      context.addIssue({ code: 'custom', path: [wrong], message });
    }
  });

/** `name=value`, or a name alone: what a filter names. */
export const labelFilterSchema = z
  .string()
  .regex(
    new RegExp(`^${NAME}(=${VALUE})?$`),
    'must be a label that a machine can have: name or name=value, each at most 63 characters',
  );

/** Whether a machine has the label that `name=value` or `name` asks for. */
export function hasLabel(labels: Readonly<Record<string, string>>, filter: string): boolean {
  const at = filter.indexOf('=');
  if (at < 0) return Object.hasOwn(labels, filter);
  return labels[filter.slice(0, at)] === filter.slice(at + 1);
}
