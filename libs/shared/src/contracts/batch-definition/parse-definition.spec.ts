import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../domain/errors.js';
import { parseBatchDefinition } from './parse-definition.js';

const FILE = 'ab'.repeat(32);
const LEAST = {
  name: 'open invoices',
  app: 'billing',
  function: 'invoice',
  input: { kind: 'jsonLines', file: FILE },
};
const WINDOW = { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' };

function problemsOf(change: object): readonly string[] {
  try {
    parseBatchDefinition({ ...LEAST, ...change });
  } catch (error) {
    if (error instanceof InvalidInputError) return error.details;
    throw error;
  }
  return [];
}

describe('a definition', () => {
  it('gets the defaults of what it leaves out', () => {
    expect(parseBatchDefinition(LEAST)).toEqual({
      ...LEAST,
      priority: 0,
      misfire: 'runOnce',
      overlap: 'skip',
      carryOver: true,
      pauseOnFailure: false,
    });
  });

  it('keeps zones by their IANA names', () => {
    const { window } = parseBatchDefinition({
      ...LEAST,
      window: { ...WINDOW, timeZone: 'W. Europe Standard Time' },
    });
    expect(window?.timeZone).toBe('Europe/Berlin');
  });

  it('is taken whole, and stays as it is when it is sent again', () => {
    const whole = {
      ...LEAST,
      app: 'Billing',
      input: {
        kind: 'csv',
        file: FILE,
        delimiter: ';',
        quote: "'",
        encoding: 'utf-16',
        header: false,
        columns: ['a'],
      },
      schedule: '0 0 22 * * *',
      window: { ...WINDOW, weekdays: ['mon', 'fri'] },
      calendar: 'nrw',
      on: 'holidays',
      deadline: '05:30',
      pool: 'night',
      requirements: 'cores >= 4',
      rank: 'cores',
      priority: -100,
      concurrencyLimit: { run: 10, key: { name: 'erp', limit: 4 } },
      rateLimit: { itemsPerSecond: 0.5 },
      retry: {
        attempts: 3,
        backoff: 'exponential',
        delaySeconds: 1,
        maxDelaySeconds: 60,
        jitter: 0.2,
        on: ['E'],
      },
      failureThreshold: { items: 100, percent: 5, warnItems: 10, warnPercent: 1 },
      dependsOn: [{ batch: 'orders', app: 'Shop', when: 'succeeded' }],
      notify: {
        webhooks: [{ url: 'https://hooks.example/x', secretName: 's' }],
        emails: ['it@example.com'],
        on: ['failed'],
        afterFailures: 2,
      },
      misfire: 'runAll',
      catchUpSeconds: 86_400,
      overlap: 'bufferOne',
      carryOver: false,
      pauseOnFailure: true,
      retention: { days: 30, runs: 10 },
    };
    const parsed = parseBatchDefinition(whole);
    expect(parsed).toEqual({
      ...whole,
      app: 'billing',
      dependsOn: [{ batch: 'orders', app: 'shop', when: 'succeeded' }],
    });
    expect(parseBatchDefinition(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  it.each([
    ['a range downwards', { input: { kind: 'range', from: 10, to: 1 } }],
    ['a range in steps downwards', { input: { kind: 'range', from: 10, to: 1, step: -3 } }],
    [
      'a query',
      { input: { kind: 'sql', connection: 'erp', query: 'select 1', parameters: { from: null, n: 1 } } },
    ],
    ['the results of another', { input: { kind: 'results', batch: 'orders', app: 'shop', state: 'failed' } }],
    ['a timer with a window', { input: { kind: 'none' }, window: WINDOW }],
    ['a deadline at the window’s end', { window: WINDOW, deadline: '06:00' }],
    ['a deadline before midnight', { window: WINDOW, deadline: '22:01' }],
    ['a deadline in a window of one day', { window: { ...WINDOW, start: '01:00' }, deadline: '01:01' }],
    ['a TimeSpan', { schedule: '1.00:30:00' }],
    ['a deadline alone', { deadline: '06:00', timeZone: 'Europe/Berlin' }],
    ['the zone twice, if it is one', { window: WINDOW, timeZone: 'Europe/Berlin' }],
    [
      'a batch of the same name in another app',
      { dependsOn: [{ batch: LEAST.name, app: 'shop', when: 'ended' }] },
    ],
  ])('may have %s', (_what, change) => {
    expect(problemsOf(change)).toEqual([]);
  });
});

describe('what is wrong with a field', () => {
  it.each<[object, RegExp]>([
    [{ name: '' }, /^name: must be a name of 1 to 128 characters/],
    [{ name: 'a/b' }, /^name: must be a name of 1 to 128 characters, without slashes/],
    [{ name: ' a' }, /^name: /],
    [{ name: 'x'.repeat(129) }, /^name: must be a name of 1 to 128/],
    [{ function: undefined }, /^function: must be text of 1 to 128 characters\.$/],
    [{ nam: 'x' }, /^definition: has no "nam": its fields are name, app, function, /],
    [
      { input: undefined },
      /^input: must be an object whose kind is one of jsonLines, csv, range, sql, results, none\.$/,
    ],
    [{ input: { kind: 'xml' } }, /^input.*: must be an object whose kind is one of jsonLines, csv/],
    [{ input: { kind: 'jsonLines', file: 'ABC' } }, /^input\.file: must be the sha256 of an uploaded file/],
    [
      { input: { kind: 'range', from: 1, to: 2, delimiter: ';' } },
      /^input: has no "delimiter": its fields are kind, from, to, step\.$/,
    ],
    [
      { input: { kind: 'range', from: 1.5, to: 2 } },
      /^input\.from: must be a whole number .* and is 1\.5\.$/,
    ],
    [{ input: { kind: 'range', from: 1, to: 2, step: 0 } }, /^input\.step: must not be 0\.$/],
    [{ input: { kind: 'csv', file: FILE, delimiter: '\n' } }, /^input\.delimiter: must be 1 to 4 characters/],
    [{ input: { kind: 'csv', file: FILE, quote: '😀' } }, /^input\.quote: must be one character/],
    [{ timeZone: '+05:45' }, /^timeZone: must be the IANA name .* and is "\+05:45"/],
    [
      { input: { kind: 'csv', file: FILE, encoding: 'ebcdic' } },
      /^input\.encoding: must be one of utf-8, .* and is "ebcdic"\.$/,
    ],
    [{ input: { kind: 'sql', connection: 'erp', query: '' } }, /^input\.query: must be text of 1 to 100000/],
    [
      { input: { kind: 'sql', connection: 'erp', query: 'x', parameters: { 'a b': 1 } } },
      /^input\.parameters: must have names of letters, digits and _/,
    ],
    [
      { input: { kind: 'sql', connection: 'erp', query: 'x', parameters: { a: [] } } },
      /^input\.parameters\.a: must be text, a number/,
    ],
    [
      { window: { ...WINDOW, end: '24:00' } },
      /^window\.end: must be a local time of day .* and is "24:00"\.$/,
    ],
    [{ window: { ...WINDOW, start: '8:00' } }, /^window\.start: must be a local time/],
    [{ window: { ...WINDOW, timeZone: 'CEST-ish' } }, /^window\.timeZone: must be the IANA name/],
    [{ window: { ...WINDOW, weekdays: [] } }, /^window\.weekdays: must be a list of 1 to 7\.$/],
    [
      { window: { ...WINDOW, weekdays: ['monday'] } },
      /^window\.weekdays\.0: must be one of mon, .* and is "monday"\.$/,
    ],
    [{ window: { start: '22:00', timeZone: 'UTC' } }, /^window\.end: must be a local time of day/],
    [{ schedule: '0 99 * * * *' }, /^schedule: .*99/],
    [{ schedule: '25:00:00' }, /^schedule: .*TimeSpan/],
    [{ schedule: '0 0 0 31 2 *' }, /^schedule: .*never comes/],
    [{ schedule: '' }, /^schedule: must be text of 1 to 255/],
    [{ timeZone: 'Mars/Base' }, /^timeZone: must be the IANA name of a time zone/],
    [{ on: 'sundays' }, /^on: must be one of businessDays, holidays, allDays/],
    [
      { priority: 101 },
      /^priority: must be a whole number from -100 to 100 \(more is sooner\), and is 101\.$/,
    ],
    [{ priority: 'high' }, /^priority: must be a whole number from -100 to 100/],
    [{ requirements: 'cores >=' }, /^requirements: /],
    [{ requirements: 'kores > 1' }, /^requirements: .*kores/],
    [{ rank: 'nothing' }, /^rank: .*nothing/],
    [{ concurrencyLimit: { run: 0 } }, /^concurrencyLimit\.run: must be a whole number from 1 to 100000/],
    [{ concurrencyLimit: { key: { name: 'k' } } }, /^concurrencyLimit\.key\.limit: must be a whole number/],
    [{ rateLimit: { itemsPerSecond: 0 } }, /^rateLimit\.itemsPerSecond: must be a number from 0\.001/],
    [
      { retry: { attempts: 0, backoff: 'fixed', delaySeconds: 1 } },
      /^retry\.attempts: must be a whole number from 1 to 100/,
    ],
    [
      { retry: { attempts: 1, backoff: 'linear', delaySeconds: 1 } },
      /^retry\.backoff: must be one of fixed, exponential/,
    ],
    [
      { retry: { attempts: 1, backoff: 'fixed', delaySeconds: 1, jitter: 2 } },
      /^retry\.jitter: must be a number from 0 to 1/,
    ],
    [{ failureThreshold: { percent: 101 } }, /^failureThreshold\.percent: must be a number from 0 to 100/],
    [{ dependsOn: [{ batch: 'orders' }] }, /^dependsOn\.0\.when: must be one of succeeded, failed, ended\.$/],
    [{ dependsOn: [] }, /^dependsOn: must be a list of 1 to 100\.$/],
    [
      { notify: { on: ['late'], webhooks: [{ url: 'ftp://x' }] } },
      /^notify\.webhooks\.0\.url: must be a URL that begins with http/,
    ],
    [{ notify: { on: ['late'], emails: ['nobody'] } }, /^notify\.emails\.0: must be an e-mail address/],
    [{ notify: { on: ['never'], emails: ['a@b.de'] } }, /^notify\.on\.0: must be one of late, failed/],
    [{ misfire: 'later' }, /^misfire: must be one of skip, runOnce, runAll/],
    [
      { overlap: 'queue' },
      /^overlap: must be one of skip, bufferOne, bufferAll, cancelOther, terminateOther, allowAll/,
    ],
    [{ carryOver: 'yes' }, /^carryOver: must be true or false/],
    [{ retention: { runs: 0 } }, /^retention\.runs: must be a whole number from 1/],
  ])('%j names it', (change, problem) => {
    expect(problemsOf(change)).toEqual([expect.stringMatching(problem)]);
  });

  it('is said of every field at once', () => {
    expect(problemsOf({ priority: 1000, deadline: 'noon', window: { ...WINDOW, end: 'x' } })).toHaveLength(3);
  });

  it('is said of what is no object', () => {
    expect(() => parseBatchDefinition([])).toThrow(InvalidInputError);
    expect(() => parseBatchDefinition(undefined)).toThrow(InvalidInputError);
  });
});

describe('fields that contradict each other', () => {
  it.each<[object, RegExp]>([
    [{ window: WINDOW, timeZone: 'UTC' }, /^timeZone "UTC" and window\.timeZone "Europe\/Berlin": /],
    [{ timeZone: 'UTC' }, /^timeZone: nothing has local times/],
    [{ window: WINDOW, deadline: '07:00' }, /^deadline "07:00" and window "22:00" to "06:00": /],
    [{ window: WINDOW, deadline: '22:00' }, /^deadline "22:00" and window/],
    [
      { window: { ...WINDOW, start: '01:00' }, deadline: '00:30' },
      /^deadline "00:30" and window "01:00" to "06:00"/,
    ],
    [{ calendar: 'nrw' }, /^calendar: it chooses days of a schedule or a window/],
    [{ on: 'holidays', window: WINDOW }, /^on "holidays": the days come from a calendar/],
    [{ input: { kind: 'none' }, schedule: '0 0 22 * * *' }, /^schedule and input\.kind "none": /],
    [{ input: { kind: 'none' }, rateLimit: { itemsPerSecond: 1 } }, /^rateLimit and input\.kind "none": /],
    [{ failureThreshold: {} }, /^failureThreshold: it has no limit/],
    [
      { failureThreshold: { items: 5, warnItems: 5 } },
      /^failureThreshold\.warnItems 5 and failureThreshold\.items 5: /,
    ],
    [
      { failureThreshold: { percent: 5, warnPercent: 6 } },
      /^failureThreshold\.warnPercent 6 and failureThreshold\.percent 5: /,
    ],
    [{ concurrencyLimit: {} }, /^concurrencyLimit: it has no limit/],
    [{ retention: {} }, /^retention: it has no limit/],
    [
      { retry: { attempts: 2, backoff: 'fixed', delaySeconds: 1, maxDelaySeconds: 2 } },
      /^retry\.maxDelaySeconds and retry\.backoff "fixed"/,
    ],
    [
      { retry: { attempts: 2, backoff: 'exponential', delaySeconds: 9, maxDelaySeconds: 2 } },
      /^retry\.maxDelaySeconds 2 and retry\.delaySeconds 9/,
    ],
    [
      { retry: { attempts: 2, backoff: 'fixed', delaySeconds: 1, on: ['A', 'B'], notOn: ['B'] } },
      /^retry\.on and retry\.notOn: both name "B"/,
    ],
    [{ notify: { on: ['late'] } }, /^notify: it says to nobody/],
    [
      { notify: { on: ['late'], emails: ['a@b.de'], afterFailures: 2 } },
      /^notify\.afterFailures 2 and notify\.on/,
    ],
    [
      { schedule: '0 0 1 * * *', misfire: 'skip', catchUpSeconds: 60 },
      /^catchUpSeconds 60 and misfire "skip"/,
    ],
    [{ catchUpSeconds: 60 }, /^catchUpSeconds 60: nothing can be missed/],
    [{ input: { kind: 'csv', file: FILE, quote: ',' } }, /^input\.delimiter and input\.quote: both have ","/],
    [
      { input: { kind: 'csv', file: FILE, columns: ['a', 'b', 'a'] } },
      /^input\.columns\.2: "a" is there twice/,
    ],
    [{ input: { kind: 'range', from: 1, to: 9, step: -1 } }, /^input\.step -1: from 1 to 9 there is nothing/],
    [{ dependsOn: [{ batch: LEAST.name, when: 'ended' }] }, /^dependsOn\.0: a batch can't wait for itself/],
    [
      { dependsOn: [{ batch: LEAST.name, app: 'BILLING', when: 'ended' }] },
      /^dependsOn\.0: a batch can't wait for itself/,
    ],
    [
      { input: { kind: 'results', batch: LEAST.name } },
      /^input\.batch: a batch can not take its own results/,
    ],
    [
      {
        dependsOn: [
          { batch: 'a', when: 'ended' },
          { batch: 'a', app: 'billing', when: 'failed' },
        ],
      },
      /^dependsOn\.1: billing\/a is named twice/,
    ],
  ])('%j are both named', (change, problem) => {
    expect(problemsOf(change)).toEqual([expect.stringMatching(problem)]);
  });
});
