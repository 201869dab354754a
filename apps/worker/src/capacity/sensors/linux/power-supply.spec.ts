import { describe, expect, it } from '@jest/globals';
import { powerSourceOf, type PowerSupply } from './power-supply.js';

const supply = (type: string, more: Partial<PowerSupply> = {}): PowerSupply => ({
  type,
  scope: '',
  online: '',
  status: '',
  ...more,
});
const battery = (status: string) => supply('Battery', { status });
const mains = (online: string) => supply('Mains', { online });

describe('powerSourceOf', () => {
  it.each<[string, PowerSupply[], 'mains' | 'battery']>([
    ['a server', [], 'mains'],
    ['a desktop with a mouse’s battery', [{ ...battery('Discharging'), scope: 'Device' }], 'mains'],
    ['a laptop at the mains', [mains('1'), battery('Charging')], 'mains'],
    ['a laptop at the mains, full', [mains('1'), battery('Discharging')], 'mains'],
    ['a laptop unplugged', [mains('0'), battery('Discharging')], 'battery'],
    ['a laptop unplugged that has not noticed', [mains('0'), battery('Charging')], 'battery'],
    [
      'a laptop with a second, empty port',
      [mains('0'), supply('USB', { online: '1' }), battery('Charging')],
      'mains',
    ],
    ['a charger that may have a fixed output', [supply('USB', { online: '2' }), battery('Full')], 'mains'],
    ['a laptop with all ports empty', [supply('USB', { online: '0' }), battery('Full')], 'battery'],
    ['a tablet without a mains entry, emptying', [battery('Discharging'), battery('Full')], 'battery'],
    ['a tablet without a mains entry, charging', [battery('Not charging')], 'mains'],
    ['a UPS that stands by', [supply('UPS', { status: 'Full' })], 'mains'],
    ['a UPS at work', [mains('1'), supply('UPS', { status: 'Discharging' })], 'battery'],
  ])('%s', (_, supplies, source) => expect(powerSourceOf(supplies)).toBe(source));

  it('does not know what a battery that says nothing means', () => {
    expect(() => powerSourceOf([battery('Unknown')])).toThrow('does not say');
  });
});
