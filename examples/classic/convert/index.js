const { convert } = require('../lib/units');

/**
 * GET /api/convert/{from}/{to}?value=12.5 converts one number; POST with a JSON array of numbers converts all of them.
 */
module.exports = async function (context, req) {
  const { from, to } = context.bindingData;
  const values = req.method === 'POST' ? req.body : [Number(req.query.value)];
  if (!Array.isArray(values) || !values.every(Number.isFinite)) {
    context.res = { status: 400, body: { error: 'give ?value=<number>, or POST a JSON array of numbers' } };
    return;
  }
  const results = values.map((value) => convert(value, from, to));
  if (results.includes(undefined)) {
    context.log.warn(`No way from ${from} to ${to}`);
    context.res = { status: 404, body: { error: `no way from ${from} to ${to}` } };
    return;
  }
  context.log(`Converted ${values.length} value(s) from ${from} to ${to}`);
  context.res = { body: { from, to, results }, headers: { 'cache-control': 'max-age=86400' } };
};
