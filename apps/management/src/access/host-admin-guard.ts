import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SETTINGS, type Settings } from '../config.js';
import { KeyRing } from './key-ring.js';
import { sameSecret } from './keys.js';

/**
 * Azure's level admin, for the runtime's own routes: the master key as `x-functions-key` or `?code=`, the header first; Nightjar's
 * admin key does too. Always asked for, on this machine as well: the keys of functions are. Nothing that a browser would send by
 * itself counts, so that a page of another site can do nothing here.
 */
@Injectable()
export class HostAdminGuard implements CanActivate {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'adminKey'>,
    private readonly keys: KeyRing,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const presented = presentedBy(request);
    if (presented !== undefined && this.opens(presented)) return true;
    throw new UnauthorizedException('Send the master key as x-functions-key.');
  }

  private opens(presented: string): boolean {
    const { adminKey } = this.settings;
    return this.keys.isMasterKey(presented) || (adminKey !== undefined && sameSecret(presented, adminKey));
  }
}

function presentedBy({ headers, query }: FastifyRequest): string | undefined {
  const header = headers['x-functions-key'];
  if (typeof header === 'string' && header !== '') return header;
  const code = (query as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
