import { existsSync, readdirSync } from 'node:fs';
import { inRepository } from '../setup/repository.mjs';

/** @typedef {{ name: string, script: string, args: string[] }} Check a script that Node runs; exit code 0 is passed */

/**
 * All checks, the slowest first: they run side by side.
 * @returns {Check[]}
 */
export function allChecks() {
  return [
    tool('lint', 'eslint/bin/eslint.js', '--max-warnings', '0', '.'),
    tool(
      'types',
      'typescript/bin/tsc',
      '--noEmit',
      '-p',
      'tsconfig.json',
      '--tsBuildInfoFile',
      'dist/check.tsbuildinfo',
    ),
    tool('types of scripts', 'typescript/bin/tsc', '-p', 'scripts/tsconfig.json'),
    tool('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    tool('unused code', 'knip/bin/knip.js'),
    tool('import rules', 'dependency-cruiser/bin/dependency-cruise.mjs', ...CRUISE),
    ...generatedFileChecks(),
  ];
}

const CRUISE = ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test'];

/**
 * @param {string} name
 * @param {string} script inside node_modules
 * @param {string[]} args
 * @returns {Check}
 */
function tool(name, script, ...args) {
  return { name, script: inRepository('node_modules', script), args };
}

/** Each `scripts/generate-….mjs` says with --check whether what it once wrote is still what it would write. */
function generatedFileChecks() {
  return readdirSync(inRepository('scripts'))
    .filter((file) => /^generate-.+\.mjs$/.test(file))
    .map((file) => ({
      name: `generated: ${file.slice('generate-'.length, -'.mjs'.length)}`,
      script: inRepository('scripts', file),
      args: ['--check'],
    }));
}

/** @param {Check[]} checks @returns {string[]} scripts that are not there: a check that can't run has not passed */
export function missingScripts(checks) {
  return checks.map(({ script }) => script).filter((script) => !existsSync(script));
}
