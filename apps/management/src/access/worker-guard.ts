import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SETTINGS, type Settings } from '../config.js';
import { sameSecret } from './keys.js';
import { bearerTokenOf } from './presented-key.js';

/** Stands before routes that are for workers: `Authorization: Bearer <worker key>`. */
@Injectable()
export class WorkerGuard implements CanActivate {
  constructor(@Inject(SETTINGS) private readonly settings: Pick<Settings, 'workerKey'>) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (sameSecret(bearerTokenOf(headers) ?? '', this.settings.workerKey)) return true;
    throw new UnauthorizedException('The worker key is missing or wrong: send it as a bearer token.');
  }
}
