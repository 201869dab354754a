import { describe, expect, it } from '@jest/globals';
import { imageProblem } from './image-compatibility.js';

const windows = (build: number) => ({
  OSType: 'windows',
  Architecture: 'x86_64',
  KernelVersion: `10.0 ${build} (${build}.1.amd64fre)`,
});
const windowsImage = (build: number) => ({
  os: 'windows',
  architecture: 'amd64',
  osVersion: `10.0.${build}.2322`,
});

describe('imageProblem', () => {
  it.each([
    ['the same build', 20348, 20348, 'process', undefined],
    ['an older image, shared kernel', 20348, 17763, 'process', 'set containerIsolation to hyperv'],
    ['an older image, virtual machine', 20348, 17763, 'hyperv', undefined],
    ['Server 2022 on 2025, shared kernel', 26100, 20348, 'process', undefined],
    ['Server 2019 on 2025, shared kernel', 26100, 17763, 'process', '20348 or newer'],
    ['a newer image, shared kernel', 20348, 26100, 'process', "newer than the machine's 20348"],
    ['a newer image, virtual machine', 20348, 26100, 'hyperv', "newer than the machine's 20348"],
  ] as const)('for Windows: %s (host %d, image %d, %s)', (_name, host, image, isolation, problem) => {
    const found = imageProblem(windowsImage(image), windows(host), isolation);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  it('leaves builds that nobody names to the engine', () => {
    const image = { os: 'windows', architecture: 'amd64' };
    expect(imageProblem(image, windows(20348), 'process')).toBeUndefined();
    expect(imageProblem(windowsImage(26100), { OSType: 'windows' }, 'process')).toBeUndefined();
  });

  it.each([
    [{ os: 'linux', architecture: 'amd64' }, { OSType: 'linux', Architecture: 'x86_64' }, undefined],
    [{ os: 'linux', architecture: 'arm64' }, { OSType: 'linux', Architecture: 'aarch64' }, undefined],
    [{ os: 'linux', architecture: 'arm64' }, { OSType: 'linux', Architecture: 'x86_64' }, 'for arm64'],
    [{ os: 'linux', architecture: 'amd64' }, windows(20348), 'a linux image'],
    [windowsImage(20348), { OSType: 'linux', Architecture: 'x86_64' }, 'a windows image'],
    [{ os: 'linux', architecture: 'amd64' }, {}, undefined],
  ])('of %j on %j', (image, engine, problem) => {
    const found = imageProblem(image, engine, 'process');
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});
