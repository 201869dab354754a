import {
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS, type Settings } from '../config.js';
import { KeyRing } from './key-ring.js';
import { sameSecret } from './keys.js';
import { OPEN_TO_ALL } from './open-to-all.decorator.js';
import { adminKeyOf } from './presented-key.js';
import { isForeignBrowserWrite, namesThisMachine } from './request-origin.js';

/**
 * Stands before every controller that does not say `@OpenToAll()`. With an admin key in the settings it asks for that key or
 * the master key; without one Nightjar listens on this machine only, and requests must be meant for it.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly keys: KeyRing,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const isOpen = this.reflector.getAllAndOverride<boolean | undefined>(OPEN_TO_ALL, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isOpen) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (isForeignBrowserWrite(request)) {
      throw new ForbiddenException('A page of another site may not change anything here.');
    }
    if (this.settings.adminKey === undefined) return this.admitLocal(request);
    return this.admitByKey(request, http.getResponse<FastifyReply>());
  }

  private admitLocal(request: FastifyRequest): true {
    if (namesThisMachine(request)) return true;
    throw new ForbiddenException(
      'Without the setting adminKey only requests to localhost or 127.0.0.1 are served.',
    );
  }

  private admitByKey(request: FastifyRequest, reply: FastifyReply): true {
    const presented = adminKeyOf(request.headers);
    if (presented !== undefined && this.isAdminKey(presented)) return true;
    // A browser asks its user for the password then; deployment clients send theirs on the second try.
    void reply.header('www-authenticate', 'Basic realm="Nightjar", charset="UTF-8"');
    throw new UnauthorizedException(
      'Send the admin key or the master key: as x-functions-key, or as the password of Basic authentication.',
    );
  }

  private isAdminKey(presented: string): boolean {
    return sameSecret(presented, this.settings.adminKey ?? '') || this.keys.isMasterKey(presented);
  }
}
