const INDEX_FILES = ['index.js', 'index.mjs', 'index.cjs'];

/** The script of a function, or what is wrong, as the end of a sentence. */
export type PrimaryScript = { readonly script: string } | { readonly problem: string };

/**
 * Chooses a function's script as Azure does: `scriptFile`; else the only file; else `run.*`; else `index.js`, `.mjs` or `.cjs`.
 * @param files names in the function's folder, without `function.json`
 */
export function choosePrimaryScript(files: readonly string[], scriptFile: string | undefined): PrimaryScript {
  if (scriptFile !== undefined) return { script: scriptFile };
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return { script: only };
  const run = files.find((file) => /^run\.[^.]+$/i.test(file));
  const index = INDEX_FILES.find((name) => files.includes(name));
  const script = run ?? index;
  if (script !== undefined) return { script };
  return {
    problem:
      'names no scriptFile, and its folder holds neither one file alone nor run.* nor index.js, .mjs or .cjs',
  };
}
