import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** One gate to the environment an app: everything else gets settings that are parsed, complete and frozen. */
const NO_ENVIRONMENT = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: "Read the environment only in the app's config.ts." },
  ],
};

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.nightjar/', '**/*.generated.ts', '**/node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody waits for hides its failure: `void` says that this is meant.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      // Off: what was caught is thrown on as it is, whatever its type. Literals are still refused.
      '@typescript-eslint/only-throw-error': 'off',
      'no-throw-literal': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Off: its fix turns imports of injected classes into `import type`, and Nest then finds no token.
      '@typescript-eslint/consistent-type-imports': 'off',
      // Off: an adapter keeps its port's asynchronous signature, also where it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      ...NO_ENVIRONMENT,
    },
  },
  {
    // The gates themselves; the command's entry hands its environment to its config.ts; tests set up processes.
    files: ['apps/*/src/config.ts', 'apps/cli/src/main.ts', 'test/**/*.ts', '**/*.spec.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // Off in tests: doubles and parsed answers are looked into without a type of their own.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: globals.node },
  },
  // Each example has a package.json of its own, which says what its .js files are.
  {
    files: ['**/*.cjs', 'examples/hello-http/**/*.js', 'examples/classic/**/*.js'],
    languageOptions: { sourceType: 'commonjs' },
  },
);
