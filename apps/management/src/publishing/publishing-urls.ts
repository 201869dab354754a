import type { FastifyRequest } from 'fastify';
import { InvalidInputError } from '#shared/domain/errors.js';
import { publicOrigin } from '../http/public-origin.js';

/** Where an app's deployments are read, below the address that the client itself used. Throws `InvalidInputError`. */
export function deploymentsUrl(request: FastifyRequest, app: string, trustForwarded: boolean): string {
  const origin = publicOrigin(request.headers, trustForwarded);
  if (origin === null) throw new InvalidInputError('The Host header is not a host.');
  return `${origin}/apps/${app}/api/deployments`;
}
