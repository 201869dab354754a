import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inRepository } from '../setup/repository.mjs';

const require = createRequire(import.meta.url);
/** @type {{ forbidden: { name: string, comment: string }[] }} */
const rules = require('../../.dependency-cruiser.cjs');

/** For each rule a file that breaks it, and what it imports. @type {Record<string, [file: string, imported: string]>} */
const VIOLATIONS = {
  'domain-imports-nothing-of-ours': ['libs/shared/src/domain/a.ts', '#shared/store/any.js'],
  'domain-does-no-io': ['libs/shared/src/domain/b.ts', 'fastify'],
  'contracts-import-only-domain': ['libs/shared/src/contracts/a.ts', '#shared/queue/any.js'],
  'store-queue-and-telemetry-are-strangers': ['libs/shared/src/store/a.ts', '../queue/any.js'],
  'library-imports-no-app': ['libs/shared/src/telemetry/a.ts', '../../../../apps/worker/src/any.js'],
  'apps-never-import-apps': ['apps/worker/src/a.ts', '../../management/src/any.js'],
  'production-imports-no-tests': ['apps/worker/src/b.ts', '../../../test/support/any.js'],
  'sql-only-in-store': ['apps/management/src/a.ts', 'kysely'],
  'sqlite-only-in-store': ['apps/management/src/b.ts', 'node:sqlite'],
  'redis-only-in-queue': ['libs/shared/src/queue/a.ts', 'bullmq'],
  'docker-only-in-containers': ['apps/worker/src/containers/process/a.ts', 'dockerode'],
  'grpc-only-in-channel-and-language-worker': ['apps/worker/src/intake/a.ts', '@grpc/grpc-js'],
  'native-calls-only-in-windows-sensors': ['apps/worker/src/intake/b.ts', 'koffi'],
  'icalendar-only-in-holiday-files': ['apps/management/src/batches/b.ts', 'ical.js'],
  'no-nest-in-language-worker': ['apps/language-worker/src/a.ts', '@nestjs/common'],
  'only-triggers-and-batches-dispatch': ['apps/management/src/catalogue/a.ts', '../dispatch/any.js'],
  'catalogue-does-not-know-publishing': ['apps/management/src/catalogue/b.ts', '../publishing/any.js'],
  'dispatch-does-not-know-its-callers': ['apps/management/src/dispatch/a.ts', '../batches/any.js'],
  'triggers-and-batches-are-strangers': ['apps/management/src/triggers/a.ts', '../batches/any.js'],
  'nobody-imports-portal': ['apps/management/src/access/a.ts', '../portal/any.js'],
  'settings-are-for-assembly': ['apps/worker/src/recorder/b.ts', '../settings/any.js'],
  'capacity-is-pure': ['apps/worker/src/capacity/a.ts', '../containers/any.js'],
  'containers-do-not-know-intake': ['apps/worker/src/containers/a.ts', '../intake/any.js'],
  'channel-does-not-know-intake-or-containers': ['apps/worker/src/channel/a.ts', '../containers/any.js'],
  'recorder-knows-nobody': ['apps/worker/src/recorder/a.ts', '../channel/any.js'],
  'packages-know-nobody': ['apps/worker/src/packages/a.ts', '../intake/any.js'],
  'no-circular-imports': ['apps/worker/src/bindings/a.ts', './a.js'],
  'no-unresolvable-imports': ['apps/worker/src/c.ts', '#shared/nowhere/any.js'],
  'no-dev-packages-in-production': ['apps/worker/src/d.ts', 'fast-check'],
};

/** What the files above import. */
const PLACES = [
  ...['store', 'queue', 'domain'].map((room) => `libs/shared/src/${room}`),
  ...['management', 'worker'].map((app) => `apps/${app}/src`),
  ...['dispatch', 'publishing', 'batches', 'portal'].map((room) => `apps/management/src/${room}`),
  ...['containers', 'intake', 'channel', 'settings'].map((room) => `apps/worker/src/${room}`),
  'test/support',
];

describe('the import rules', () => {
  let folder = '';
  /** @type {{ rule: { name: string }, from: string }[]} */
  let found = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-imports-'));
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(inRepository(file), join(folder, file));
    }
    symlinkSync(inRepository('node_modules'), join(folder, 'node_modules'));
    for (const place of PLACES) write(join(folder, place, 'any.ts'), 'export const any = 1;');
    for (const [file, imported] of Object.values(VIOLATIONS)) {
      write(join(folder, file), `import * as imported from '${imported}';\nexport const used = imported;`);
    }
    found = violationsIn(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(rules.forbidden.map(({ name }) => name))('find what breaks %s', (name) => {
    expect(VIOLATIONS).toHaveProperty([name]);
    const files = found.filter(({ rule }) => rule.name === name).map(({ from }) => from);
    expect(files).toContain(VIOLATIONS[name][0]);
  });

  it('each say why', () => {
    for (const { comment } of rules.forbidden) expect(comment.length).toBeGreaterThan(20);
  });
});

/** @param {string} file @param {string} content */
function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** @param {string} folder */
function violationsIn(folder) {
  const tool = inRepository('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [tool, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'test'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith('{')) throw new Error(stderr || stdout);
  return JSON.parse(stdout).summary.violations;
}
