const WORDS = { de: 'Guten Tag', en: 'Hello', es: 'Hola', fr: 'Bonjour', it: 'Buongiorno', nl: 'Goedendag' };

/** The languages that there is a greeting in: two-letter codes (ISO 639-1). */
const LANGUAGES = Object.keys(WORDS);

/** A greeting for a name, or undefined when the language is none of LANGUAGES. */
function greetingFor(language, name) {
  const code = language.toLowerCase();
  return LANGUAGES.includes(code) ? `${WORDS[code]}, ${name}!` : undefined;
}

module.exports = { greetingFor, LANGUAGES };
