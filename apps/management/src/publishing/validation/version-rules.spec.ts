import { describe, expect, it } from '@jest/globals';
import { parseHostJson } from '#shared/contracts/host-json.js';
import type { Binding, FunctionDefinition } from '#shared/domain/function-app.js';
import type { AppSettings } from '../../catalogue/trigger-settings.js';
import { checkVersion, type VersionFindings } from './version-rules.js';

const HOST = parseHostJson('{"version":"2.0"}');

function functionOf(
  name: string,
  trigger: Partial<Binding> | null,
  more: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  const bindings = trigger
    ? [{ name: 'x', direction: 'in', type: 'httpTrigger', ...trigger } as Binding]
    : [];
  return { name, programmingModel: 'v4', bindings, disabled: false, ...more };
}

const http = (name: string, settings: Partial<Binding> = {}): FunctionDefinition =>
  functionOf(name, settings);
const timer = (name: string, schedule: string, settings: Partial<Binding> = {}): FunctionDefinition =>
  functionOf(name, { type: 'timerTrigger', schedule, ...settings });

function check(functions: readonly FunctionDefinition[], settings: AppSettings = new Map()): VersionFindings {
  return checkVersion(HOST, functions, settings);
}

function problemsOf(...functions: FunctionDefinition[]): string {
  return check(functions).problems.join('\n');
}

describe('checkVersion', () => {
  it('takes functions of all kinds that run, and gives the schedules', () => {
    const { problems, schedules } = check([
      http('hello', { methods: ['GET'], authLevel: 'anonymous' }),
      timer('nightly', '0 0 3 * * *', { runOnStartup: true }),
      timer('unwatched', '0 0 4 * * *', { useMonitor: false }),
      functionOf('items', { type: 'queueTrigger', queueName: 'q' }),
    ]);
    expect(problems).toEqual([]);
    expect(schedules).toEqual([
      {
        functionName: 'nightly',
        expression: '0 0 3 * * *',
        useMonitor: true,
        runOnStartup: true,
        timeZone: null,
      },
      {
        functionName: 'unwatched',
        expression: '0 0 4 * * *',
        useMonitor: false,
        runOnStartup: false,
        timeZone: null,
      },
    ]);
  });

  it('gives no schedule for a disabled timer', () => {
    const disabled = { ...timer('nightly', '0 0 3 * * *'), disabled: true };
    expect(check([disabled]).schedules).toEqual([]);
  });

  it('refuses a package without functions, and says where they are looked for', () => {
    expect(problemsOf()).toMatch(/no functions.*"main" of package\.json.*function\.json/);
  });

  it('refuses names that Azure refuses, and one name twice', () => {
    expect(problemsOf(http('1st'))).toMatch(/Function "1st": its name must be/);
    expect(problemsOf(http('host'))).toMatch(/and not "host"/);
    expect(problemsOf(http('a', { route: 'x' }), http('A', { route: 'y' }))).toMatch(
      /Function "A": there are two/,
    );
  });

  it('refuses a function without a trigger, or with two', () => {
    expect(problemsOf(functionOf('f', null))).toMatch(/Function "f": it has no trigger/);
    const two = http('f');
    expect(
      problemsOf({
        ...two,
        bindings: [...two.bindings, { name: 'y', type: 'timerTrigger', direction: 'in' }],
      }),
    ).toMatch(/more than one trigger binding \(httpTrigger, timerTrigger\)/);
  });

  it('names the function and the property of a trigger that does not run here', () => {
    expect(problemsOf(functionOf('f', { type: 'blobTrigger' }))).toMatch(
      /Function "f": the trigger's type "blobTrigger"/,
    );
    expect(problemsOf(functionOf('f', { type: 'blobTrigger' }, { programmingModel: 'v3' }))).toMatch(
      /Function "f": bindings\[0\]\.type of its function\.json, "blobTrigger" is not a trigger that Nightjar runs \(httpTrigger, /,
    );
  });

  it('notes that messages come from batches only', () => {
    const { notes } = check([functionOf('f', { type: 'serviceBusTrigger', queueName: 'invoices' })]);
    expect(notes).toEqual([
      'Function "f" (serviceBusTrigger) is run by batches; Nightjar does not read "invoices" itself yet.',
    ]);
  });

  it('refuses two functions that answer one request', () => {
    expect(
      problemsOf(
        http('a', { route: 'items/{id}', methods: ['GET'] }),
        http('b', { route: 'Items/{name}', methods: ['get', 'PUT'] }),
      ),
    ).toMatch(/Functions "a" and "b" have one route, "\/api\/Items\/\{name\}", and a method in common/);
    expect(
      problemsOf(http('a', { route: 'x', methods: ['GET'] }), http('b', { route: 'x', methods: ['POST'] })),
    ).toBe('');
    expect(problemsOf(http('a', { route: 'x' }), { ...http('b', { route: 'x' }), disabled: true })).toBe('');
  });

  it('refuses bad templates, methods and levels by the function', () => {
    expect(problemsOf(http('f', { route: 'a/{b' }))).toMatch(
      /Function "f": The route "api\/a\/\{b" is not right/,
    );
    expect(problemsOf(http('f', { methods: ['FETCH'] }))).toMatch(/Function "f": methods must be of GET/);
    expect(problemsOf(http('f', { authLevel: 'everyone' }))).toMatch(
      /Function "f": authLevel "everyone" must be/,
    );
  });

  it('refuses bad schedules by the function', () => {
    expect(problemsOf(timer('f', '0 0 25 * * *'))).toMatch(/Function "f": The schedule .* hour "25"/);
    expect(problemsOf(timer('f', '0 0 0 31 2 *'))).toMatch(/Function "f": .* never comes/);
    expect(problemsOf(functionOf('f', { type: 'timerTrigger' }))).toMatch(/The schedule is empty/);
    expect(problemsOf(timer('f', '24:00:00'))).toMatch(/is not a TimeSpan/);
  });

  it('fills app settings into the expression, and takes the zone of the app', () => {
    const settings = new Map([
      ['nightly', '0 0 3 * * *'],
      ['website_time_zone', 'W. Europe Standard Time'],
    ]);
    expect(check([timer('f', '%NIGHTLY%')], settings).schedules).toMatchObject([
      { expression: '0 0 3 * * *', timeZone: 'Europe/Berlin' },
    ]);
    expect(check([timer('f', '%EVENING%')], settings).problems).toEqual([
      expect.stringMatching(/Function "f": "%EVENING%" names the app setting EVENING/),
    ]);
    expect(check([timer('f', '0 0 3 * * *')], new Map([['website_time_zone', 'Mars']])).problems).toEqual([
      expect.stringMatching(/Function "f": The app setting WEBSITE_TIME_ZONE "Mars"/),
    ]);
  });

  it('notes a range that runs backwards', () => {
    const { problems, notes } = check([timer('f', '0 0 22-6 * * *')]);
    expect(problems).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/Function "f": .*"22-6" runs backwards.*write "22-23,0-6"/),
    ]);
  });

  it('notes routes that Nightjar itself answers', () => {
    expect(check([http('f', { route: 'v1/items' })]).notes).toEqual([
      'Function "f" is called as /apps/{app}/api/v1/items; "/api/v1/items" itself is Nightjar\'s own.',
    ]);
    expect(check([http('f', { route: 'zipdeploy' })]).notes[0]).toMatch(/can not be called/);
  });
});
