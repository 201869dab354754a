import { describe, expect, it } from '@jest/globals';
import { UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import type { EnrolmentStore } from '#shared/store/enrolment-store.js';
import { hashOf } from './keys.js';
import { callerOf } from './presented-key.js';
import { WorkerGuard } from './worker-guard.js';

const COMMON = 'the-common-worker-key';
const MACHINE = 'the-key-of-one-machine';

const keys = {
  machineOfKey: (hash: string) =>
    Promise.resolve(hash === hashOf(MACHINE).toString('hex') ? 'a-machine' : null),
} as EnrolmentStore;

function presenting(authorization: string | undefined): ExecutionContext {
  return { switchToHttp: () => ({ getRequest: () => ({ headers: { authorization } }) }) } as ExecutionContext;
}

describe('WorkerGuard', () => {
  it.each([
    [true, COMMON, true],
    [true, MACHINE, true],
    [false, COMMON, false],
    [false, MACHINE, true],
    [true, 'another', false],
    [true, undefined, false],
  ])('common key accepted: %s; presented: %s → %s', async (acceptCommonWorkerKey, presented, admitted) => {
    const guard = new WorkerGuard({ workerKey: COMMON, acceptCommonWorkerKey }, keys);
    const attempt = guard.canActivate(presenting(presented && `Bearer ${presented}`));
    if (admitted) expect(await attempt).toBe(true);
    else await expect(attempt).rejects.toThrow(UnauthorizedException);
  });

  it('admits nobody by a common key that is not set', async () => {
    const guard = new WorkerGuard({ workerKey: undefined, acceptCommonWorkerKey: true }, keys);
    await expect(guard.canActivate(presenting('Bearer undefined'))).rejects.toThrow(UnauthorizedException);
  });
});

describe('callerOf', () => {
  it('is the user name of Basic authentication, or nobody in particular', () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect(callerOf(basic('ada:key'))).toBe('ada');
    expect(callerOf(basic(`${'a'.repeat(300)}:key`))).toHaveLength(128);
    expect(callerOf(basic(':key'))).toBe('an administrator');
    expect(callerOf({ 'x-functions-key': 'key' })).toBe('an administrator');
  });
});
