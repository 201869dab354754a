import { describe, expect, it } from '@jest/globals';
import type { DependencyCondition } from '#shared/domain/batch-definition.js';
import type { DayRun } from '#shared/store/run-schedule-store.js';
import { judgeDependencies, type Upstream, upstreamOf } from './dependency-decision.js';

const DAY = '2026-11-30';

function dayRun(id: string, state: DayRun['state'], more: Partial<DayRun> = {}): DayRun {
  return { id, state, cause: 'schedule', endedAt: null, parentRunId: null, itemsFailed: 0, ...more };
}

const upstream = (when: DependencyCondition, ...runs: DayRun[]): Upstream => ({
  app: 'shop',
  batch: 'import',
  when,
  runs,
});

describe('judgeDependencies', () => {
  it.each<[DependencyCondition, DayRun['state'], string]>([
    ['succeeded', 'succeeded', 'met'],
    ['succeeded', 'completedWithFailures', 'impossible'],
    ['succeeded', 'failed', 'impossible'],
    ['succeeded', 'cancelled', 'impossible'],
    ['succeeded', 'running', 'pending'],
    ['succeeded', 'scheduled', 'pending'],
    ['failed', 'failed', 'met'],
    ['failed', 'completedWithFailures', 'met'],
    ['failed', 'cancelled', 'met'],
    ['failed', 'succeeded', 'impossible'],
    ['failed', 'draining', 'pending'],
    ['ended', 'succeeded', 'met'],
    ['ended', 'failed', 'met'],
    ['ended', 'cancelled', 'met'],
    ['ended', 'waiting', 'pending'],
  ])('%s, of a run that is %s: %s', (when, state, kind) => {
    expect(judgeDependencies([upstream(when, dayRun('1', state))], DAY)).toMatchObject({ kind });
  });

  it('waits where there is no run yet, and says so', () => {
    expect(judgeDependencies([upstream('succeeded')], DAY)).toEqual({
      kind: 'pending',
      hasRun: false,
      message: 'It waits for the success of shop/import on 2026-11-30: there is no run yet.',
    });
  });

  it('says that what was to run after a failure is needless when there was none', () => {
    expect(judgeDependencies([upstream('failed', dayRun('1', 'succeeded'))], DAY)).toMatchObject({
      kind: 'impossible',
      isNeedless: true,
    });
  });

  it('goes by the last run of the day', () => {
    const mended = [dayRun('1', 'failed'), dayRun('2', 'succeeded', { cause: 'rerun', parentRunId: '1' })];
    expect(judgeDependencies([upstream('succeeded', ...mended)], DAY)).toEqual({ kind: 'met' });
    const beingMended = [dayRun('1', 'failed'), dayRun('2', 'running', { cause: 'rerun', parentRunId: '1' })];
    expect(judgeDependencies([upstream('succeeded', ...beingMended)], DAY)).toMatchObject({
      kind: 'pending',
    });
  });

  it('takes no replay of some items for a success of the run', () => {
    const replayed = [dayRun('1', 'failed'), dayRun('2', 'succeeded', { cause: 'replay', parentRunId: '1' })];
    expect(judgeDependencies([upstream('succeeded', ...replayed)], DAY)).toMatchObject({
      kind: 'impossible',
    });
  });

  it('takes what was carried over, and the run that went on with it, for one', () => {
    const first = (itemsFailed: number) => dayRun('1', 'carriedOver', { itemsFailed });
    const second = (state: DayRun['state']) => dayRun('2', state, { cause: 'carryOver', parentRunId: '1' });
    const judge = (...runs: DayRun[]) => judgeDependencies([upstream('succeeded', ...runs)], DAY).kind;
    expect(judge(first(0))).toBe('pending');
    expect(judge(first(0), second('scheduled'))).toBe('pending');
    expect(judge(first(0), second('succeeded'))).toBe('met');
    expect(judge(first(3), second('succeeded'))).toBe('impossible');
  });

  it('wants all of them; what can not be any more outweighs what may still be', () => {
    const met = upstream('ended', dayRun('1', 'failed'));
    const pending = upstream('ended', dayRun('2', 'running'));
    const impossible = upstream('succeeded', dayRun('3', 'failed'));
    expect(judgeDependencies([met, met], DAY).kind).toBe('met');
    expect(judgeDependencies([met, pending], DAY)).toMatchObject({ kind: 'pending', hasRun: true });
    expect(judgeDependencies([pending, upstream('ended')], DAY)).toMatchObject({ hasRun: false });
    expect(judgeDependencies([pending, impossible], DAY).kind).toBe('impossible');
  });

  it('is about the batch of the same app unless another is named', () => {
    expect(upstreamOf({ batch: 'a', when: 'ended' }, 'own', []).app).toBe('own');
    expect(upstreamOf({ batch: 'a', app: 'other', when: 'ended' }, 'own', []).app).toBe('other');
  });
});
