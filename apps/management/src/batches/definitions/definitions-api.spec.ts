import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { DirectoryBlobStore } from '#shared/store/directory/directory-blob-store.js';
import { startManagementInProcess } from '../../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../../test/support/temp-stores.js';
import type { RunListView, RunView, StartedRunView } from '../run-views.js';
import type { CalendarView } from './calendar-views.js';
import type { DefinitionListView, DefinitionView, VersionListView, VersionView } from './definition-views.js';

interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details: readonly string[] };
}

const NIGHT = { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' };
const LEAST = { function: 'invoice', input: { kind: 'range', from: 1, to: 10 } };

describe('the API of batch definitions', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
    const functions = [
      functionWith('invoice', { type: 'queueTrigger' }),
      functionWith('page', { type: 'httpTrigger' }),
      functionWith('nightly', { type: 'timerTrigger', schedule: '0 0 2 * * *' }),
    ];
    await activateApp(management.stores, 'billing', functions);
    await activateApp(management.stores, 'shop', functions);
    await management.stores.catalogue.findOrCreateApp('empty');
  });

  afterAll(() => management.stop());

  async function ask<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: object = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${management.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    };
  }

  const put = <Body = DefinitionView>(
    name: string,
    more: object = {},
    headers: object = {},
    app = 'billing',
  ) => ask<Body>('PUT', `/apps/${app}/batches/${encodeURIComponent(name)}`, { ...LEAST, ...more }, headers);

  const detailsOf = async (name: string, more: object): Promise<readonly string[]> => {
    const { status, body } = await put<ErrorBody>(name, more);
    expect(status).toBe(400);
    return body.error.details.length > 0 ? body.error.details : [body.error.message];
  };

  describe('defining', () => {
    it('answers 201, then 200 with the same version, then 200 with a new one', async () => {
      const ada = { authorization: `Basic ${Buffer.from('Ada:').toString('base64')}` };
      const made = await put('open invoices', { window: NIGHT }, ada);
      expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
      expect(made.body).toMatchObject({
        app: 'billing',
        name: 'open invoices',
        version: 1,
        changedBy: 'Ada',
        pause: null,
        definition: { name: 'open invoices', app: 'billing', window: NIGHT, priority: 0, overlap: 'skip' },
      });
      const same = await put('open invoices', { window: NIGHT }, ada);
      expect([same.status, same.body]).toEqual([200, made.body]);
      const changed = await put('open invoices', { window: NIGHT, priority: 3 });
      expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
      const shown = await ask<DefinitionView>('GET', '/apps/BILLING/batches/open%20invoices');
      expect([shown.status, shown.headers.get('etag'), shown.body]).toEqual([200, '"2"', changed.body]);
      // What was read may be sent back as it is.
      const back = await put('open invoices', shown.body.definition);
      expect([back.status, back.body.version]).toEqual([200, 2]);
    });

    it('keeps a change from overwriting another', async () => {
      expect((await put('guarded', {}, { 'if-match': '*' })).status).toBe(404);
      expect((await put('guarded', {}, { 'if-none-match': '*' })).status).toBe(201);
      const second = await put<ErrorBody>('guarded', { priority: 1 }, { 'if-none-match': '*' });
      expect([second.status, second.body.error.code]).toEqual([412, 'precondition_failed']);
      expect((await put('guarded', { priority: 1 }, { 'if-match': '"1"' })).status).toBe(200);
      expect(
        (await put<ErrorBody>('guarded', { priority: 2 }, { 'if-match': '"1"' })).body.error.message,
      ).toMatch(/the newest version is 2/);
      expect((await put('guarded', { priority: 2 }, { 'if-match': '*' })).body.version).toBe(3);
      expect((await put('guarded', {}, { 'if-match': 'x' })).status).toBe(400);
    });

    it('names each field that is wrong', async () => {
      expect(await detailsOf('wrong', { window: { ...NIGHT, end: '6' }, priority: 200 })).toEqual([
        expect.stringMatching(/^window\.end: must be a local time of day/),
        expect.stringMatching(/^priority: must be a whole number from -100 to 100/),
      ]);
      expect(await detailsOf('wrong', { window: NIGHT, deadline: '12:00' })).toEqual([
        expect.stringMatching(/^deadline "12:00" and window "22:00" to "06:00"/),
      ]);
    });

    it.each([
      [{ calendar: 'nowhere', window: NIGHT }, /^calendar: there is no calendar "nowhere"/],
      [
        { dependsOn: [{ batch: 'nothing', when: 'ended' }] },
        /^dependsOn\.0\.batch: there is no batch billing\/nothing/,
      ],
      [
        { input: { kind: 'results', batch: 'none', app: 'shop' } },
        /^input\.batch: there is no batch shop\/none/,
      ],
      [
        { input: { kind: 'jsonLines', file: 'ab'.repeat(32) } },
        /^input\.file: there is no file with the sha256 abab/,
      ],
      [{ function: 'nightly' }, /^function and input\.kind "range": "nightly" has a timerTrigger/],
      [{ input: { kind: 'none' } }, /^function and input\.kind "none": "invoice" has a queueTrigger/],
      [{ name: 'another' }, /^name: the body says "another" and the path "wrong"/],
      [{ app: 'shop' }, /^app: the body says "shop" and the path "billing"/],
    ])('refuses %j', async (more, problem) => {
      expect(await detailsOf('wrong', more)).toEqual([expect.stringMatching(problem)]);
      expect((await ask('GET', '/apps/billing/batches/wrong')).status).toBe(404);
    });

    it('refuses what this installation can not do', async () => {
      expect(
        await detailsOf('sql', { input: { kind: 'sql', connection: 'erp', query: 'SELECT 1' } }),
      ).toEqual([expect.stringMatching(/^input\.connection: management's setting connections has no "erp"/)]);
      expect(await detailsOf('long', { input: { kind: 'range', from: 1, to: 1e12 } })).toEqual([
        expect.stringMatching(
          /^input\.to: the range has 1000000000000 items, and an input at most \d+ \(setting/,
        ),
      ]);
    });

    it('refuses times that have no moment in common', async () => {
      const window = { ...NIGHT, timeZone: 'UTC' };
      expect(await detailsOf('noon', { window, schedule: '0 0 12 * * *' })).toEqual([
        'schedule "0 0 12 * * *" and window "22:00" to "06:00": they have no moment in common, so the batch would never come; ' +
          'change one of them.',
      ]);
    });

    it('says which batches wait for each other in a circle', async () => {
      await put('first');
      await put('second', { dependsOn: [{ batch: 'first', app: 'billing', when: 'ended' }] }, {}, 'shop');
      expect(
        await detailsOf('first', { dependsOn: [{ batch: 'second', app: 'shop', when: 'failed' }] }),
      ).toEqual([
        expect.stringMatching(
          /^dependsOn: billing\/first waits for shop\/second waits for billing\/first, so/,
        ),
      ]);
    });

    it('says that there is no app, no function, or nothing published', async () => {
      expect((await put('x', {}, {}, 'nobody')).status).toBe(404);
      expect((await put('x', {}, {}, 'empty')).status).toBe(409);
      const { status, body } = await put<ErrorBody>('x', { function: 'nope' });
      expect([status, body.error.message]).toEqual([
        404,
        expect.stringMatching(/function in the app billing "nope"/),
      ]);
    });

    it('writes the function as it is published', async () => {
      expect((await put('cased', { function: 'INVOICE' })).body.definition.function).toBe('invoice');
    });
  });

  describe('reading', () => {
    it('lists definitions, of all apps or of one, page by page', async () => {
      for (const name of ['a', 'b', 'c']) await put(name, {}, {}, 'shop');
      const page = (query: string) => ask<DefinitionListView>('GET', `/batches?${query}`);
      const first = await page('app=shop&limit=2');
      expect(first.body.batches.map(({ name }) => name)).toEqual(['c', 'b']);
      const second = await page(`app=Shop&limit=2&after=${first.body.next}`);
      expect(second.body.batches[0]?.name).toBe('a');
      expect((await page('limit=1')).body.batches[0]?.name).toBe('c');
      expect((await page('app=nobody')).status).toBe(404);
      expect((await page('limit=0')).status).toBe(400);
    });

    it('shows who changed what', async () => {
      for (const priority of [1, 2, 3]) await put('history', { priority, retry: undefined });
      const list = (query = '') =>
        ask<VersionListView>('GET', `/apps/billing/batches/history/versions?${query}`);
      const all = (await list()).body;
      expect(all.versions.map(({ version, changes }) => [version, changes])).toEqual([
        [3, [{ field: 'priority', before: 2, after: 3 }]],
        [2, [{ field: 'priority', before: 1, after: 2 }]],
        [1, []],
      ]);
      const first = (await list('limit=1')).body;
      expect([first.versions, first.next]).toEqual([all.versions.slice(0, 1), 3]);
      expect((await list('limit=5&before=3')).body).toEqual({ versions: all.versions.slice(1) });
      const one = await ask<VersionView>('GET', '/apps/billing/batches/history/versions/2');
      expect(one.body).toEqual(all.versions[1]);
      expect((await ask('GET', '/apps/billing/batches/history/versions/9')).status).toBe(404);
      expect((await ask('GET', '/apps/billing/batches/unknown/versions')).status).toBe(404);
    });
  });

  describe('pausing and removing', () => {
    it('pauses with a note and resumes', async () => {
      await put('paused', { window: NIGHT });
      const path = '/apps/billing/batches/paused';
      const paused = await ask<DefinitionView>('POST', `${path}/pause`, { note: 'The ERP moves.' });
      expect(paused.body.pause).toEqual({
        at: expect.any(String),
        by: 'an administrator',
        note: 'The ERP moves.',
      });
      expect((await ask<DefinitionView>('POST', `${path}/pause`)).body.pause?.note).toBe('');
      expect((await ask<DefinitionView>('POST', `${path}/resume`)).body.pause).toBeNull();
      expect((await ask('POST', `${path}/pause`, { note: 'x'.repeat(2001) })).status).toBe(400);
      expect((await ask('POST', '/apps/billing/batches/unknown/pause')).status).toBe(404);
    });

    it('removes what nobody needs', async () => {
      await put('needed');
      await put('needing', { dependsOn: [{ batch: 'needed', when: 'succeeded' }] });
      const path = '/apps/billing/batches/needed';
      const refused = await ask<ErrorBody>('DELETE', path);
      expect([refused.status, refused.body.error.message]).toEqual([
        409,
        expect.stringMatching(/billing\/needing/),
      ]);
      await ask('DELETE', '/apps/billing/batches/needing');
      expect((await ask('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(412);
      expect((await ask('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(204);
      expect((await ask('DELETE', path)).status).toBe(404);
    });
  });

  describe('running', () => {
    const run = <Body = StartedRunView>(name: string, body?: unknown, headers: object = {}) =>
      ask<Body>('POST', `/apps/billing/batches/${name}/runs`, body, headers);

    it('starts a run that goes by the definition, once for a key', async () => {
      await put('wanted', {
        priority: 7,
        pool: 'night',
        retry: { attempts: 2, backoff: 'fixed', delaySeconds: 1 },
      });
      const started = await run('wanted', { priority: -3 }, { 'idempotency-key': 'k1' });
      expect(started.status).toBe(201);
      expect(started.headers.get('location')).toBe(`/api/v1/batches/runs/${started.body.runId}`);
      const again = await run('wanted', undefined, { 'idempotency-key': 'k1' });
      expect([again.status, again.body.runId]).toEqual([200, started.body.runId]);
      await put('unlike');
      expect(
        (await run<ErrorBody>('unlike', undefined, { 'idempotency-key': 'k1' })).body.error.message,
      ).toMatch(/^Idempotency-Key: was used for the run .* of the batch "wanted"/);
      await put('wanted', { priority: 8 });
      const shown = await ask<RunView>('GET', `/batches/runs/${started.body.runId}`);
      expect(shown.body).toMatchObject({
        name: 'wanted',
        batchVersion: 1,
        cause: 'request',
        priority: -3,
        pool: 'night',
        businessDate: shown.body.createdAt.slice(0, 10),
      });
      const stored = await management.stores.batches.findRun(started.body.runId);
      expect(stored?.settings).toMatchObject({ input: LEAST.input, retry: { attempts: 2 } });
    });

    it('takes items for this run alone', async () => {
      await put('other', { function: 'page' });
      const blobs = new DirectoryBlobStore(join(management.dataFolder, 'blobs'));
      const limit = { bytes: 100, what: 'file', setting: 'none' };
      const { digest } = await blobs.put(Readable.from([Buffer.from('{"n":1}\n')]), limit);
      const started = await run('other', { input: { kind: 'jsonLines', file: digest } });
      const stored = await management.stores.batches.findRun(started.body.runId);
      expect(stored).toMatchObject({
        itemTrigger: 'http',
        settings: { input: { kind: 'jsonLines', file: digest } },
      });
      expect((await run('other', { input: { kind: 'jsonLines', file: 'ab'.repeat(32) } })).status).toBe(400);
      expect((await run('other', { input: { kind: 'none' } })).status).toBe(400);
      expect((await run('other', { input: { kind: 'range', from: 1 } })).status).toBe(400);
      expect((await run('other', { prioritty: 1 })).status).toBe(400);
      expect((await run('unknown')).status).toBe(404);
    });

    it('runs a timer function as one item', async () => {
      await put('timer', { function: 'nightly', input: { kind: 'none' }, window: NIGHT });
      const { status, body } = await run('timer');
      expect([status, body.itemsTotal]).toEqual([201, 1]);
      const stored = await management.stores.batches.findRun(body.runId);
      expect(stored).toMatchObject({ itemTrigger: 'timer', inputState: 'ready', itemsTotal: 1 });
      const blobs = new DirectoryBlobStore(join(management.dataFolder, 'blobs'));
      const line = await (await blobs.open(stored?.inputDigest ?? '')).setEncoding('utf8').toArray();
      expect(JSON.parse(line.join(''))).toEqual({
        schedule: { adjustForDST: true },
        scheduleStatus: null,
        isPastDue: false,
      });
    });

    it('lists the runs of a batch, and of an app, a state and a time', async () => {
      await put('listed', {}, {}, 'shop');
      const started: string[] = [];
      for (let made = 0; made < 3; made++) {
        const { body } = await ask<StartedRunView>('POST', '/apps/shop/batches/listed/runs');
        started.unshift(body.runId);
      }
      await ask('POST', `/batches/runs/${started[0]}/cancel`);
      const ids = async (path: string): Promise<string[]> =>
        (await ask<RunListView>('GET', path)).body.runs.map(({ runId }) => runId);
      expect(await ids('/apps/shop/batches/listed/runs')).toEqual(started);
      expect(await ids('/apps/shop/batches/listed/runs?limit=2')).toEqual(started.slice(0, 2));
      expect(await ids(`/apps/shop/batches/listed/runs?limit=2&after=${started[1]}`)).toEqual(
        started.slice(2),
      );
      expect(await ids('/apps/shop/batches/listed/runs?until=2020-01-01T00:00:00Z')).toEqual([]);
      expect(await ids('/batches/runs?app=shop&from=2020-01-01T00:00:00%2B01:00')).toEqual(started);
      expect(await ids('/apps/shop/batches/listed/runs?cause=schedule')).toEqual([]);
      const { body } = await ask<RunListView>('GET', '/batches/runs?app=shop&limit=1');
      expect(await ids(`/batches/runs?batchId=${body.runs[0]?.batchId}`)).toEqual(started);
      expect((await ask('GET', '/batches/runs?state=over')).status).toBe(400);
      expect((await ask('GET', '/batches/runs?from=yesterday')).status).toBe(400);
      expect((await ask('GET', '/batches/runs?app=nobody')).status).toBe(404);
    });
  });

  describe('calendars', () => {
    const nrw = { timeZone: 'Europe/Berlin', holidays: [{ date: '2026-12-25', name: 'Christmas' }] };

    it('are made, replaced, read and removed', async () => {
      const made = await ask<CalendarView>('PUT', '/calendars/nrw', nrw);
      expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
      expect(made.body).toMatchObject({
        name: 'nrw',
        version: 1,
        calendar: { ...nrw, dayStartsAt: '00:00' },
      });
      expect((await ask('PUT', '/calendars/nrw', nrw)).status).toBe(200);
      const later = { ...nrw, dayStartsAt: '06:00' };
      expect((await ask('PUT', '/calendars/nrw', later, { 'if-match': '"4"' })).status).toBe(412);
      expect(
        (await ask<CalendarView>('PUT', '/calendars/nrw', later, { 'if-match': '"1"' })).body.version,
      ).toBe(2);
      expect((await ask<{ calendars: CalendarView[] }>('GET', '/calendars')).body.calendars).toHaveLength(1);
      expect((await ask<CalendarView>('GET', '/calendars/nrw')).headers.get('etag')).toBe('"2"');
      const history = await ask<{ versions: CalendarView[] }>('GET', '/calendars/nrw/history');
      expect(history.body.versions.map(({ version }) => version)).toEqual([2, 1]);
      await put('by calendar', { window: NIGHT, calendar: 'nrw' });
      const used = await ask<ErrorBody>('DELETE', '/calendars/nrw');
      expect([used.status, used.body.error.message]).toEqual([
        409,
        expect.stringMatching(/billing\/by calendar/),
      ]);
      const { body } = await ask<StartedRunView>('POST', '/apps/billing/batches/by%20calendar/runs');
      const run = await ask<RunView>('GET', `/batches/runs/${body.runId}`);
      expect(run.body.businessDate).toMatch(/^\d{4}-\d\d-\d\d$/);
      await ask('DELETE', '/apps/billing/batches/by%20calendar');
      expect((await ask('DELETE', '/calendars/nrw')).status).toBe(204);
      expect((await ask('GET', '/calendars/nrw')).status).toBe(404);
      expect((await ask('DELETE', '/calendars/nrw')).status).toBe(404);
    });

    it('take their holidays from iCalendar files and lists', async () => {
      await ask('PUT', '/calendars/ics', nrw);
      const year = new Date().getUTCFullYear();
      const day = (name: string, date: string): string[] => [
        'BEGIN:VEVENT',
        `UID:${name}`,
        `SUMMARY:${name}`,
        `DTSTART;VALUE=DATE:${date}`,
        'END:VEVENT',
      ];
      const file = [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:test',
        ...day('May', `${year}0501`),
        'END:VCALENDAR',
        '',
      ].join('\r\n');
      const send = async (name: string, body: string): Promise<[number, CalendarView]> => {
        const response = await fetch(`${management.url}/api/v1/calendars/${name}/holidays`, {
          method: 'PUT',
          body,
          headers: { 'content-type': 'text/calendar' },
        });
        return [response.status, (await response.json()) as CalendarView];
      };
      const [status, shown] = await send('ics', file);
      expect([status, shown.version, shown.calendar.timeZone]).toEqual([200, 2, 'Europe/Berlin']);
      expect(shown.calendar.holidays).toEqual([{ date: `${year}-05-01`, name: 'May' }]);
      expect((await send('ics', '["2026-10-03"]'))[1].calendar.holidays).toEqual([
        { date: '2026-10-03', name: '' },
      ]);
      expect((await send('ics', 'nonsense'))[0]).toBe(400);
      expect((await send('nowhere', file))[0]).toBe(404);
    });

    it('must name a day that a batch wants, when it is defined', async () => {
      const window = { ...NIGHT, timeZone: 'UTC' };
      await ask('PUT', '/calendars/no-holidays', { timeZone: 'UTC' });
      expect(await detailsOf('feast', { window, calendar: 'no-holidays', on: 'holidays' })).toEqual([
        expect.stringMatching(
          /^window "22:00" to "06:00" and calendar "no-holidays" \(holidays\): they have no/,
        ),
      ]);
      await ask('PUT', '/calendars/feasts', { timeZone: 'UTC', holidays: [{ date: '2030-12-25' }] });
      const feast = { window, calendar: 'feasts', on: 'holidays' };
      expect((await put('feast', feast)).status).toBe(201);
      await ask('PUT', '/calendars/feasts', { timeZone: 'UTC' });
      expect((await put('feast', { ...feast, priority: 3 })).status).toBe(200);
    });

    it('are checked', async () => {
      const { status, body } = await ask<ErrorBody>('PUT', '/calendars/x', {
        timeZone: 'Mars',
        additions: ['soon'],
      });
      expect(status).toBe(400);
      expect(body.error.details).toEqual([
        expect.stringMatching(/^timeZone: must be the IANA name/),
        expect.stringMatching(/^additions\.0: must be a date/),
      ]);
      expect((await ask('PUT', '/calendars/a%2Fb', nrw)).status).toBe(400);
    });
  });
});
