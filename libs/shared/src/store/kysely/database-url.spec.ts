import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { parseDatabaseUrl } from './database-url.js';

describe('parseDatabaseUrl', () => {
  it.each([
    ['sqlite:/var/lib/nightjar/nightjar.db', '/var/lib/nightjar/nightjar.db'],
    ['sqlite:///var/lib/nightjar.db', '/var/lib/nightjar.db'],
    ['sqlite:.nightjar/nightjar.db', '.nightjar/nightjar.db'],
    ['sqlite:C:\\nightjar\\nightjar.db', 'C:\\nightjar\\nightjar.db'],
  ])('reads %s', (url, path) => {
    expect(parseDatabaseUrl(url)).toEqual({ kind: 'sqlite', path });
  });

  it('reads a SQL Server URL with everything in it', () => {
    const url =
      'mssql://night%40jar:p%3A%2Fw%23@db.local:14330/night%20jobs?encrypt=false&trustServerCertificate=true';
    expect(parseDatabaseUrl(url)).toEqual({
      kind: 'mssql',
      host: 'db.local',
      port: 14330,
      user: 'night@jar',
      password: 'p:/w#',
      database: 'night jobs',
      encrypt: false,
      trustServerCertificate: true,
    });
  });

  it('encrypts and checks the certificate unless told otherwise', () => {
    expect(parseDatabaseUrl('mssql://sa:x@db/nightjar')).toMatchObject({
      port: 1433,
      encrypt: true,
      trustServerCertificate: false,
    });
  });

  it.each([
    '',
    'postgres://u:secret@h/d',
    'sqlite:',
    'sqlite::memory:',
    'mssql://sa:secret@h',
    'mssql://sa:secret@h/',
    'mssql://sa:secret@h/a/b',
    'mssql://:secret@h/d',
    'mssql://h/d',
    'mssql://sa:se%zzcret@h/d',
    'mssql://sa:secret@h:port/d',
    'mssql://sa:secret#x@h/d',
    'mssql://sa:secret@h/d?encrypt=yes',
    'mssql://sa:secret@h/d?password=secret',
  ])('refuses "%s", naming the setting and not the password', (url) => {
    let thrown: unknown;
    try {
      parseDatabaseUrl(url);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidInputError);
    const { message } = thrown as InvalidInputError;
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toMatch(/secret|se%zz/);
  });
});
