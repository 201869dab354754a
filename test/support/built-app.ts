import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ChildService } from './child-service.js';

/** Tests and benches run from the repository's root, as npm runs scripts. */
const REPOSITORY = process.cwd();

/** Variables of whoever runs the tests that would make an app under test another than the test means. */
const NOT_INHERITED = /^(NIGHTJAR_|npm_|NODE_OPTIONS$|REDIS_URL$|DATABASE_URL$|PORT$|LOG_LEVEL$|OTEL_)/i;

/**
 * Starts a compiled app as a process of its own.
 * @param settings environment variables; nothing of Nightjar's is inherited but these
 * @throws {Error} when it is not built
 */
export function startBuiltApp(
  app: 'management' | 'worker',
  settings: NodeJS.ProcessEnv,
  logFile: string,
): ChildService {
  const main = join(REPOSITORY, 'dist/apps', app, 'src/main.js');
  if (!existsSync(main))
    throw new Error(`${main} is missing: run \`npm run build\` first (\`npm test\` does)`);
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  return ChildService.start({
    name: app,
    command: process.execPath,
    args: ['--enable-source-maps', main],
    env: { ...Object.fromEntries(inherited), ...settings },
    cwd: REPOSITORY,
    logFile,
  });
}
