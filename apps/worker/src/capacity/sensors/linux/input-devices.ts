import { join } from 'node:path';
import { listIfThere, readIfThere } from './files.js';

/** Numbers of keys and buttons, from the kernel's `input-event-codes.h`. */
const KEY = { enter: 28, a: 30, leftButton: 0x110, touch: 0x14a } as const;
const BITS_PER_WORD = 64;

/**
 * Whether people type, point or touch with a device, by its `capabilities/key`: words of hexadecimal digits, the highest first.
 * Power buttons, lids and hot keys are devices too, and every server has some. Gamepads are left out: worn ones send
 * movements that nobody makes.
 */
export function isForPeople(keyCapabilities: string): boolean {
  const words = keyCapabilities.trim().split(/\s+/).reverse();
  const has = (bit: number): boolean => {
    const word = BigInt(`0x${words[Math.floor(bit / BITS_PER_WORD)] ?? '0'}`);
    return ((word >> BigInt(bit % BITS_PER_WORD)) & 1n) === 1n;
  };
  return has(KEY.a) || has(KEY.enter) || has(KEY.leftButton) || has(KEY.touch);
}

/** The names in /dev/input of the devices that people use, such as `event3`. */
export async function readInputDevices(sys: string): Promise<readonly string[]> {
  const folder = join(sys, 'class/input');
  const names = (await listIfThere(folder)).filter((name) => /^event\d+$/.test(name));
  const forPeople = await Promise.all(
    names.map(async (name) => {
      const keys = await readIfThere(join(folder, name, 'device/capabilities/key'));
      return keys !== null && keys.trim() !== '' && isForPeople(keys);
    }),
  );
  return names.filter((_, index) => forPeople[index]);
}
