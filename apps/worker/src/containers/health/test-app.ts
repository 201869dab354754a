/** Under which the package cache has the test app: no digest, so it can't be anybody's. */
export const TEST_APP = 'built-in-test-app';

/** The name of its only function. */
export const TEST_FUNCTION = 'test';

const bindings = [
  { type: 'queueTrigger', direction: 'in', name: 'number', queueName: 'test' },
  { type: 'queue', direction: 'out', name: '$return', queueName: 'test' },
];

/** A function that says what only somebody who has run it can know. In the v3 model, which needs no package beside it. */
export const TEST_APP_FILES: Readonly<Record<string, string>> = {
  'host.json': JSON.stringify({ version: '2.0' }),
  [`${TEST_FUNCTION}/function.json`]: JSON.stringify({ bindings }),
  [`${TEST_FUNCTION}/index.js`]: 'module.exports = async (context, number) => ({ doubled: number * 2 });\n',
};
