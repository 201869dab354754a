import { describe, expect, it } from '@jest/globals';
import { ReleaseMeter, type ReleaseLook } from './release-meter.js';

const busy: ReleaseLook = {
  nowMs: 0,
  state: 'claimed/busy',
  reason: null,
  inputAgeSeconds: 1000,
  computing: 2,
};
const suspended: ReleaseLook = {
  nowMs: 1000,
  state: 'claimed/suspended',
  reason: 'USER_ACTIVE',
  inputAgeSeconds: 0.4,
  computing: 2,
};

describe('ReleaseMeter', () => {
  it('measures from the input to the moment when all is paused', () => {
    const meter = new ReleaseMeter();
    expect(meter.look(busy)).toBeUndefined();
    expect(meter.look(suspended)).toBeUndefined();
    expect(meter.moment(1300, 1)).toBeUndefined();
    expect(meter.moment(1400, 0)).toEqual({ reason: 'USER_ACTIVE', by: 'suspend', seconds: 0.8 });
    expect(meter.moment(1500, 0)).toBeUndefined();
    expect(meter.look({ ...suspended, nowMs: 1600, computing: 0 })).toBeUndefined();
  });

  it('measures from the decision where no input has led to it', () => {
    const meter = new ReleaseMeter();
    meter.look(busy);
    meter.look({ ...suspended, reason: 'BATTERIES' });
    expect(meter.look({ ...suspended, nowMs: 3000, computing: 0 })).toMatchObject({ seconds: 2 });
  });

  it('tells how it came to its end', () => {
    const meter = new ReleaseMeter();
    meter.look(busy);
    meter.look({ ...suspended, state: 'preempting/vacating' });
    meter.look({ ...suspended, nowMs: 46_000, state: 'preempting/killing' });
    const end = meter.look({ ...suspended, nowMs: 47_000, state: 'owner/idle', computing: 0 });
    expect(end).toEqual({ reason: 'USER_ACTIVE', by: 'kill', seconds: 46.4 });
  });

  it('measures nothing where nothing ran, or where work goes on before it was stopped', () => {
    const meter = new ReleaseMeter();
    meter.look({ ...busy, computing: 0 });
    expect(meter.look({ ...suspended, computing: 0 })).toBeUndefined();
    meter.look(busy);
    meter.look(suspended);
    meter.look({ ...busy, nowMs: 2000 });
    expect(meter.look({ ...busy, nowMs: 3000, computing: 0 })).toBeUndefined();
  });
});
