const { app } = require('@azure/functions');

/**
 * GET or POST /api/hello/{name?}: greets whoever is named in the route, in the query or in the body.
 * The body may be plain text or JSON such as {"name":"Ada"}.
 */
app.http('hello', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  route: 'hello/{name?}',
  handler: async (request, context) => {
    const name = request.params.name || request.query.get('name') || (await nameInBody(request)) || 'world';
    context.log(`Greeting ${name}`);
    return { body: `Hello, ${name}!\n`, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  },
});

async function nameInBody(request) {
  const text = (await request.text()).trim();
  if (!text.startsWith('{')) return text;
  try {
    return String(JSON.parse(text).name ?? '');
  } catch {
    return text;
  }
}
