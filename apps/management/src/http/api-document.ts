import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI document of everything that controllers serve. Connects to nothing. */
export function buildApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Nightjar')
    .setDescription(
      'The API of a Nightjar installation. Functions themselves are called by their own routes, below `/api` and ' +
        '`/apps/{app}/api`. Errors are answered as `{"error":{"code","message","details"}}`.',
    )
    .setVersion('1')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-functions-key' }, 'key')
    .addBasicAuth({ type: 'http', scheme: 'basic' }, 'password')
    .addSecurityRequirements('key')
    .addSecurityRequirements('password')
    .build();
  return SwaggerModule.createDocument(app, config);
}
