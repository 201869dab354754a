import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOperation,
  ApiPayloadTooLargeResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { STREAMED_BODY } from '../../http/body-parsing.js';
import { InputFiles } from './input-files.js';

const storedFileView = z.object({
  digest: z.string().describe('sha256 of the content: what a definition names the file by.'),
  sizeBytes: z.number().int(),
});

type StoredFileView = z.infer<typeof storedFileView>;

/** Files for the inputs of definitions. */
@ApiTags('batches')
@Controller('api/v1/files')
export class InputFilesController {
  constructor(private readonly files: InputFiles) {}

  @Post()
  @HttpCode(201)
  @RouteConfig(STREAMED_BODY)
  @ApiOperation({
    summary: 'Store a file that batch definitions can name as their input.',
    description:
      'The body is the file, streamed and kept as it is: JSON Lines or CSV (how to read that stands in the definition). The same ' +
      'content twice is one file. A file that no definition and no run names is removed after unusedFileDays.',
  })
  @ApiConsumes('application/x-ndjson', 'text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' }, required: true })
  @ApiCreatedResponse({ standardSchema: storedFileView })
  @ApiBadRequestResponse({ description: 'The file has nothing but blank lines, or more than maxInputItems.' })
  @ApiPayloadTooLargeResponse({ description: 'The file is over maxInputBytes.' })
  async store(@Req() request: FastifyRequest): Promise<StoredFileView> {
    const { digest, sizeBytes } = await this.files.storeUpload(request.raw);
    return { digest, sizeBytes };
  }
}
