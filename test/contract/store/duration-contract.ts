import { describe, expect, it } from '@jest/globals';
import {
  addDuration,
  emptySketch,
  quantileSeconds,
  type DurationSketch,
} from '#shared/domain/capacity/duration-sketch.js';
import { newId } from '#shared/domain/ids.js';
import type { DurationKey, FunctionDurations } from '#shared/store/duration-store.js';
import type { StoresUnderTest } from './database-under-test.js';

function sketchOf(count: number, seconds: number): DurationSketch {
  const sketch = emptySketch();
  for (let index = 0; index < count; index += 1) addDuration(sketch, seconds);
  return sketch;
}

/** How long functions take, as `DurationStore` keeps it. */
export function describeDurations(stores: StoresUnderTest): void {
  const newKey = (kind: DurationKey['kind'] = 'call'): DurationKey => ({
    appId: newId(),
    functionName: 'f',
    kind,
  });
  const known = async ({ appId, functionName, kind }: DurationKey): Promise<DurationSketch | undefined> => {
    const all = await stores.other.durations.ofApps([newId(), appId]);
    expect(all.every((one) => one.appId === appId)).toBe(true);
    return all.find((one) => one.functionName === functionName && one.kind === kind)?.sketch;
  };

  describe('DurationStore', () => {
    it('knows what all machines have measured, together', async () => {
      const key = newKey();
      expect(await known(key)).toBeUndefined();
      const first = await stores.one.durations.add([{ ...key, sketch: sketchOf(8, 1) }]);
      expect(first).toEqual([{ ...key, sketch: sketchOf(8, 1) }]);
      const second = await stores.other.durations.add([{ ...key, sketch: sketchOf(4, 60) }]);
      expect(second[0]?.sketch.total).toBeCloseTo(12, 3);
      const sketch = await known(key);
      expect(sketch?.total).toBeCloseTo(12, 2);
      expect(quantileSeconds(sketch as DurationSketch, 0.9)).toBeCloseTo(60, -1);
    });

    it('tells the functions of an app apart, and calls from items', async () => {
      const key = newKey();
      const all: FunctionDurations[] = [
        { ...key, sketch: sketchOf(10, 1) },
        { ...key, kind: 'item', sketch: sketchOf(20, 2) },
        { ...key, functionName: 'g', sketch: sketchOf(30, 3) },
      ];
      await stores.one.durations.add(all);
      for (const one of all) expect((await known(one))?.total).toBe(one.sketch.total);
    });

    it('loses nothing when machines add at the same time', async () => {
      const keys = [newKey(), newKey('item')];
      const adding = Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? stores.one : stores.other).durations.add(
          (index % 3 === 0 ? keys : [...keys].reverse()).map((key) => ({ ...key, sketch: sketchOf(5, 1) })),
        ),
      );
      await Promise.all(adding);
      for (const key of keys) expect((await known(key))?.total).toBeCloseTo(40, 2);
    });

    it('adds nothing when nothing was measured', async () => {
      expect(await stores.one.durations.add([])).toEqual([]);
      expect(await stores.one.durations.ofApps([])).toEqual([]);
    });
  });
}
