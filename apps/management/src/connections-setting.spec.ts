import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { parseSettings, printableSettings, type Settings } from './config.js';

const FILES: Readonly<Record<string, string>> = {
  '/run/secrets/crm': 'mssql://crm:pa55@sql02/crm\n',
  '/run/secrets/all': '{"erp":"mssql://reader:s3cret@sql01/erp"}',
};

function settings(environment: Record<string, string>, file?: string): Settings {
  return parseSettings({
    flags: [],
    environment: { NIGHTJAR_WORKER_KEY: 'worker-key-of-tests-0123456789', ...environment },
    file: file === undefined ? null : { name: 'nightjar.config.yaml', text: file },
    readSecretFile: (path) => {
      const content = FILES[path];
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
      return content;
    },
  });
}

describe('the setting connections', () => {
  it('is a map of URLs, which may stand in files of their own', () => {
    const yaml = `
management:
  connections:
    erp: mssql://reader:s3cret@sql01/erp
    crm: { file: /run/secrets/crm }
    local: sqlite:/var/lib/local.db
`;
    const parsed = settings({}, yaml);
    expect(parsed.connections).toEqual({
      erp: 'mssql://reader:s3cret@sql01/erp',
      crm: 'mssql://crm:pa55@sql02/crm',
      local: 'sqlite:/var/lib/local.db',
    });
    expect(printableSettings(parsed)['connections']).toEqual({
      erp: 'mssql://reader:***@sql01/erp',
      crm: 'mssql://crm:***@sql02/crm',
      local: 'sqlite:/var/lib/local.db',
    });
  });

  it('may be text of a variable, or of a file that one names', () => {
    expect(settings({ NIGHTJAR_CONNECTIONS: 'erp: sqlite:x.db' }).connections).toEqual({
      erp: 'sqlite:x.db',
    });
    expect(settings({ NIGHTJAR_CONNECTIONS_FILE: '/run/secrets/all' }).connections).toEqual({
      erp: 'mssql://reader:s3cret@sql01/erp',
    });
    expect(settings({}).connections).toEqual({});
  });

  it.each([
    ['erp: postgres://u:s3cret@host/db', /The connection "erp" is malformed: it begins with neither/],
    ['erp: mssql://reader:s3cret@', /The connection "erp" is malformed/],
    ['erp: { file: /nowhere }', /The connection "erp": its file can't be read: ENOENT/],
    ['erp: 5', /connections\.erp.*must be the URL of a database/],
    ['"e r p": sqlite:x', /connections\.e r p/],
    ['just text', /connections.*must be a map of names/],
  ])('refuses %s, without a word of its secret', (text, message) => {
    let error: unknown;
    try {
      settings({ NIGHTJAR_CONNECTIONS: text });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidInputError);
    const { message: said, details } = error as InvalidInputError;
    const all = [said, ...details].join('\n');
    expect(all).toMatch(message);
    expect(all).not.toContain('s3cret');
  });
});
