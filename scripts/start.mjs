import { once as eventOnce } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { takeLock } from './services/folder-lock.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository } from './setup/repository.mjs';
import { Installation } from './start/installation.mjs';
import { interruption, Interrupted } from './start/interruption.mjs';
import { startSettings } from './start/start-settings.mjs';

// `npm start`: everything from a fresh clone to a served, filled Nightjar. With --once it ends after the first run.

const EXIT_INTERRUPTED = 130;
/** A Ctrl-C also ends a compiler of ours; its signal is seen here only after the compiler's failure. */
const SIGNAL_ARRIVES_WITHIN_MS = 20;

await bootstrap(fileURLToPath(import.meta.url));
process.exit(await start(process.argv.slice(2)));

/** @param {string[]} args @returns {Promise<number>} the exit code */
async function start(args) {
  const unknown = args.find((arg) => arg !== '--once');
  if (unknown !== undefined) {
    console.error(`There is no option ${unknown}; --once ends after the first run`);
    return 2;
  }
  try {
    return await startLocked(startSettings(process.env), args.includes('--once'));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

/** @param {import('./start/start-settings.mjs').StartSettings} settings @param {boolean} once */
async function startLocked(settings, once) {
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  const lock = await takeLock(join(settings.dataFolder, 'start.lock'));
  if ('heldBy' in lock) {
    throw new Error(
      `Nightjar already runs with the data in ${settings.dataFolder} (${lock.heldBy}). ` +
        'End it first, or set NIGHTJAR_DATA_DIR to another folder.',
    );
  }
  try {
    return await run(settings, once);
  } finally {
    lock.release();
  }
}

/** @param {import('./start/start-settings.mjs').StartSettings} settings @param {boolean} once */
async function run(settings, once) {
  const installation = new Installation(settings);
  const interrupted = interruption(() => installation.kill());
  try {
    if (await build()) console.log('Built.');
    interrupted.throwIfAborted();
    const { managementUrl } = await installation.start(interrupted);
    if (!once) installation.keepServing();
    await showAround(managementUrl, installation, AbortSignal.any([interrupted, installation.failed]));
    if (once) return 0;
    console.log('\nServing until Ctrl-C.');
    if (!interrupted.aborted) await eventOnce(interrupted, 'abort');
    return 0;
  } catch (error) {
    return await reported(error, { interrupted, installation });
  } finally {
    console.log('Stopping …');
    await installation.stop();
  }
}

/**
 * The newcomer's way through it, by the compiled code of the `nightjar` command.
 * @param {string} managementUrl
 * @param {Installation} installation
 * @param {AbortSignal} signal
 */
async function showAround(managementUrl, installation, signal) {
  const folder = inRepository('dist/apps/cli/src/first-run');
  const { firstRun } = await import(join(folder, 'first-run.js'));
  const { summaryLines } = await import(join(folder, 'summary.js'));
  const result = await firstRun({
    managementUrl,
    adminKey: installation.settings.adminKey,
    examplesFolder: inRepository('examples'),
    isInteractive: process.stdout.isTTY === true,
    signal,
  });
  const lines = summaryLines(result, { managementUrl, database: installation.database });
  console.log(`\n${lines.join('\n')}`);
}

/**
 * @param {unknown} error
 * @param {{ interrupted: AbortSignal, installation: Installation }} context
 */
async function reported(error, { interrupted, installation }) {
  await sleep(SIGNAL_ARRIVES_WITHIN_MS);
  if (interrupted.aborted) {
    console.error(interrupted.reason instanceof Interrupted ? interrupted.reason.message : 'Interrupted');
    return EXIT_INTERRUPTED;
  }
  // A request that broke off because a service died says less than the service's death.
  const cause = installation.failed.aborted ? installation.failed.reason : error;
  console.error(cause instanceof Error ? cause.message : cause);
  console.error(`The logs are in ${installation.settings.logsFolder}`);
  return 1;
}
