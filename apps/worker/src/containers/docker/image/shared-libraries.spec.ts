import { describe, expect, it } from '@jest/globals';
import { parseLdd } from './shared-libraries.js';

describe('parseLdd', () => {
  it('reads what glibc’s says, without the kernel’s part', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007fc7f9efb000)',
      '\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fc7f9a00000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007fc7f9efd000)',
      '',
    ].join('\n');
    expect(parseLdd(output)).toEqual(['/lib/x86_64-linux-gnu/libstdc++.so.6', '/lib64/ld-linux-x86-64.so.2']);
  });

  it('reads what musl’s says, where the C library is the loader', () => {
    const output = [
      '\t/lib/ld-musl-x86_64.so.1 (0x7f1c8a6d2000)',
      '\tlibgcc_s.so.1 => /usr/lib/libgcc_s.so.1 (0x7f1c8a6b0000)',
      '\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f1c8a6d2000)',
    ].join('\n');
    expect(parseLdd(output)).toEqual(['/lib/ld-musl-x86_64.so.1', '/usr/lib/libgcc_s.so.1']);
  });

  it('names a library that is missing', () => {
    expect(() => parseLdd('\tlibatomic.so.1 => not found\n')).toThrow('libatomic.so.1 => not found');
  });
});
