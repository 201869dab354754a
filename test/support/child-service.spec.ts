import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChildService } from './child-service.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';
import { waitFor } from './wait-for.js';

describe('ChildService', () => {
  let folder = '';
  let service: ChildService;
  const start = (code: string): ChildService =>
    ChildService.start({
      name: 'worker',
      command: process.execPath,
      args: ['-e', code],
      env: process.env,
      cwd: folder,
      logFile: join(folder, 'worker.log'),
    });

  beforeEach(async () => {
    folder = await makeTempFolder('service');
  });
  afterEach(async () => {
    await service.kill();
    await removeFolder(folder);
  });

  it('waits until it is ready, and ends at SIGTERM', async () => {
    service = start("setTimeout(() => console.log('up'), 100); setInterval(() => {}, 1000)");
    await service.waitReady(async () => (await service.log()).includes('up'), 5_000);
    await service.stop();
    expect(await service.ended).toBe('signal SIGTERM');
    expect(service.isRunning).toBe(false);
  });

  it('tells the end of the log when it ends before it is ready', async () => {
    service = start("console.error('no such setting'); process.exit(3)");
    const waiting = service.waitReady(() => Promise.resolve(false), 5_000);
    await expect(waiting).rejects.toThrow(/ended \(exit code 3\).*\nno such setting/s);
  });

  it('does not leave running what is not ready in time', async () => {
    service = start('setInterval(() => {}, 1000)');
    await expect(service.waitReady(() => Promise.reject(new Error('not yet')), 200)).rejects.toThrow(
      '200 ms',
    );
    expect(service.isRunning).toBe(false);
  });
});

describe('waitFor', () => {
  it('gives what the condition gave at last', async () => {
    let looks = 0;
    const value = await waitFor(() => (++looks < 3 ? undefined : looks), { timeoutMs: 1_000, intervalMs: 1 });
    expect(value).toBe(3);
  });

  it('says what it waited for, and why it did not come', async () => {
    const fails = (): never => {
      throw new Error('no such row');
    };
    const waiting = waitFor(fails, { timeoutMs: 20, intervalMs: 5, what: 'the row' });
    await expect(waiting).rejects.toMatchObject({
      message: 'Waited 20 ms in vain for the row',
      cause: { message: 'no such row' },
    });
  });
});
