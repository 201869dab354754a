import type { EngineFacts } from '../engine-suitability.js';
import { buildOf, windowsBuild } from '../windows-build.js';

/** What an image says of what it runs on. */
export interface ImagePlatform {
  readonly os: string;
  /** Go's name for it, such as `amd64`. */
  readonly architecture: string;
  /** Of Windows images: such as `10.0.20348.2322`. */
  readonly osVersion?: string;
}

/** Since Server 2022 the kernel serves older containers, back to that build, without a virtual machine. */
const STABLE_SINCE_BUILD = 20348;

/** How `/info` writes the architectures that images write differently. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', i386: '386' };

/** Why an image can't run on an engine, as a sentence with what to do; undefined when it can. */
export function imageProblem(
  image: ImagePlatform,
  engine: EngineFacts,
  isolation: 'process' | 'hyperv',
): string | undefined {
  const os = engine.OSType ?? 'linux';
  if (image.os !== os) {
    return `it is a ${image.os} image, and the engine's containers are ${os} containers: name an image for ${os}.`;
  }
  const architecture = ARCHITECTURES[engine.Architecture ?? ''] ?? engine.Architecture;
  if (architecture !== undefined && image.architecture !== architecture) {
    return `it is for ${image.architecture}, and the machine is ${architecture}: name an image for ${architecture}.`;
  }
  return os === 'windows' ? windowsProblem(image, engine, isolation) : undefined;
}

/** A newer image never runs on an older Windows; an older one does in a virtual machine. Unknown builds are left to the engine. */
function windowsProblem(
  image: ImagePlatform,
  engine: EngineFacts,
  isolation: 'process' | 'hyperv',
): string | undefined {
  const [ofImage, ofHost] = [buildOf(image.osVersion), windowsBuild(engine)];
  if (ofImage === undefined || ofHost === undefined || ofImage === ofHost) return undefined;
  if (ofImage > ofHost) {
    return `it is made for Windows build ${ofImage}, newer than the machine's ${ofHost}: build one for ${ofHost} or older.`;
  }
  if (isolation === 'hyperv' || ofImage >= STABLE_SINCE_BUILD) return undefined;
  return (
    `it is made for Windows build ${ofImage}, and with process isolation the machine's build ${ofHost} runs ` +
    `only its own${ofHost > STABLE_SINCE_BUILD ? ` and ${STABLE_SINCE_BUILD} or newer` : ''}: ` +
    `set containerIsolation to hyperv, or build one for ${ofHost}.`
  );
}
