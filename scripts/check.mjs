import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { allChecks, missingScripts } from './check/checks.mjs';
import { runChecks } from './check/run-check.mjs';
import { bootstrap } from './setup/bootstrap.mjs';

// `npm run check`: everything that can be said of the sources without running them. All checks run, whatever fails.

/** More at once would only make each slower, and needs about 1 GB of memory each. */
const AT_MOST_AT_ONCE = 3;

await bootstrap(fileURLToPath(import.meta.url));
process.exitCode = await check();

async function check() {
  const checks = allChecks();
  const missing = missingScripts(checks);
  if (missing.length > 0) throw new Error(`Checks are missing: ${missing.join(', ')}`);
  const results = await runChecks(checks, Math.min(AT_MOST_AT_ONCE, availableParallelism()));
  for (const { name, output } of results.filter(({ passed }) => !passed)) {
    console.log(`── ${name} ${'─'.repeat(Math.max(0, 76 - name.length))}\n${output}\n`);
  }
  for (const result of results) console.log(rowOf(result));
  return results.every(({ passed }) => passed) ? 0 : 1;
}

/** @param {import('./check/run-check.mjs').CheckResult} result */
function rowOf({ name, passed, seconds }) {
  return `${passed ? 'passed' : 'FAILED'}  ${name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s`;
}
