import { describe, expect, it } from '@jest/globals';
import { renderGuide } from './render-guide.mjs';

const worker = {
  id: 'example',
  title: 'An example',
  runtime: 'node',
  linux: { executable: 'node', workerDirectory: '/worker' },
  arguments: ['main.js'],
  images: ['registry.example/node:1'],
  note: 'A note.',
};

describe('renderGuide', () => {
  const guide = renderGuide([worker], (one, { executable }) => ({ executable, arguments: one.arguments }));

  it('names each language worker with its platforms', () => {
    expect(guide).toContain('| `example` | `node` | Linux |');
  });

  it('shows images and command lines', () => {
    expect(guide).toContain('Images: `registry.example/node:1`.');
    expect(guide).toContain('    node main.js <arguments of the host>');
    expect(guide).not.toContain('Windows, with');
  });
});
