import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { NIGHTJAR_NODE } from '../../../apps/worker/src/containers/language-workers/language-worker-table.js';
import { ENGINE_SETTINGS } from '../../../apps/worker/src/settings/engine-settings.js';
import { keysOfUnit, powerShellProblem, xmlProblem } from './well-formed.js';

/** Tests run from the repository's root, as npm runs scripts. */
const DEPLOY = join(process.cwd(), 'deploy');
const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');
const namesIn = (folder: string, extension: string): string[] =>
  readdirSync(join(DEPLOY, folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`);

/** Every path below dist that a file names must be one that the build makes. */
function expectBuilt(text: string): void {
  const paths = [...text.matchAll(/dist[\\/]apps[\\/][\w\\/.-]+\.js/g)].map(([path]) =>
    path.replaceAll('\\', '/'),
  );
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths)
    expect([path, existsSync(path.replace(/^dist\//, '').replace(/\.js$/, '.ts'))]).toEqual([path, true]);
}

describe('the units of systemd', () => {
  it.each(namesIn('systemd', '.service'))('%s start what is built, confined', (path) => {
    const text = read(path);
    const keys = keysOfUnit(text);
    expectBuilt(text);
    expect(keys.Service?.User).toMatch(/^nightjar/);
    expect(keys.Service).toMatchObject({
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      Restart: 'on-failure',
    });
    expect(keys.Install?.WantedBy).toBe('multi-user.target');
    // A secret in a unit can be read by everybody on the machine.
    expect(text).not.toMatch(/NIGHTJAR_(WORKER|ADMIN)_KEY=/);
  });
});

describe('the slice for containers', () => {
  it('yields to all else, and has a name that the worker takes', () => {
    const [path = ''] = namesIn('systemd', '.slice');
    expect(keysOfUnit(read(path)).Slice).toMatchObject({ CPUWeight: 'idle' });
    const containerCgroupParent = path.replace('systemd/', '');
    expect(z.object(ENGINE_SETTINGS).safeParse({ containerCgroupParent }).success).toBe(true);
  });
});

describe('the definitions of Windows services', () => {
  it.each(namesIn('windows', '.xml'))('%s are XML and start what is built', (path) => {
    const text = read(path);
    expect(xmlProblem(text)).toBeUndefined();
    expectBuilt(text);
    expect(text).toContain(`<id>${path.replace(/^windows\/|\.xml$/g, '')}</id>`);
    const places = new Set([...text.matchAll(/@[A-Z]+@/g)].map(([place]) => place));
    for (const place of places) expect(read('windows/install.ps1')).toContain(`'${place}'`);
  });

  it.each(namesIn('windows', '.ps1'))('%s have their brackets and quotes in pairs', (path) => {
    expect(powerShellProblem(read(path))).toBeUndefined();
  });

  it('installs what is there', () => {
    const script = read('windows/install.ps1');
    expect(script).toContain('"$Name.xml"');
    for (const path of namesIn('windows', '.xml'))
      expect(script).toContain(path.replace(/^windows\/nightjar-|\.xml$/g, ''));
  });
});

interface Compose {
  readonly services: Record<
    string,
    { image: string; command?: string[]; volumes?: string[]; secrets?: string[] }
  >;
  readonly secrets: Record<string, unknown>;
  readonly volumes: Record<string, unknown>;
}

describe('the compose file', () => {
  const text = read('compose/compose.yaml');
  const compose = parse(text, { merge: true }) as Compose;

  it('has management, a worker, Redis and SQL Server', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['management', 'worker', 'redis', 'sql', 'database']),
    );
    for (const { image } of Object.values(compose.services)) expect(image).toMatch(/^[\w./-]+:[\w.-]+$/);
    expectBuilt(text);
  });

  it('names only volumes and secrets that it has', () => {
    for (const { volumes = [], secrets = [] } of Object.values(compose.services)) {
      for (const secret of secrets) expect(compose.secrets).toHaveProperty(secret);
      const named = volumes
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) => /^[a-z]/.test(source));
      for (const volume of named) expect(compose.volumes).toHaveProperty(volume);
    }
  });

  it('holds no secret, and its example names each that it asks for', () => {
    const asked = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name as string);
    for (const name of asked) expect(read('compose/.env.example')).toContain(`${name}=\n`);
  });

  it('mounts the script that makes the database', () => {
    expect(text).toContain('-i /sql/create-database.sql');
    const variables = [...read('sql/create-database.sql').matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
    for (const name of new Set(variables)) expect(text).toContain(`${name}=`);
  });
});

describe('the images', () => {
  it.each([
    ['node-linux.Dockerfile', NIGHTJAR_NODE.linux, '10001:10001'],
    ['node-windows.Dockerfile', NIGHTJAR_NODE.windows, 'ContainerUser'],
  ] as const)('%s has the language worker where workers look for it', (name, platform, user) => {
    const text = read(`images/${name}`);
    const folder = platform?.workerDirectory.replaceAll('\\', '/');
    expect(text).toContain(`COPY dist/language-worker/ ${folder}/`);
    expect(text).toContain(JSON.stringify([platform?.executable]));
    expect([...text.matchAll(/^USER (.+)$/gm)].at(-1)?.[1]).toBe(user);
  });

  it('start what is built', () => {
    expectBuilt(read('images/nightjar.Dockerfile'));
  });
});
