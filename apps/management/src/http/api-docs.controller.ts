import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { NotFoundError } from '#shared/domain/errors.js';
import { ApiDocument } from './api-document-holder.js';

/** Swagger UI comes with @nestjs/swagger. */
const UI_FOLDER = dirname(
  createRequire(import.meta.resolve('@nestjs/swagger')).resolve('swagger-ui-dist/package.json'),
);

const UI_FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Nightjar API</title>
    <link rel="stylesheet" href="/api-docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/api-docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api-docs/swagger-ui-bundle.js"></script>
    <script src="/api-docs/start.js"></script>
  </body>
</html>
`;

const START_SCRIPT = `SwaggerUIBundle({ url: '/api-docs/openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;

/** A script of its own, so that this policy can forbid all others. */
const CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/**
 * The API's documentation as a page. Own routes instead of `SwaggerModule.setup`: these stand behind the same key as the API
 * does, and need no package for static files.
 */
@ApiExcludeController()
@Controller('api-docs')
export class ApiDocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CONTENT_POLICY)
  page(): string {
    return PAGE;
  }

  @Get('openapi.json')
  json(): OpenAPIObject {
    return this.document.get();
  }

  @Get('start.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return START_SCRIPT;
  }

  @Get(':file')
  file(@Param('file') name: string): StreamableFile {
    const type = UI_FILES[name];
    if (type === undefined) throw new NotFoundError('file', name);
    return new StreamableFile(createReadStream(join(UI_FOLDER, name)), { type });
  }
}
