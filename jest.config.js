/** Shared by every project below: ESM through swc, with decorators for Nest's injection. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#shared/(.*)\\.js$': '<rootDir>/libs/shared/src/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.nightjar/', '<rootDir>/examples/'],
};

/** One project a kind of test: `unit` beside the code, `contract` and `scenarios` against real services. */
export default {
  // Deliberately long: no test is about speed, and real services on a busy machine take their time.
  testTimeout: 120_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{apps,libs}/**/*.spec.ts',
        '<rootDir>/test/{support,bench,simulation}/**/*.spec.ts',
        '<rootDir>/scripts/**/*.spec.mjs',
      ],
    },
    { ...base, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.spec.ts'] },
    { ...base, displayName: 'scenarios', testMatch: ['<rootDir>/test/{scenarios,faults}/**/*.spec.ts'] },
  ],
};
