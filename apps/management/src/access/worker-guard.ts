import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EnrolmentStore } from '#shared/store/enrolment-store.js';
import { SETTINGS, type Settings } from '../config.js';
import { hashOf, sameSecret } from './keys.js';
import { bearerTokenOf } from './presented-key.js';

/**
 * Stands before routes that are for workers: `Authorization: Bearer <key>`, with the key of an enrolled machine, or with the
 * common worker key while that is accepted. Keys are looked up in SQL at each request, so that a revoked one is refused at once;
 * workers ask seldom.
 */
@Injectable()
export class WorkerGuard implements CanActivate {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'workerKey' | 'acceptCommonWorkerKey'>,
    private readonly enrolment: EnrolmentStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const presented = bearerTokenOf(headers);
    if (presented !== undefined && (this.isCommonKey(presented) || (await this.isMachineKey(presented)))) {
      return true;
    }
    throw new UnauthorizedException(
      'The key of this machine is missing, unknown or revoked: send it as a bearer token, or enrol the machine anew.',
    );
  }

  private isCommonKey(presented: string): boolean {
    const { acceptCommonWorkerKey, workerKey } = this.settings;
    return acceptCommonWorkerKey && workerKey !== undefined && sameSecret(presented, workerKey);
  }

  private async isMachineKey(presented: string): Promise<boolean> {
    return (await this.enrolment.machineOfKey(hashOf(presented).toString('hex'))) !== null;
  }
}
