import { z } from 'zod';
import type { Binding } from '../domain/function-app.js';

const DIRECTIONS = ['in', 'out', 'inout'] as const;
const DIRECTION_MESSAGE = 'must be "in", "out" or "inout"';

/** One binding as a person or a language worker wrote it: every setting of its kind is kept as it stands. */
const plainBindingSchema = z.looseObject(
  {
    name: z.string('must be a string').min(1, 'must not be empty'),
    type: z.string('must be a string').min(1, 'must not be empty'),
    // Azure takes words in any case, and a binding without a direction for an input.
    direction: z
      .string(DIRECTION_MESSAGE)
      .transform((direction) => direction.toLowerCase())
      .pipe(z.enum(DIRECTIONS, DIRECTION_MESSAGE))
      .default('in'),
  },
  'must be an object with "type", "direction" and "name"',
);

const AUTH_LEVELS = ['anonymous', 'function', 'admin'] as const;
const AUTH_LEVEL_MESSAGE = 'must be "anonymous", "function" or "admin"';

/** What a trigger can't be without, or what would only fail when it fires, by type in lower case. */
const triggerSchemas: Readonly<Record<string, z.ZodType>> = {
  httptrigger: z.looseObject({
    authLevel: z
      .string(AUTH_LEVEL_MESSAGE)
      .transform((level) => level.toLowerCase())
      .pipe(z.enum(AUTH_LEVELS, AUTH_LEVEL_MESSAGE))
      .nullish(),
    methods: z
      .array(
        z.string('must be a string').regex(/^[A-Za-z]+$/, 'must be an HTTP method, for example "get"'),
        'must be an array of HTTP methods',
      )
      .nullish(),
    route: z.string('must be a string').nullish(),
  }),
  timertrigger: z.looseObject({
    schedule: z
      .string('must be an NCRONTAB expression, for example "0 30 2 * * *"')
      .min(1, 'must not be empty'),
  }),
  queuetrigger: z.looseObject({
    queueName: z.string("must be a queue's name").min(1, 'must not be empty'),
  }),
};

const CARDINALITY_MESSAGE = 'must be "one" or "many"';

const anyTriggerSchema = z.looseObject({
  direction: z.literal('in', 'must be "in": it is a trigger'),
  cardinality: z
    .string(CARDINALITY_MESSAGE)
    .regex(/^(one|many)$/i, CARDINALITY_MESSAGE)
    .nullish(),
});

/** A binding; of triggers that Nightjar fires itself also what they need. */
export const bindingSchema = plainBindingSchema
  .superRefine((binding, context) => {
    const type = binding.type.toLowerCase();
    if (!type.endsWith('trigger')) return;
    for (const schema of [anyTriggerSchema, triggerSchemas[type]]) {
      for (const issue of schema?.safeParse(binding).error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
      }
    }
  })
  // It came out of JSON, so what it holds besides is JSON.
  .transform((binding) => binding as Binding);

/** A function's bindings: names once each, exactly one trigger, which comes first in the result. */
export const bindingsSchema = z
  .array(bindingSchema, 'must be an array of bindings')
  .superRefine((bindings, context) => {
    for (const message of [...doubleNames(bindings), ...triggerProblems(bindings)]) {
      context.addIssue({ code: 'custom', message });
    }
  })
  .transform((bindings) => [...bindings.filter(isTrigger), ...bindings.filter((one) => !isTrigger(one))]);

function isTrigger(binding: Binding): boolean {
  return binding.type.toLowerCase().endsWith('trigger');
}

function doubleNames(bindings: readonly Binding[]): string[] {
  const names = bindings.map(({ name }) => name.toLowerCase());
  const twice = bindings.filter(({ name }, index) => names.indexOf(name.toLowerCase()) !== index);
  return twice.map(({ name }) => `must not have the name "${name}" twice`);
}

function triggerProblems(bindings: readonly Binding[]): string[] {
  const triggers = bindings.filter(isTrigger);
  if (triggers.length === 1) return [];
  if (triggers.length === 0) return ['must have a trigger: a binding whose "type" ends in "Trigger"'];
  const found = triggers.map(({ name, type }) => `"${name}" (${type})`).join(', ');
  return [`must have one trigger only, but there are ${triggers.length}: ${found}`];
}
