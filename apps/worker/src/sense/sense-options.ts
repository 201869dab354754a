import { parseArgs } from 'node:util';
import { InvalidInputError } from '#shared/domain/errors.js';
import { appName } from '../capacity/sensors/foreign-use.js';

export interface SenseOptions {
  /** JSON, one line a reading, instead of a table. */
  readonly json: boolean;
  /** Again and again until Ctrl-C, instead of once. */
  readonly watch: boolean;
  readonly dataDir: string;
  /** As `appName` gives them. */
  readonly exclusiveApps: readonly string[];
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  'data-dir': { type: 'string', default: '.nightjar' },
  'exclusive-apps': { type: 'string', default: '' },
} as const;

/** Reads the flags of `sense`. It needs none of the worker's settings: it is for machines that are no workers yet. */
export function parseSenseOptions(flags: readonly string[]): SenseOptions {
  const { json, watch, 'data-dir': dataDir, 'exclusive-apps': names } = parseFlags(flags);
  return {
    json,
    watch,
    dataDir,
    exclusiveApps: names
      .split(',')
      .map((name) => appName(name.trim()))
      .filter((name) => name !== ''),
  };
}

function parseFlags(flags: readonly string[]) {
  try {
    return parseArgs({ args: [...flags], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new InvalidInputError(
      `The flags of sense are not right: ${(error as Error).message}`,
      ['Use --json, --watch, --data-dir <folder> and --exclusive-apps <name,name>.'],
      { cause: error },
    );
  }
}
