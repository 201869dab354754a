const assert = require('node:assert/strict');
const { it } = require('node:test');
const { greetingFor, LANGUAGES } = require('../src/greetings');

it('greets in each language, whatever the case of its code', () => {
  for (const language of LANGUAGES) assert.match(greetingFor(language, 'Ada'), /^\p{Lu}[\p{L} ]+, Ada!$/u);
  assert.equal(greetingFor('FR', 'Ada'), 'Bonjour, Ada!');
});

it('knows no greeting in other languages, nor in words that every object has', () => {
  for (const language of ['xx', '', 'constructor', 'toString'])
    assert.equal(greetingFor(language, 'Ada'), undefined);
});
