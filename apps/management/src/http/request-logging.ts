import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import type { Settings } from '../config.js';

/**
 * One line per request to the API and to publishing. Calls of functions are not among them: each is a record in SQL already,
 * and at thousands a second a log line would cost more than the call.
 */
const LOGGED_ROUTES = [
  'api/v1/{*rest}',
  'api/zipdeploy',
  'api/deployments/{*rest}',
  'apps/:app/api/zipdeploy',
  'apps/:app/api/deployments/{*rest}',
  'apps/:app/admin/{*rest}',
  'internal/{*rest}',
];

export function loggerParams(settings: Pick<Settings, 'logLevel' | 'logFormat'>): Params {
  return {
    forRoutes: LOGGED_ROUTES,
    pinoHttp: {
      level: settings.logLevel,
      ...(settings.logFormat === 'pretty' ? { transport: { target: 'pino-pretty' } } : {}),
      quietReqLogger: true,
      customLogLevel: levelOf,
      customSuccessMessage: (request, response) =>
        `${request.method} ${pathOf(request)} ${response.statusCode}`,
      customErrorMessage: (request, response) =>
        `${request.method} ${pathOf(request)} ${response.statusCode}`,
      // Headers and query strings hold keys; the method and the path are in the message.
      serializers: { req: () => undefined, res: () => undefined },
    },
  };
}

/** Reading is not worth a line unless it fails; what is wrong inside has been logged as an error by the error filter. */
function levelOf(
  request: IncomingMessage,
  response: ServerResponse,
  error?: Error,
): 'debug' | 'info' | 'warn' {
  if (error || response.statusCode >= 500) return 'warn';
  if (response.statusCode >= 400) return 'info';
  return request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
}

function pathOf(request: IncomingMessage): string {
  const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
  return url.split('?', 1)[0] ?? '';
}
