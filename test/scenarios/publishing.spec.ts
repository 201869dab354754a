import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v4App, type AppFiles } from '../support/app-files.js';
import { queryNumber, queryRows } from '../support/database.js';
import { publishApp, sendPackage } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { zipOf } from '../support/zip-of.js';
import { zipBomb, zipWithLink, zipWithPath } from './support/hostile-zips.js';
import { functionJson, shopApp, slowLoadingShopApp } from './support/shop-app.js';

jest.setTimeout(60_000);

const MAX_PACKAGE_BYTES = 2 * 2 ** 20;
const HANDLER = 'module.exports = async (context) => { context.res = { body: "x" }; };';

interface DeployResult {
  readonly id: string;
  readonly status: number;
  readonly status_text: string;
  readonly complete: boolean;
  readonly active: boolean;
}

/** Each bad package is sent over a version that runs: it must be told what is wrong, and that version must go on. */
describe('Publishing', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({
      managementSettings: { NIGHTJAR_MAX_PACKAGE_BYTES: String(MAX_PACKAGE_BYTES) },
    });
    await publishApp(stack.url, 'shop', shopApp('first'));
  });
  afterAll(() => stack.stop());

  const versionNow = async (app = 'shop'): Promise<string> =>
    (await fetch(`${stack.url}/apps/${app}/api/version`)).text();

  /** Sends a package that must be refused: the status, and all that is said of what is wrong. */
  const refusal = async (zip: Buffer): Promise<{ status: number; words: string }> => {
    const response = await sendPackage(stack.url, 'shop', zip);
    const { error } = (await response.json()) as { error: { message: string; details: string[] } };
    return { status: response.status, words: [error.message, ...error.details].join('\n') };
  };

  describe('refuses, saying why, and leaves the running version alone:', () => {
    const withFile = (path: string, content: string): AppFiles => ({ ...shopApp('bad'), [path]: content });
    const withTimer = (schedule: string): AppFiles => ({
      ...withFile('tick/index.js', 'module.exports = async () => {};'),
      'tick/function.json': functionJson({ type: 'timerTrigger', name: 'timer', schedule }),
    });
    const packages: readonly [what: string, zip: () => Promise<Buffer>, words: RegExp][] = [
      ['what is not a zip', async () => Buffer.from('not a zip at all'), /not a zip/],
      ['an empty body', async () => Buffer.alloc(0), /not a zip|empty/],
      [
        'a zip without its end',
        async () => (await zipOf(shopApp('bad'))).subarray(0, -30),
        /not a zip|end is missing/,
      ],
      ['a zip that is damaged inside', async () => damaged(await zipOf(shopApp('bad'))), /damaged/],
      ['a zip bomb', () => zipBomb(shopApp('bad')), /bomb\.bin.*maxCompressionRatio/],
      [
        'a path that leads out',
        () => zipWithPath(shopApp('bad'), '../../evil.js'),
        /\.\.\/evil\.js.*leads out/,
      ],
      ['an absolute path', () => zipWithPath(shopApp('bad'), '/etc/cron.d/evil'), /cron\.d\/evil.*absolute/],
      ['a path with backslashes', () => zipWithPath(shopApp('bad'), '..\\evil.js'), /backslash/],
      ['a symbolic link', () => zipWithLink(shopApp('bad'), 'passwd', '/etc/passwd'), /passwd.*link/],
      ['no host.json', () => zipOf({ 'index.js': HANDLER }), /no host\.json/],
      ['a host.json that is no JSON', () => zipOf(withFile('host.json', '{"version":')), /host\.json/],
      ['everything in a folder', () => zipOf({ 'app/host.json': '{"version":"2.0"}' }), /folder.*app/],
      ['no functions', () => zipOf({ 'host.json': '{"version":"2.0"}' }), /no functions/i],
      [
        'a syntax error in a function',
        () => zipOf(withFile('version/index.js', 'module.exports = async ( {')),
        /version\/index\.js/,
      ],
      ['a syntax error in a registration', async () => zipOf(await brokenV4App()), /src\/orders\.js/],
      [
        'code that throws while it loads',
        () => zipOf(withFile('version/index.js', 'throw new Error("no database")')),
        /no database/,
      ],
      [
        'code that ends the process while it loads',
        () => zipOf(withFile('version/index.js', 'process.exit(7)')),
        /exit.*7|7.*exit/i,
      ],
      [
        'two functions with one route',
        () =>
          zipOf({
            ...withFile('other/index.js', HANDLER),
            'other/function.json': functionJson({ type: 'httpTrigger', name: 'req', route: 'VERSION' }),
          }),
        /"other" and "version" have one route/,
      ],
      [
        'a timer expression with a field too much',
        () => zipOf(withTimer('* * * * * * *')),
        /"tick".*7 fields/,
      ],
      [
        'a timer expression with a value out of range',
        () => zipOf(withTimer('0 61 * * * *')),
        /"tick".*minute "61"/,
      ],
      [
        'a timer expression that Azure does not know',
        () => zipOf(withTimer('0 0 0 L * *')),
        /"tick".*not part of NCRONTAB/,
      ],
      [
        'a binding that is no trigger',
        () => zipOf(withFile('version/function.json', '{"bindings":[]}')),
        /version/,
      ],
    ];

    it.each(packages)('%s', async (_what, zip, words) => {
      const answer = await refusal(await zip());
      expect(answer).toEqual({ status: 400, words: expect.stringMatching(words) });
      expect(await versionNow()).toBe('first');
    });

    it('a package over the limit', async () => {
      const large = await refusal(Buffer.alloc(MAX_PACKAGE_BYTES + 1, 'x'));
      expect(large).toEqual({ status: 413, words: expect.stringContaining('maxPackageBytes') });
      expect(await versionNow()).toBe('first');
    });

    it('an upload that breaks off', async () => {
      const body = (await zipOf(shopApp('bad'))).subarray(0, 200);
      const broken = new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(body)),
        pull: (controller) => controller.error(new Error('the line went dead')),
      });
      const init = { method: 'POST', body: broken, duplex: 'half' } as RequestInit;
      await expect(fetch(`${stack.url}/apps/shop/api/zipdeploy`, init)).rejects.toThrow();
      const latest = await waitFor(async () => ended(await latestDeployment('shop')), { timeoutMs: 60_000 });
      expect(latest).toMatchObject({ status: 3, status_text: expect.stringContaining('broke off') });
      expect(await versionNow()).toBe('first');
    });
  });

  it('refuses names that are none, before it reads anything', async () => {
    const response = await sendPackage(stack.url, 'Not%20a%20name', await zipOf(shopApp('x')));
    expect(response.status).toBe(400);
    expect(
      queryNumber(stack.databaseUrl, "SELECT count(*) FROM function_apps WHERE name LIKE '%name%'"),
    ).toBe(0);
  });

  it('refuses a second deployment while another goes on, of this app alone', async () => {
    await publishApp(stack.url, 'busy', shopApp('old'));
    const slow = await sendPackage(
      stack.url,
      'busy',
      await zipOf(slowLoadingShopApp('new', 2_000)),
      '?isAsync=true',
    );
    expect(slow.status).toBe(202);
    const second = await sendPackage(stack.url, 'busy', await zipOf(shopApp('newer')));
    expect([second.status, await second.text()]).toEqual([409, expect.stringContaining('under way')]);
    await publishApp(stack.url, 'idle', shopApp('beside'));
    expect([await versionNow('busy'), await versionNow('idle')]).toEqual(['old', 'beside']);
    await waitFor(async () => ended(await latestDeployment('busy')), { timeoutMs: 60_000 });
    expect(await versionNow('busy')).toBe('new');
  });

  it('publishes while the client asks how it goes', async () => {
    const zip = await zipOf(slowLoadingShopApp('polled', 1_000));
    const accepted = await sendPackage(stack.url, 'polled', zip, '?isAsync=true&deployer=me&message=try');
    expect(accepted.status).toBe(202);
    expect(Number(accepted.headers.get('retry-after'))).toBeGreaterThan(0);
    const location = accepted.headers.get('location') ?? '';
    expect(location).toMatch(/\/apps\/polled\/api\/deployments\/latest\?/);
    const first = await fetch(location);
    expect([first.status, first.headers.get('location')]).toEqual([
      202,
      expect.stringContaining('/deployments/'),
    ]);
    expect(await first.json()).toMatchObject({ complete: false, deployer: 'me', message: 'try' });
    const done = await waitFor(
      async () => {
        const answer = await fetch(location);
        return answer.status === 200 ? ((await answer.json()) as DeployResult) : undefined;
      },
      { timeoutMs: 60_000 },
    );
    expect(done).toMatchObject({ status: 4, complete: true, active: true });
    expect(await versionNow('polled')).toBe('polled');
  });

  it('tells a client that asks what was wrong', async () => {
    const zip = await zipOf({ ...shopApp('bad'), 'version/index.js': 'oops(' });
    const accepted = await sendPackage(stack.url, 'shop', zip, '?isAsync=true');
    const location = accepted.headers.get('location') ?? '';
    const result = await waitFor(async () => ended((await (await fetch(location)).json()) as DeployResult), {
      timeoutMs: 60_000,
    });
    expect(result).toMatchObject({ status: 3, active: false });
    expect(result.status_text).toContain('version/index.js');
    const log = await (await fetch(`${stack.url}/apps/shop/api/deployments/${result.id}/log`)).text();
    expect(log).toContain('version/index.js');
    expect(await versionNow()).toBe('first');
  });

  it('replaces a version by the next one without a call that fails', async () => {
    await publishApp(stack.url, 'rolling', shopApp('one'));
    const seen: string[] = [];
    const publishing = publishApp(stack.url, 'rolling', shopApp('two')).then(() => true);
    for (let done = false; !done; done = await Promise.race([publishing, Promise.resolve(false)])) {
      seen.push(await versionNow('rolling'));
    }
    expect(await versionNow('rolling')).toBe('two');
    expect([...new Set(seen)].filter((answer) => answer !== 'one' && answer !== 'two')).toEqual([]);
  });

  it('takes the same package again, and an earlier one, under one digest each', async () => {
    for (const version of ['a', 'a', 'b', 'a']) await publishApp(stack.url, 'again', shopApp(version));
    expect(await versionNow('again')).toBe('a');
    const digests = queryRows<{ digest: string }>(
      stack.databaseUrl,
      `SELECT deployment.package_digest AS digest FROM deployments deployment
       JOIN function_apps app ON app.id = deployment.app_id WHERE app.name = 'again' ORDER BY deployment.id`,
    ).map(({ digest }) => digest);
    expect(digests).toHaveLength(4);
    expect([new Set(digests).size, digests[0] === digests[3]]).toEqual([2, true]);
  });

  it('has kept nothing of what it refused among the functions', async () => {
    const response = await fetch(`${stack.url}/api/v1/apps/shop/functions`);
    expect(await response.json()).toMatchObject({ functions: [{ name: 'version', programmingModel: 'v3' }] });
    expect(queryNumber(stack.databaseUrl, 'SELECT count(*) FROM deployments WHERE ended_at IS NULL')).toBe(0);
  });

  const latestDeployment = async (app: string): Promise<DeployResult> =>
    (await (await fetch(`${stack.url}/apps/${app}/api/deployments/latest`)).json()) as DeployResult;
});

function ended(result: DeployResult): DeployResult | undefined {
  return result.complete ? result : undefined;
}

/** Spoils the content of the first file; the list at the end is in order. */
function damaged(zip: Buffer): Buffer {
  const spoilt = Buffer.from(zip);
  const nameLength = spoilt.readUInt16LE(26);
  spoilt.fill(0xff, 30 + nameLength, 30 + nameLength + 8);
  return spoilt;
}

function brokenV4App(): Promise<AppFiles> {
  return v4App({
    'host.json': JSON.stringify({ version: '2.0' }),
    'package.json': JSON.stringify({ name: 'broken', main: 'src/*.js' }),
    'src/orders.js':
      "const { app } = require('@azure/functions');\napp.http('orders', { handler: ( => {} });\n",
  });
}
