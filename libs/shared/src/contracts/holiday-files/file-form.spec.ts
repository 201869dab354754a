import { describe, expect, it } from '@jest/globals';
import { holidayMediaType, textOfBytes } from './file-form.js';

describe('holidayMediaType', () => {
  it.each([
    ['\uFEFF\r\nBEGIN:VCALENDAR\r\n', 'text/calendar'],
    ['begin:vcalendar', 'text/calendar'],
    [' ["2026-12-25"]', 'application/json'],
    ['{}', 'application/json'],
  ])('tells %j', (text, type) => {
    expect(holidayMediaType(text)).toBe(type);
  });

  it.each([
    ['<!DOCTYPE html>\n<html>', /neither an iCalendar file.* it begins with "<!DOCTYPE html>"\.$/],
    [' \n', /it is empty\.$/],
  ])('refuses %j, and says what it saw', (text, message) => {
    expect(() => holidayMediaType(text)).toThrow(message);
  });
});

describe('textOfBytes', () => {
  const name = 'Heilige Drei Könige';
  it.each([
    ['UTF-8', Buffer.from(name)],
    ['UTF-16, little endian', Buffer.from(`\uFEFF${name}`, 'utf16le')],
    ['UTF-16, big endian', Buffer.from(`\uFEFF${name}`, 'utf16le').swap16()],
    ['windows-1252', Buffer.from(name, 'latin1')],
  ])('reads %s', (_what, bytes) => {
    expect(textOfBytes(bytes)).toBe(name);
  });
});
