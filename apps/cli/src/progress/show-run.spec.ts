import { describe, expect, it } from '@jest/globals';
import type { BatchRun, Forecast } from '../api-answers.js';
import { plainLines } from './show-run.js';

const look = (state: BatchRun['state'], deadline: Forecast['state'] = 'none') =>
  ({ state, forecast: { state: deadline } }) as BatchRun;

describe('plainLines', () => {
  it('has a line each 10 s, at a new state, and at other news of the deadline', () => {
    const isDue = plainLines();
    const looks: [run: BatchRun, atMs: number, isDue: boolean][] = [
      [look('waiting'), 0, true],
      [look('waiting'), 1000, false],
      [look('running'), 2000, true],
      [look('running'), 11_999, false],
      [look('running'), 12_000, true],
      [look('running', 'late'), 13_000, true],
      [look('running', 'late'), 14_000, false],
      [look('succeeded', 'late'), 15_000, true],
    ];
    expect(looks.map(([run, atMs]) => isDue(run, atMs))).toEqual(looks.map(([, , due]) => due));
  });
});
