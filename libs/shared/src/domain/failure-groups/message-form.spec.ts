import { describe, expect, it } from '@jest/globals';
import { messageForm } from './message-form.js';

describe('messageForm', () => {
  it.each([
    ['numbers', 'Order 12 has 3 lines', 'Order 99871 has 40 lines'],
    ['signed and fractional numbers', 'Balance -12.50 is below 0', 'Balance 3,000.75 is below 100'],
    ['money', 'Invoice over €1,250.00 refused', 'Invoice over €7 refused'],
    ['shares', 'Discount 12% is too high', 'Discount 7.5% is too high'],
    ['ids with letters', 'Invoice R-2026-000418 has no IBAN', 'Invoice R-2026-001377 has no IBAN'],
    ['ids with a hash sign', 'Ticket #17 is closed', 'Ticket #4711 is closed'],
    ['UUIDs', 'No row 0197a1b2-0000-7000-8000-000000000001', 'No row 7c9e6679-7425-40de-944b-e07fc1f90ae7'],
    ['hashes', 'Blob 9f86d081884c7d65 is gone', 'Blob 2c26b46b68ffc68f is gone'],
    ['hexadecimal addresses', 'Access violation at 0x00007FFB', 'Access violation at 0x0001AB'],
    ['dates', 'Due 2026-11-30 is past', 'Due 2027-01-02 is past'],
    ['times', 'At 2026-11-30T01:02:03.456Z it broke', 'At 2026-12-01T23:00:00Z it broke'],
    ['local times', 'Since 23:15 no answer', 'Since 4:05 no answer'],
    ['values in double quotes', 'Unknown country "Norge"', 'Unknown country "Sápmi land"'],
    ['values in single quotes', "Unknown country 'Norge'", "Unknown country 'Sápmi land'"],
    ['values in backticks', 'Column `a` is missing', 'Column `bee` is missing'],
    ['values in typographic quotes', 'Kunde “Müller” fehlt', 'Kunde “van der Meer” fehlt'],
    ['values in guillemets', 'Client «Dupont» inconnu', 'Client «Le Goff» inconnu'],
    ['empty values', 'Name "" is taken', 'Name "x" is taken'],
    ['addresses of the web', 'GET https://a.example/x?y=1 failed', 'GET http://b.example failed'],
    ['addresses of e-mail', 'No mailbox ann@a.example here', 'No mailbox bob.b@b.example here'],
    ['addresses of hosts', 'connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED 192.168.4.17:5432'],
    ['paths', "ENOENT: no such file, open '/data/a.txt'", "ENOENT: no such file, open '/tmp/x/b.txt'"],
    ['paths without quotes', 'Could not read /data/a.txt now', 'Could not read ./b/c.csv now'],
    ['paths of Windows', 'Could not read C:\\data\\a.txt', 'Could not read \\\\share\\b\\c.txt'],
    ['white space', 'It  broke\n here', 'It broke here'],
    ['codes of things', 'Product code 4711 is gone', 'Product code 17 is gone'],
    ['long numbers after such words', 'Error 20261130 in the ledger', 'Error 20270102 in the ledger'],
    ['lists of values', 'Missing: 1, 2, 3', 'Missing: 7'],
    ['case', 'Connection Reset', 'connection reset'],
    [
      'text that JSON.parse cites',
      `Unexpected token 'o', "nonsense" is not valid JSON`,
      `Unexpected token '}', ..."{"n": x}"... is not valid JSON`,
    ],
  ])('is the same with other %s', (_what, one, other) => {
    expect(messageForm(one)).toBe(messageForm(other));
  });

  it.each([
    ['words', 'IBAN is missing', 'VAT id is missing'],
    ['words around the same value', 'Order 1 is closed', 'Order 1 is open'],
    ['what follows a quoted value', 'Country "x" unknown', 'Country "x" forbidden'],
    ['words with an apostrophe', "It can't be read and won't be", "It can't be written and won't be"],
    ['an error code of letters', 'connect ECONNREFUSED 10.0.0.1', 'connect ETIMEDOUT 10.0.0.1'],
    ['statuses of HTTP', 'Upstream answered HTTP 404 for 17', 'Upstream answered HTTP 500 for 18'],
    [
      'statuses as axios says them',
      'Request failed with status code 404',
      'Request failed with status code 503',
    ],
    ['statuses after a colon', 'Fetch failed, status:404', 'Fetch failed, status:500'],
    ['statuses with a version', 'GET answered HTTP/1.1 404 Not Found', 'GET answered HTTP/1.1 410 Not Found'],
    [
      'statuses as .NET says them',
      'Response status code does not indicate success: 404 (Gone).',
      'Response status code does not indicate success: 500 (Gone).',
    ],
    ['codes of an exit', 'The tool ended with exit code 137', 'The tool ended with exit code 1'],
    ['numbers of errors of SQL', 'Error 1062 (23000): duplicate', 'Error 1205 (40001): duplicate'],
    ['letters of another script', 'Клиент 1 не найден', 'Клиент 1 закрыт'],
  ])('differs with other %s', (_what, one, other) => {
    expect(messageForm(one)).not.toBe(messageForm(other));
  });

  it('shows what it keeps', () => {
    expect(messageForm('Invoice R-2026-000418: IBAN "DE00 1234" is wrong at 12:30')).toBe(
      'invoice … iban … is wrong at …',
    );
    expect(messageForm('')).toBe('');
  });

  it('looks only at the beginning of a long message', () => {
    const start = 'word '.repeat(400);
    expect(messageForm(`${start} one`)).toBe(messageForm(`${start} other ending`));
  });

  it.each(['"', "'", 'a', 'a@', '1-', '//', '\\\\', ' ', '..."', '€'])(
    'takes hardly longer over a message of nothing but %j than over words',
    (text) => {
      const plain = timed('many words '.repeat(200));
      const odd = timed(text.repeat(3_000));
      // Backtracking over 2,000 characters would take hundreds of times as long.
      expect(odd).toBeLessThan(Math.max(plain * 60, 20));
    },
  );
});

/** Milliseconds: the shortest of several, so that what else the machine does is left out. */
function timed(message: string): number {
  let shortest = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now();
    messageForm(message);
    shortest = Math.min(shortest, performance.now() - began);
  }
  return shortest;
}
