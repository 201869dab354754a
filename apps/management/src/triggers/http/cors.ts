import type { IncomingHttpHeaders } from 'node:http';
import { corsSchema } from '#shared/contracts/cors-config.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { AppVersion, CorsConfig } from '#shared/domain/function-app.js';
import type { AppSettings } from '../../catalogue/trigger-settings.js';
import { empty, withHeaders, type PlainResponse } from './function-response.js';

type Headers = PlainResponse['headers'];

/** The app settings that Azure's host goes by where it answers for CORS itself: a JSON list, and true or false. */
const ORIGINS_SETTING = 'WEBSITE_CORS_ALLOWED_ORIGINS';
const CREDENTIALS_SETTING = 'WEBSITE_CORS_SUPPORT_CREDENTIALS';

/** A browser asks again after this; longer ones browsers cut down by themselves. Seconds. */
const PREFLIGHT_KEPT_SECONDS = 600;

/**
 * Which origins may call an app: its settings say it where they say anything, else its host.json. Null: CORS is the functions' own
 * business. Throws `InvalidInputError` for a setting that is none.
 */
export function corsOf({ host }: Pick<AppVersion, 'host'>, settings: AppSettings): CorsConfig | null {
  const origins = settings.get(ORIGINS_SETTING.toLowerCase());
  const rules =
    origins === undefined || origins.trim() === '' ? host.http.cors : fromSettings(origins, settings);
  return rules && rules.allowedOrigins.length > 0 ? rules : null;
}

/** What every answer to a page of this origin has; nothing for one that is not allowed, and the browser keeps the answer from it. */
export function corsHeaders(cors: CorsConfig, origin: string | undefined): Headers {
  if (cors.allowedOrigins.includes('*')) return [['access-control-allow-origin', '*']];
  // Also without an origin: a cache must not give that answer to a page.
  const varied = ['vary', 'Origin'] as const;
  if (origin === undefined || !cors.allowedOrigins.includes(origin.toLowerCase())) return [varied];
  const allowed = [['access-control-allow-origin', origin], varied] as const;
  return cors.supportCredentials ? [...allowed, ['access-control-allow-credentials', 'true']] : allowed;
}

/** What a browser asks before it sends a page's request; null when the request is no such question. */
export function preflightOf(headers: IncomingHttpHeaders): { origin: string; method: string } | null {
  const { origin } = headers;
  const method = headers['access-control-request-method'];
  return typeof origin === 'string' && typeof method === 'string'
    ? { origin, method: method.toUpperCase() }
    : null;
}

/** Any method and header goes, as in Azure: routes and keys decide. The function is not asked. */
export function preflightAnswer(cors: CorsConfig, headers: IncomingHttpHeaders): PlainResponse {
  const shared = corsHeaders(cors, headers.origin);
  const answer = withHeaders(empty(204), shared);
  if (!shared.some(([name]) => name === 'access-control-allow-origin')) return answer;
  const method = headers['access-control-request-method'];
  const asked = headers['access-control-request-headers'];
  return withHeaders(answer, [
    ['access-control-allow-methods', String(method)],
    ...(typeof asked === 'string' ? [['access-control-allow-headers', asked] as const] : []),
    ['access-control-max-age', String(PREFLIGHT_KEPT_SECONDS)],
  ]);
}

function fromSettings(origins: string, settings: AppSettings): CorsConfig {
  const credentials = settings.get(CREDENTIALS_SETTING.toLowerCase()) ?? 'false';
  const parsed = corsSchema.safeParse({
    allowedOrigins: listOf(origins),
    supportCredentials: credentials.trim().toLowerCase() === 'true',
  });
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'is not right' };
  throw new InvalidInputError(
    `The app settings ${ORIGINS_SETTING} and ${CREDENTIALS_SETTING} are not right: ${path.join('.')} ${message}.`,
  );
}

function listOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A list as local.settings.json has it: "https://a.example,https://b.example".
    return text.split(',');
  }
}
