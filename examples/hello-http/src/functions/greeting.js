const { app } = require('@azure/functions');
const { greetingFor, LANGUAGES } = require('../greetings');

/**
 * GET /api/greetings/{language}/{name}: a greeting in one of a few languages, as JSON.
 * It asks for a function key; a language with anything but letters does not match the route.
 */
app.http('greeting', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'greetings/{language:alpha}/{name}',
  handler: (request, context) => {
    const { language, name } = request.params;
    const greeting = greetingFor(language, name);
    if (!greeting) {
      context.warn(`No greeting in "${language}"`);
      return { status: 404, jsonBody: { error: `no greeting in "${language}"`, languages: LANGUAGES } };
    }
    return { jsonBody: { language, name, greeting }, headers: { 'content-language': language } };
  },
});
