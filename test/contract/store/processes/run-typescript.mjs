import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

/**
 * Lets a child process of a test run the sources without a build: `node --import ./run-typescript.mjs file.ts`, from the
 * repository's root.
 */
const SHARED = pathToFileURL(join(process.cwd(), 'libs/shared/src/')).href;

function sourceOf(specifier, parentUrl) {
  if (specifier.startsWith('#shared/'))
    return SHARED + specifier.slice('#shared/'.length).replace(/\.js$/, '.ts');
  const isOurs = parentUrl?.endsWith('.ts') && specifier.startsWith('.') && specifier.endsWith('.js');
  return isOurs ? new URL(specifier.replace(/\.js$/, '.ts'), parentUrl).href : null;
}

registerHooks({
  resolve(specifier, context, next) {
    const url = sourceOf(specifier, context.parentURL);
    return url ? { url, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', target: 'es2024', sourcemap: 'inline' });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
