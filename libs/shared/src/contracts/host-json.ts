import { z } from 'zod';
import type { HostConfig } from '../domain/function-app.js';
import { corsSchema } from './cors-config.js';
import { checkJsonFile, jsonOf } from './function-json-file.js';
import { retrySchema } from './function-json-retry.js';
import { withOverrides } from './host-json-overrides.js';
import { parseTimeSpanMs } from '../domain/time-span.js';

/** Azure's own default depends on the plan; half an hour is that of its plans without a hard limit. */
const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 30 * 60;

const TIMEOUT_MESSAGE = 'must be a time span "hh:mm:ss" longer than zero, or "-1" for no limit';

const functionTimeoutSchema = z
  .union([z.string(), z.literal(-1)], TIMEOUT_MESSAGE)
  .transform((value, context): number | null => {
    if (value === -1 || value.trim() === '-1') return null;
    const milliseconds = parseTimeSpanMs(value);
    if (milliseconds !== null && milliseconds > 0) return milliseconds / 1000;
    context.addIssue({ code: 'custom', message: TIMEOUT_MESSAGE });
    return z.NEVER;
  });

const limitSchema = z
  .int('must be a whole number: 1 or more, or -1 for no limit')
  .refine((limit) => limit === -1 || limit > 0, 'must be 1 or more, or -1 for no limit')
  .transform((limit) => (limit === -1 ? null : limit));

const ROUTE_PREFIX = /^[A-Za-z0-9\-._~/]*$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A line break in a header's value would begin another header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const httpSchema = z.looseObject(
  {
    routePrefix: z
      .string('must be a string, "" for none')
      .regex(ROUTE_PREFIX, 'must be a path of letters, digits and "-._~/" only, without parameters')
      .transform((prefix) => prefix.replace(/^\/+|\/+$/g, ''))
      .default('api'),
    maxConcurrentRequests: limitSchema.default(null),
    maxOutstandingRequests: limitSchema.default(null),
    customHeaders: z
      .record(
        z.string().regex(HEADER_NAME, 'is not a name that an HTTP header can have'),
        z
          .string('must be a string')
          .regex(HEADER_VALUE, 'must not hold line breaks or other control characters'),
        'must be an object of header names and values',
      )
      .default({}),
    cors: corsSchema.optional(),
  },
  'must be an object',
);

const LOG_LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;

const logLevelSchema = z
  .string('must be one of Trace, Debug, Information, Warning, Error, Critical, None')
  .transform((level) => level.toLowerCase())
  .pipe(z.enum(LOG_LEVELS, 'must be one of Trace, Debug, Information, Warning, Error, Critical, None'));

const hostJsonSchema = z.looseObject(
  {
    version: z.literal('2.0', 'must be "2.0" (write "version": "2.0")'),
    functionTimeout: functionTimeoutSchema.default(DEFAULT_FUNCTION_TIMEOUT_SECONDS),
    retry: retrySchema.optional(),
    extensions: z.looseObject({ http: httpSchema.prefault({}) }, 'must be an object').prefault({}),
    logging: z
      .looseObject(
        {
          logLevel: z
            .record(z.string(), logLevelSchema, 'must be an object of categories and levels')
            .default({}),
        },
        'must be an object',
      )
      .prefault({}),
  },
  'must hold a JSON object',
);

/**
 * Reads a `host.json`. Keys that Nightjar does not know are passed over, as Azure does.
 * Throws `InvalidInputError` that names the field and what is allowed there.
 * @param settings the app's settings: `AzureFunctionsJobHost__a__b` stands instead of `a.b` in the file
 */
export function parseHostJson(text: string, settings: Readonly<Record<string, string>> = {}): HostConfig {
  const json = withOverrides(jsonOf('host.json', text), settings);
  const { functionTimeout, retry, extensions, logging } = checkJsonFile('host.json', json, hostJsonSchema);
  const { routePrefix, maxConcurrentRequests, maxOutstandingRequests, customHeaders, cors } = extensions.http;
  return {
    functionTimeoutSeconds: functionTimeout,
    retry,
    http: {
      routePrefix,
      maxConcurrentRequests,
      maxOutstandingRequests,
      customHeaders,
      ...(cors && { cors }),
    },
    logLevels: logging.logLevel,
  };
}
