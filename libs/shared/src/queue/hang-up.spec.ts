import { describe, expect, it } from '@jest/globals';
import { HangUp } from './hang-up.js';

describe('a hang-up', () => {
  it('tells its listener once', () => {
    const told: string[] = [];
    const hangUp = new HangUp();
    hangUp.whenHappened(() => told.push('earlier'));
    hangUp.whenHappened(() => told.push('later'));
    expect([hangUp.happened, told]).toEqual([false, []]);
    hangUp.happen();
    hangUp.happen();
    expect([hangUp.happened, told]).toEqual([true, ['later']]);
  });

  it('tells whoever asks after it', () => {
    const hangUp = new HangUp();
    hangUp.happen();
    let told = false;
    hangUp.whenHappened(() => (told = true));
    expect(told).toBe(true);
  });
});
