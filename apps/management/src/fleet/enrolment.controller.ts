import { Body, Controller, Get, HttpCode, Inject, Post, Req, UnauthorizedException } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ENROLMENT_ROUTE, enrolmentRequestSchema, type EnrolmentBody } from '#shared/contracts/worker-api.js';
import { ConflictError } from '#shared/domain/errors.js';
import type { EnrolmentToken } from '#shared/domain/fleet.js';
import { newId } from '#shared/domain/ids.js';
import { EnrolmentStore } from '#shared/store/enrolment-store.js';
import { hashOf, newKey } from '../access/keys.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';
import { callerOf } from '../access/presented-key.js';
import { SETTINGS, type Settings } from '../config.js';
import { inputPipe } from '../http/input-pipe.js';

const newTokenSchema = z.object({
  note: z.string().max(200, 'must have at most 200 characters').default('').describe('What it is for.'),
});

const tokenView = z.object({
  id: z.uuid(),
  note: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
  machineId: z.string().nullable().describe('The machine that used it.'),
});

const madeTokenView = z.object({ id: z.uuid(), token: z.string(), expiresAt: z.iso.datetime() });
const tokenListView = z.object({ tokens: z.array(tokenView) });

type NewToken = z.output<typeof newTokenSchema>;
type MadeToken = z.output<typeof madeTokenView>;
type TokenList = z.output<typeof tokenListView>;

/** How a machine gets a key of its own: an administrator makes a token, the worker exchanges it. */
@ApiTags('machines')
@Controller()
export class EnrolmentController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'enrolmentTokenSeconds'>,
    private readonly enrolment: EnrolmentStore,
  ) {}

  @Post('api/v1/enrolment-tokens')
  @ApiOperation({
    summary:
      'Makes a token with which one worker can enrol, once and soon. It is in this answer and nowhere else.',
  })
  @ApiCreatedResponse({ standardSchema: madeTokenView })
  async makeToken(
    @Body({ schema: newTokenSchema, pipes: [inputPipe] }) { note }: NewToken,
    @Req() request: FastifyRequest,
  ): Promise<MadeToken> {
    const token = newKey();
    const { id, expiresAt } = await this.enrolment.addToken({
      id: newId(),
      hash: hashOf(token).toString('hex'),
      note,
      createdBy: callerOf(request.headers),
      lifetimeSeconds: this.settings.enrolmentTokenSeconds,
    });
    return { id, token, expiresAt: expiresAt.toISOString() };
  }

  @Get('api/v1/enrolment-tokens')
  @ApiOperation({
    summary: 'The newest 1,000 enrolment tokens, without their values, and which machines used them.',
  })
  @ApiOkResponse({ standardSchema: tokenListView })
  async listTokens(): Promise<TokenList> {
    return { tokens: (await this.enrolment.listTokens()).map(toTokenView) };
  }

  @Post(ENROLMENT_ROUTE)
  @OpenToAll()
  @HttpCode(204)
  @ApiOperation({ summary: 'For workers: exchanges a token for a key, of which only the hash is sent.' })
  @ApiNoContentResponse({ description: 'The key is the machine’s from now on.' })
  @ApiUnauthorizedResponse({ description: 'The token is unknown, has expired or was used.' })
  @ApiConflictResponse({ description: 'The machine has a key, which must be revoked first.' })
  async enrol(
    @Body({ schema: enrolmentRequestSchema, pipes: [inputPipe] })
    { token, machineId, keyHash }: EnrolmentBody,
  ): Promise<void> {
    const tokenHash = hashOf(token).toString('hex');
    const result = await this.enrolment.enrol({ tokenHash, machineId, keyHash });
    if (result === 'tokenRefused') {
      throw new UnauthorizedException(
        'The enrolment token is unknown, has expired or was used: make a new one.',
      );
    }
    if (result === 'hasKey') {
      throw new ConflictError(`The machine ${machineId} has a key already: revoke it before it enrols anew.`);
    }
  }
}

function toTokenView(token: EnrolmentToken): z.output<typeof tokenView> {
  return {
    ...token,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    usedAt: token.usedAt?.toISOString() ?? null,
  };
}
