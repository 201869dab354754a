import { describe, expect, it } from '@jest/globals';
import { Upkeep } from './upkeep.js';

describe('Upkeep', () => {
  it('does all chores again and again, whatever one of them throws, until it is closed', async () => {
    const done: string[] = [];
    const failed: string[] = [];
    const thrice = Promise.withResolvers<void>();
    const chores = [
      { name: 'throws', run: () => Promise.reject(new Error('no')) },
      {
        name: 'works',
        run: async () => {
          if (done.push('works') === 3) thrice.resolve();
        },
      },
    ];
    const upkeep = new Upkeep(chores, 0.001, (chore) => failed.push(chore));
    upkeep.open();
    await thrice.promise;
    upkeep.close();
    expect(failed.slice(0, 3)).toEqual(['throws', 'throws', 'throws']);
  });
});
