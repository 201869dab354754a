import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { CoursePoint } from '#shared/store/run-course-store.js';
import type { StoresUnderTest } from './database-under-test.js';

const START = Date.parse('2026-11-30T22:00:00Z');

function point(index: number, more: Partial<CoursePoint> = {}): CoursePoint {
  return {
    at: new Date(START + index * 15_000),
    itemsTotal: 5_000_000_000,
    itemsSucceeded: index,
    itemsFailed: 1,
    itemsCancelled: 0,
    p50At: null,
    p90At: new Date(START + 3_600_000),
    ...more,
  };
}

/** `RunCourseStore`. */
export function describeCourses(stores: StoresUnderTest): void {
  describe('RunCourseStore', () => {
    it('notes a point of a run and time once', async () => {
      const runId = newId();
      const noted = await Promise.all(
        [0, 1, 2, 3].map((who) =>
          (who % 2 ? stores.one : stores.other).runCourses.note(runId, point(0, { itemsFailed: who })),
        ),
      );
      expect(noted.filter(Boolean)).toHaveLength(1);
      expect(await stores.one.runCourses.newest(runId, new Date(START), 10)).toHaveLength(1);
      expect(await stores.one.runCourses.note(newId(), point(0))).toBe(true);
    });

    it('gives the newest up to a time, the oldest first', async () => {
      const runId = newId();
      for (const index of [2, 0, 3, 1]) await stores.one.runCourses.note(runId, point(index));
      const newest = await stores.other.runCourses.newest(runId, new Date(START + 30_000), 2);
      expect(newest).toEqual([point(1), point(2)]);
    });
  });
}
