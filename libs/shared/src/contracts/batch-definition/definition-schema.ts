import { z } from 'zod';
import {
  BATCH_WEEKDAYS,
  CALENDAR_USES,
  DEPENDENCY_CONDITIONS,
  MISFIRE_POLICIES,
  NOTIFIED_EVENTS,
  OVERLAP_POLICIES,
} from '../../domain/batch-definition.js';
import {
  anyBetween,
  between,
  definedName,
  fields,
  flag,
  list,
  oneOf,
  text,
  timeOfDay,
  zoneName,
} from './fields.js';
import { batchInputSchema } from './input-schema.js';
import { expressionSchema, scheduleSchema } from './spoken-fields.js';

const DAY_SECONDS = 24 * 3600;
const MOST_ITEMS = 1_000_000_000;

const window = fields({
  start: timeOfDay,
  end: timeOfDay,
  timeZone: zoneName,
  weekdays: list(oneOf(BATCH_WEEKDAYS), 1, 7).optional(),
});

const errorTypes = list(text(1, 255), 1, 100);

const retry = fields({
  attempts: between(1, 100, 'tries altogether'),
  backoff: oneOf(['fixed', 'exponential']),
  delaySeconds: anyBetween(0, DAY_SECONDS, 'seconds'),
  maxDelaySeconds: anyBetween(0, DAY_SECONDS, 'seconds').optional(),
  jitter: anyBetween(0, 1, 'share of the delay').optional(),
  on: errorTypes.optional(),
  notOn: errorTypes.optional(),
});

const percent = anyBetween(0, 100, 'percent').optional();
const items = between(0, MOST_ITEMS, 'items').optional();

const failureThreshold = fields({ items, percent, warnItems: items, warnPercent: percent });

const concurrencyLimit = fields({
  run: between(1, 100_000, 'items at once').optional(),
  key: fields({ name: definedName, limit: between(1, 100_000, 'items at once') }).optional(),
});

const dependency = fields({
  batch: definedName,
  app: text(1, 60).toLowerCase().optional(),
  when: oneOf(DEPENDENCY_CONDITIONS),
});

const urlRule = 'must be a URL that begins with http:// or https://';
const webhook = fields({
  url: z.url({ protocol: /^https?$/, error: urlRule }).max(2048, 'must have at most 2048 characters'),
  secretName: definedName.optional(),
});

const email = z.email('must be an e-mail address');

/** Those who may be notified, each by itself. */
export const receiverFields = { webhook, email };

/** Also the form of the installation's own. */
export const notificationsSchema = fields({
  webhooks: list(webhook, 1, 20).optional(),
  emails: list(email, 1, 100).optional(),
  on: list(oneOf(NOTIFIED_EVENTS), 1, NOTIFIED_EVENTS.length),
  afterFailures: between(1, 1000, 'failures in a row').optional(),
});

const retention = fields({
  days: anyBetween(0.01, 36_500, 'days').optional(),
  runs: between(1, 1_000_000, 'runs').optional(),
});

/** A batch as a client sends it, defaults filled in, each field checked by itself. */
export const batchDefinitionSchema = fields({
  name: definedName,
  app: text(1, 60).toLowerCase(),
  function: text(1, 128),
  input: batchInputSchema,
  schedule: scheduleSchema.optional(),
  window: window.optional(),
  timeZone: zoneName.optional(),
  calendar: definedName.optional(),
  on: oneOf(CALENDAR_USES).optional(),
  deadline: timeOfDay.optional(),
  pool: definedName.optional(),
  requirements: expressionSchema('requirements').optional(),
  rank: expressionSchema('rank').optional(),
  priority: between(-100, 100, 'more is sooner').default(0),
  concurrencyLimit: concurrencyLimit.optional(),
  rateLimit: fields({ itemsPerSecond: anyBetween(0.001, 1_000_000, 'items per second') }).optional(),
  retry: retry.optional(),
  failureThreshold: failureThreshold.optional(),
  dependsOn: list(dependency, 1, 100).optional(),
  notify: notificationsSchema.optional(),
  misfire: oneOf(MISFIRE_POLICIES).default('runOnce'),
  catchUpSeconds: between(1, 366 * DAY_SECONDS, 'seconds').optional(),
  overlap: oneOf(OVERLAP_POLICIES).default('skip'),
  carryOver: flag.default(true),
  pauseOnFailure: flag.default(false),
  retention: retention.optional(),
});
