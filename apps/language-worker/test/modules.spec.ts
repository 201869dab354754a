import { describe, expect, it } from '@jest/globals';
import { RpcStatus, type FunctionMetadataResponse } from '#shared/contracts/function-rpc/messages.js';
import type { TestWorker } from './support/test-worker.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();

async function start(
  files: Record<string, unknown>,
): Promise<{ worker: TestWorker; described: FunctionMetadataResponse }> {
  const worker = await fixture.host.startWorker();
  const { result } = await worker.initialize(await fixture.folders.write(files));
  expect(result!.status).toBe(RpcStatus.Success);
  return { worker, described: await worker.describeFunctions() };
}

async function call(worker: TestWorker, name: string): Promise<string> {
  const { http, response } = await worker.callHttp(name);
  expect(response.result!.exception?.stackTrace).toBeUndefined();
  return Buffer.from(http.body!.bytes!).toString();
}

const FUNCTION = "app.http('hello', { handler: async () => ({ body: text }) });";

describe('an app', () => {
  it('may be ES modules by "type"', async () => {
    const { worker } = await start({
      'package.json': { type: 'module', main: './src/app.js' },
      'src/text.js': "export const text = await Promise.resolve('esm');",
      'src/app.js': `import { app } from '@azure/functions'; import { text } from './text.js'; ${FUNCTION}`,
    });
    expect(await call(worker, 'hello')).toBe('esm');
  });

  it('may be ES modules by extension', async () => {
    const { worker } = await start({
      'package.json': { main: 'src/*.mjs' },
      'src/app.mjs': `import { app } from '@azure/functions'; const text = 'mjs'; ${FUNCTION}`,
    });
    expect(await call(worker, 'hello')).toBe('mjs');
  });

  it('may be CommonJS inside a package of ES modules', async () => {
    const { worker } = await start({
      'package.json': { type: 'module', main: 'app.cjs' },
      'app.cjs': `const { app } = require('@azure/functions'); const text = 'cjs'; ${FUNCTION}`,
    });
    expect(await call(worker, 'hello')).toBe('cjs');
  });

  it('may be ES modules that only their syntax tells, awaiting at the top', async () => {
    const { worker } = await start({
      'package.json': { main: 'app.js' },
      'app.js': `import { app } from '@azure/functions'; const text = await Promise.resolve('tla'); ${FUNCTION}`,
    });
    expect(await call(worker, 'hello')).toBe('tla');
  });

  it('may import and require the core module itself, and gets the same functions', async () => {
    const { worker } = await start({
      'package.json': { type: 'module', main: 'app.js' },
      'app.js': `
        import { createRequire } from 'node:module';
        import * as imported from '@azure/functions-core';
        import { registerHook, hostVersion } from '@azure/functions-core';
        import { app } from '@azure/functions';
        const required = createRequire(import.meta.url)('@azure/functions-core');
        app.http('core', { handler: async () => ({ jsonBody: {
          same: required.registerHook === registerHook, hostVersion, model: imported.getProgrammingModel().version.split('.')[0],
          names: Object.keys(required).sort(),
        } }) });`,
    });
    expect(JSON.parse(await call(worker, 'core'))).toEqual({
      same: true,
      hostVersion: '4.99.0',
      model: '4',
      names: [
        'Disposable',
        'getProgrammingModel',
        'hostVersion',
        'log',
        'registerFunction',
        'registerHook',
        'setProgrammingModel',
        'version',
      ],
    });
  });
});

describe('a broken app', () => {
  async function problemOf(files: Record<string, unknown>) {
    const { described } = await start(files);
    expect(described.result!.status).toBe(RpcStatus.Failure);
    return described.result!.exception!;
  }

  it.each([
    ['app.cjs', 'const a = 1;\nconst b = ;\n'],
    ['app.mjs', 'const a = 1;\nconst b = ;\n'],
  ])('is told by file, line and message when %s has a syntax error', async (main, text) => {
    const exception = await problemOf({ 'package.json': { main }, [main]: text });
    expect(exception.message).toBe(
      `The entry point "${main}" can't be loaded: Unexpected token ';' (${main}:2)`,
    );
    expect(exception.stackTrace).toContain(`${main}:2\nconst b = ;\n          ^`);
    expect(exception.isUserException).toBe(false);
  });

  it('is told by file and line when a module that it imports has a syntax error', async () => {
    const exception = await problemOf({
      'package.json': { main: 'app.mjs' },
      'app.mjs': "import './good.mjs'; import './bad.mjs'; import './other.mjs';",
      'good.mjs': 'export {};',
      'bad.mjs': '\n\nexport const x = ;',
      'other.mjs': 'export {};',
    });
    expect(exception.message).toMatch(/Unexpected token ';' \(bad\.mjs:3\)$/);
  });

  it('is told by file and stack when its code throws', async () => {
    const exception = await problemOf({
      'package.json': { main: 'app.js' },
      'app.js': "require('./lib.js');",
      'lib.js': "\nthrow new Error('at the start');",
    });
    expect(exception.message).toBe('The entry point "app.js" can\'t be loaded: at the start (lib.js:2)');
    expect(exception.stackTrace).toMatch(/lib\.js:2/);
  });

  it.each(['module', 'commonjs'])('is told what module is missing (%s)', async (type) => {
    const app = type === 'module' ? "import 'not-there';" : "require('not-there');";
    const exception = await problemOf({ 'package.json': { main: 'app.js', type }, 'app.js': app });
    expect(exception.message).toMatch(/Cannot find (module|package) 'not-there'/);
    expect(exception.stackTrace).toContain('app.js');
  });

  it.each([
    ['app.js', 'There is no such file; it is "main" in package.json.'],
    ['src/**/*.js', 'No file matches this pattern, which is "main" in package.json.'],
  ])('is told that %s does not exist', async (main, message) => {
    const exception = await problemOf({ 'package.json': { main } });
    expect(exception.message).toBe(`The entry point "${main}" can't be loaded: ${message}`);
  });

  it('is told that its package.json is no JSON', async () => {
    const exception = await problemOf({ 'package.json': '{ "main": ' });
    expect(exception.message).toMatch(/^package\.json is not valid JSON: /);
  });

  it('is told that two functions have one name', async () => {
    const twice = "app.http('same', { handler: async () => ({}) });";
    const exception = await problemOf({
      'package.json': { main: 'app.js' },
      'app.js': `const { app } = require('@azure/functions'); ${twice} ${twice}`,
    });
    expect(exception.message).toMatch(/There are two functions with the id "same"\. \(app\.js:1\)$/);
  });

  it('answers the same to a load and to an invocation', async () => {
    const { worker } = await start({ 'package.json': { main: 'app.js' }, 'app.js': "throw new Error('no')" });
    const { result } = await worker.loadFunction({ name: 'any', scriptFile: '/nowhere.js', rawBindings: [] });
    expect(result!.exception!.message).toMatch(/can't be loaded: no \(app\.js:1\)$/);
    const { response } = await worker.trigger('any', { string: '' });
    expect(response.result!.exception!.message).toMatch(/can't be loaded: no \(app\.js:1\)$/);
  });
});
