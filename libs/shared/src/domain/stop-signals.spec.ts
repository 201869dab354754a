import { describe, expect, it } from '@jest/globals';
import { stopSignals } from './stop-signals.js';

describe('stopSignals', () => {
  it('are what a service manager or a person sends', () => {
    expect(stopSignals('linux')).toEqual(['SIGTERM', 'SIGINT']);
    expect(stopSignals('win32')).toContain('SIGINT');
    expect(stopSignals('win32')).not.toContain('SIGTERM');
  });
});
