import { beforeAll, describe, expect, it } from '@jest/globals';
import { RpcLogLevel, RpcStatus } from '#shared/contracts/function-rpc/messages.js';
import type { TestWorker } from './support/test-worker.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();

const HOOKED = {
  'package.json': { main: 'app.js' },
  'app.js': `
    const { app, trigger } = require('@azure/functions');
    const seen = [];
    app.generic('event', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }),
      handler: async (event, context) => {
        seen.push('function ' + event);
        context.log('secret ' + event);
        if (event === 'throw') throw new Error('thrown');
        return event;
      } });
    app.generic('seen', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: () => seen.splice(0) });
    const of = (name) => name === 'event';
    app.hook.preInvocation(async (context) => {
      if (!of(context.invocationContext.functionName)) return;
      await null;
      seen.push('pre ' + context.inputs[0]);
      context.hookData.started = 1;
      if (context.inputs[0] === 'refuse') throw new Error('refused');
      if (context.inputs[0] === 'change') context.inputs = ['changed'];
      if (context.inputs[0] === 'replace') context.functionHandler = () => 'replaced';
    });
    const second = app.hook.preInvocation((context) => { if (of(context.invocationContext.functionName)) seen.push('second pre'); });
    app.hook.postInvocation(async (context) => {
      if (!of(context.invocationContext.functionName)) return;
      seen.push('post ' + context.result + ' ' + (context.error?.message ?? 'fine') + ' ' + context.hookData.started);
      context.invocationContext.log('from the hook');
      if (context.result === 'better') context.result = 'best';
      if (context.inputs[0] === 'throw' && context.error.message === 'thrown') { context.error = null; context.result = 'saved'; }
      if (context.inputs[0] === 'fail') context.error = new Error('failed by a hook');
    });
    app.hook.log((context) => {
      if (context.category !== 'user') return;
      context.message = context.message.replace('secret', '***');
      if (context.invocationContext) context.invocationContext.log('inside a log hook');
      if (context.message.includes('better')) context.level = 'critical';
      if (context.message.includes('explode')) throw new Error('a log hook that throws');
    });
    second.dispose();
  `,
};

describe('hooks', () => {
  let worker: TestWorker;

  beforeAll(async () => {
    worker = await fixture.host.startWorker();
    await worker.initialize(await fixture.folders.write(HOOKED));
    expect((await worker.describeFunctions()).result!.exception?.stackTrace).toBeUndefined();
  }, 60_000);

  async function run(event: string) {
    const { response, logs } = await worker.trigger('event', { string: event });
    const seen = await worker.trigger('seen', { string: '' });
    return { response, logs, seen: JSON.parse(seen.response.returnValue!.json!) as string[] };
  }

  it('run before and after a function, sharing their data', async () => {
    const { response, seen } = await run('plain');
    expect(response.returnValue).toEqual({ string: 'plain' });
    expect(seen).toEqual(['pre plain', 'function plain', 'post plain fine 1']);
  });

  it('may change inputs, the function and the result', async () => {
    expect((await run('change')).response.returnValue).toEqual({ string: 'changed' });
    expect((await run('replace')).response.returnValue).toEqual({ string: 'replaced' });
    expect((await run('better')).response.returnValue).toEqual({ string: 'best' });
  });

  it('may keep a function from running', async () => {
    const { response, seen } = await run('refuse');
    expect(response.result!.exception).toMatchObject({ message: 'refused', isUserException: true });
    expect(seen).toEqual(['pre refuse']);
  });

  it('may clear an error, or make one', async () => {
    const saved = await run('throw');
    expect(saved.response.result!.status).toBe(RpcStatus.Success);
    expect(saved.response.returnValue).toEqual({ string: 'saved' });
    expect(saved.seen.at(-1)).toBe('post null thrown 1');
    expect((await run('fail')).response.result!.exception!.message).toBe('failed by a hook');
  });

  it('may change what is logged, without calling themselves', async () => {
    const { logs } = await run('better');
    expect(logs.map(({ level, message }) => [level, message])).toEqual([
      [RpcLogLevel.Information, 'inside a log hook'],
      [RpcLogLevel.Critical, '*** better'],
      [RpcLogLevel.Information, 'inside a log hook'],
      [RpcLogLevel.Information, 'from the hook'],
    ]);
    expect((await run('explode')).logs.map(({ message }) => message)).toContain('*** explode');
  });

  it('that fail at the app’s start are told like an entry point that fails', async () => {
    const broken = await fixture.host.startWorker();
    const app = await fixture.folders.write({
      'package.json': { main: 'app.js' },
      'app.js':
        "require('@azure/functions').app.hook.appStart(async () => { throw new Error('no start'); });",
    });
    expect((await broken.initialize(app)).result!.status).toBe(RpcStatus.Success);
    expect((await broken.describeFunctions()).result!.exception!.message).toBe(
      'An appStart hook failed: no start',
    );
  });
});
