import { describe, expect, it } from '@jest/globals';
import { resolveList, withTargetsOf } from './allow-list.js';

const names: Record<string, string[]> = { 'db.internal': ['10.0.0.5', '10.0.0.6'] };
const lookup = async (name: string): Promise<string[]> => {
  const found = names[name];
  if (!found) throw new Error(`ENOTFOUND ${name}`);
  return found;
};
const port = (host: string, firstPort: number, lastPort = firstPort) => ({ host, firstPort, lastPort });

describe('resolveList', () => {
  it('is ranges as they are, and every address of a name', async () => {
    const list = await resolveList([port('db.internal', 1433), port('10.1.0.0/16', 80, 90)], lookup);
    expect(list).toEqual({
      targets: [
        { range: '10.0.0.5/32', firstPort: 1433, lastPort: 1433 },
        { range: '10.0.0.6/32', firstPort: 1433, lastPort: 1433 },
        { range: '10.1.0.0/16', firstPort: 80, lastPort: 90 },
      ],
      hosts: [
        { name: 'db.internal', address: '10.0.0.5' },
        { name: 'db.internal', address: '10.0.0.6' },
      ],
      unknown: [],
    });
  });

  it('opens nothing for a name that has no address, and names it', async () => {
    const list = await resolveList([port('gone.internal', 80)], lookup);
    expect(list).toEqual({ targets: [], hosts: [], unknown: ['gone.internal'] });
  });

  it('goes on with what it knew while names can’t be looked up', async () => {
    const allow = [port('db.internal', 1433)];
    const before = await resolveList(allow, lookup);
    const failing = (): Promise<never> => Promise.reject(new Error('EAI_AGAIN'));
    expect(await resolveList(allow, failing, before)).toEqual(before);
  });
});

describe('withTargetsOf', () => {
  it('keeps what a name has just lost', async () => {
    const allow = [port('db.internal', 1433)];
    const before = await resolveList(allow, lookup);
    const now = await resolveList(allow, async () => ['10.0.0.6', '10.0.0.7']);
    expect(withTargetsOf(now, before).map(({ range }) => range)).toEqual([
      '10.0.0.6/32',
      '10.0.0.7/32',
      '10.0.0.5/32',
    ]);
  });
});
