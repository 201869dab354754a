/** What a message says is in its first lines; more of it would only cost. */
const MESSAGE_CHARS = 2_000;

/** What stands for something that differs from item to item. */
const VALUE = '…';

/**
 * What differs from item to item, in the order in which it is looked for. Each expression reads its text once: what functions throw
 * is not ours, and must not be able to keep a worker busy.
 */
const VARIABLES: readonly RegExp[] = [
  // JavaScript cites the JSON text that it could not read, which has quotes of its own.
  /(?:\.\.\.)?"[^]*"(?:\.\.\.)?(?= is not valid JSON)/g,
  // Values in quotes. An apostrophe within a word (can't) opens nothing.
  /"[^"]*"|`[^`]*`|“[^”]*”|«[^»]*»|‘[^’]*’/g,
  /(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu,
  // Addresses of all kinds.
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi,
  /[^\s@<>"'(),;:]{1,64}@[^\s@<>"'(),;:]{1,255}/g,
  // Paths: from a drive, a share or a slash on; and relative ones that end in a file.
  /(?<![\p{L}\p{N}])(?:[A-Za-z]:[\\/]|\\\\|\.{0,2}\/)[^\s:,;"'()]+/gu,
];

/** Words of all kinds. With a digit in it one is a number, a date, a time, a UUID, a hash or an id such as R-2026-000418. */
const WORD = /[\p{L}\p{N}_#$€£+-][\p{L}\p{N}_:.,+%-]*/gu;
const DIGIT = /\p{N}/u;

/**
 * A number that tells one error from another: short, and right after words that announce one (HTTP 404, status code 503, exit code 137).
 * A bare "code" announces none: products, countries and vouchers have codes too.
 */
const CODE =
  /(?:\bhttp(?:\/\d(?:\.\d)?)?|\bstatus|\b(?:status|error|exit|return|response|result)[ _-]?code|\berrno|\berror|indicate success)(?: is| was| of)?[\s:=(]{1,3}\d{1,5}[.,:]?$/i;
/** As far as the announcing words may reach back. */
const CODE_CHARS = 40;

/**
 * A message with everything left out that tells one item from another: ids, numbers, dates, quoted values, addresses, paths; codes
 * of errors stay. The same error of two items has the same form. For machines to compare: people are shown a message as it was.
 */
export function messageForm(message: string): string {
  let form = message.slice(0, MESSAGE_CHARS);
  for (const variable of VARIABLES) form = form.replace(variable, VALUE);
  return form
    .replace(WORD, (word, at: number, text: string) =>
      DIGIT.test(word) && !isCode(word, at, text) ? VALUE : word,
    )
    .replace(/…(?:[\s,;:.]*…)+/g, VALUE)
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function isCode(word: string, at: number, text: string): boolean {
  const end = at + word.length;
  return CODE.test(text.slice(Math.max(0, at - CODE_CHARS), end));
}
