/** An app with functions of the v3 model: scripts beside which a host would find a function.json. */
export const classicApp: Record<string, unknown> = {
  'package.json': { name: 'classic' },
  'http/index.js': `
    module.exports = async function (context, req) {
      context.log('plain', 1); context.log.error('an error'); context.log.warn('a warning');
      context.log.info('an info'); context.log.verbose('verbose');
      context.res = {
        status: 202, headers: { 'x-one': 1 }, cookies: [{ name: 'c', value: 'v', sameSite: 'Lax', maxAge: 5 }],
        isRaw: true,
        body: { name: req.query.name, id: req.params.id, body: req.body, rawBody: req.rawBody,
          functionName: context.executionContext.functionName, method: req.method },
      };
    };`,
  'callback/index.js': `
    module.exports = (context, item) => {
      if (item === 'fail') return context.done(new Error('done with an error'));
      context.bindings.out = item + '!';
      context.done();
    };`,
  'returns/index.js': 'module.exports = async (context, item) => [item];',
  'returns/named.js': "module.exports = async (context, item) => ({ out: [item, 'y'] });",
  'returns/input.js': 'module.exports = async (context, input) => input;',
  'metadata/index.js': `
    module.exports = async (context) => ({
      bindingData: context.bindingData, definitions: context.bindingDefinitions,
      retryContext: context.executionContext.retryContext,
    });`,
  'exports/entryPoint.js': "exports.first = async () => 'first'; exports.second = async () => 'second';",
  'exports/only.js': "exports.whatever = async () => 'only';",
  'exports/run.js': "exports.other = async () => 'other'; exports.run = async () => 'run';",
  'exports/index.js': "exports.other = async () => 'other'; exports.index = async () => 'index';",
  'exports/this.js': "exports.name = 'this'; exports.run = async function () { return this.name; };",
  'exports/module.mjs': "export default async () => 'esm';",
  'exports/none.js': 'exports.a = 1; exports.b = 2;',
  'exports/syntax.js': 'module.exports = async () => {\n  return }} ;\n};',
  'throws/index.js': "module.exports = async () => { throw new Error('thrown'); };",
};
