// Loaded before the program in a "container" of the Windows engine's double: the folder is the one that the engine was told.
const folder = new URL(import.meta.url).searchParams.get('folder');
const ownFolder = process.cwd;
const CALLER = 2;

/** Node itself must go on finding files where they are. */
process.cwd = () => (new Error().stack.split('\n')[CALLER]?.includes('node:internal') ? ownFolder() : folder);
