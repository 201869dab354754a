const assert = require('node:assert/strict');
const { it } = require('node:test');
const convertFunction = require('../convert');
const { convert } = require('../lib/units');

it('converts lengths and masses both ways', () => {
  assert.equal(convert(26.2, 'mi', 'km'), 42.1648128);
  assert.equal(convert(0.1, 'ft', 'in'), 1.2);
  assert.equal(convert(16, 'oz', 'lb'), 1);
  assert.equal(convert(-2, 't', 'g'), -2_000_000);
});

it('finds no way between a length and a mass, nor for an unknown unit', () => {
  assert.equal(convert(1, 'm', 'kg'), undefined);
  assert.equal(convert(1, 'm', 'parsec'), undefined);
  assert.equal(convert(1, 'constructor', 'm'), undefined);
});

/** Calls the function as the v3 model does. */
async function call(req, bindingData) {
  const log = Object.assign(() => undefined, { warn: () => undefined });
  const context = { bindingData, log, res: undefined };
  await convertFunction(context, { query: {}, ...req });
  return context.res;
}

it('answers one number of the query and all numbers of a body', async () => {
  const one = await call({ method: 'GET', query: { value: '2' } }, { from: 'km', to: 'm' });
  assert.deepEqual(one.body, { from: 'km', to: 'm', results: [2000] });
  const many = await call({ method: 'POST', body: [1, 2.5] }, { from: 'ft', to: 'm' });
  assert.deepEqual(many.body.results, [0.3048, 0.762]);
});

it('refuses what is no number with 400 and units without a way with 404', async () => {
  assert.equal((await call({ method: 'GET' }, { from: 'km', to: 'm' })).status, 400);
  assert.equal((await call({ method: 'POST', body: ['1'] }, { from: 'km', to: 'm' })).status, 400);
  assert.equal((await call({ method: 'GET', query: { value: '1' } }, { from: 'km', to: 'kg' })).status, 404);
});
