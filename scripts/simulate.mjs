import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository } from './setup/repository.mjs';

// `npm run simulate [-- --machines N --days D --seed S …]`: a fleet under the capacity policy, from
// seeded traces under a virtual clock. Exit code 1 when an owner was not given way to.

await bootstrap(fileURLToPath(import.meta.url));
process.exitCode = await run(process.argv.slice(2)).catch(failed);

/** @param {string[]} args @returns {Promise<number>} the exit code */
async function run(args) {
  await build();
  const { parseParameters } = await load('parameters');
  const { simulate } = await load('simulation');
  const { reportLines } = await load('report');
  const parameters = parseParameters(args);
  const startedMs = performance.now();
  const result = simulate(parameters);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(reportLines(result).join('\n'));
  console.log(
    `\n${result.ledger.looks.toLocaleString('en-GB')} decisions in ${seconds.toFixed(1)} s on one core`,
  );
  return result.ledger.violationCount === 0 ? 0 : 1;
}

/** @param {string} name of a module of the simulation */
function load(name) {
  return import(pathToFileURL(inRepository(`dist/test/simulation/${name}.js`)).href);
}

/** @param {Error & { details?: readonly string[] }} error */
function failed(error) {
  console.error(error.details ? [error.message, ...error.details].join('\n  ') : error);
  return 1;
}
