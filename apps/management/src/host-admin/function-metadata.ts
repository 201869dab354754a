import { z } from 'zod';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import { httpDeclarationOf, pathBelowApp } from '../catalogue/http-declaration.js';

/** Of a function as Azure's host describes it. Links to files are left out: a package is never changed in place. */
export const functionMetadataSchema = z.object({
  name: z.string(),
  href: z.string().describe('This very description.'),
  invoke_url_template: z.string().nullable().describe('Of a function with an HTTP trigger.'),
  language: z.string(),
  config: z.record(z.string(), z.unknown()).describe('As function.json has it.'),
  isDisabled: z.boolean(),
  isDirect: z.boolean(),
  isProxy: z.boolean(),
});

export type FunctionMetadata = z.output<typeof functionMetadataSchema>;

/** @param origin of the address that the client itself used: `https://host:port` */
export function functionMetadata(
  version: AppVersion,
  definition: FunctionDefinition,
  origin: string,
): FunctionMetadata {
  const http = httpDeclarationOf(definition);
  const { name, bindings, scriptFile, entryPoint, disabled } = definition;
  return {
    name,
    href: `${origin}/apps/${version.appName}/admin/functions/${name}`,
    invoke_url_template: http ? origin + pathBelowApp(version, http.route) : null,
    language: 'node',
    config: { name, bindings, scriptFile, entryPoint, disabled },
    isDisabled: disabled,
    isDirect: definition.programmingModel === 'v4',
    isProxy: false,
  };
}
