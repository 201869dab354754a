import { describe, expect, it } from '@jest/globals';
import { parseRouteTemplate, type RouteSegment } from './route-template.js';

function shapeOf(text: string): unknown[] {
  return parseRouteTemplate(text).segments.map((segment: RouteSegment) => {
    if (segment.kind === 'literal') return segment.text;
    if (segment.kind === 'mixed')
      return segment.parts.map((part) => (typeof part === 'string' ? part : part.name));
    const { name, constraints, isOptional, defaultValue } = segment.parameter;
    return {
      kind: segment.kind,
      name,
      constraints: constraints.map(({ text: t }) => t),
      isOptional,
      defaultValue,
    };
  });
}

const plain = { kind: 'parameter', constraints: [], isOptional: false, defaultValue: undefined };

describe('parseRouteTemplate', () => {
  it('knows literals, in lower case, and parameters', () => {
    expect(shapeOf('Orders/{id}/Lines')).toEqual(['orders', { ...plain, name: 'id' }, 'lines']);
  });

  it('knows optional parameters, defaults and catch-alls', () => {
    expect(shapeOf('a/{b?}')).toEqual(['a', { ...plain, name: 'b', isOptional: true }]);
    expect(shapeOf('a/{b=x}')).toEqual(['a', { ...plain, name: 'b', defaultValue: 'x' }]);
    expect(shapeOf('a/{*rest}')).toEqual(['a', { ...plain, kind: 'catchAll', name: 'rest' }]);
    expect(shapeOf('a/{**rest}')).toEqual(['a', { ...plain, kind: 'catchAll', name: 'rest' }]);
  });

  it('knows constraints, several of them, with arguments, and before "?"', () => {
    expect(shapeOf('{id:int:range(1,9)?}')).toEqual([
      { ...plain, name: 'id', constraints: ['int', 'range(1,9)'], isOptional: true },
    ]);
  });

  it('takes a pattern with braces, parentheses and slashes as one', () => {
    expect(shapeOf('{n:regex(^(a|b)?\\d{{2}}/x$)}/c')).toEqual([
      { ...plain, name: 'n', constraints: ['regex(^(a|b)?\\d{2}/x$)'] },
      'c',
    ]);
  });

  it('knows segments of text and parameters', () => {
    expect(shapeOf('{name}.{ext?}')).toEqual([['name', '.', 'ext']]);
    expect(shapeOf('v{major:int}')).toEqual([['v', 'major']]);
    expect(shapeOf('{{literal}}')).toEqual(['{literal}']);
  });

  it.each([
    ['a//b', /empty/],
    ['{a', /no "}"/],
    ['a}', /no "{"/],
    ['{a{b}}', /inside of braces/],
    ['{}', /no proper name/],
    ['{a/b}', /no proper name/],
    ['{a}{b}', /text must stand between/],
    ['{*a}/b', /catch-all must be the last/],
    ['x{*a}', /segment of its own/],
    ['{*a?}', /optional by itself/],
    ['{a?}/b', /what follows is not/],
    ['{a=1?}', /leave the "\?" out/],
    ['{a}/{A}', /two parameters are named "A"/],
    ['{a:colour}', /"colour" is not a route constraint; there are int, /],
    ['{a:int(3)}', /no arguments/],
    ['{a:range(3)}', /two whole numbers/],
    ['{a:regex([)}', /not a regular expression/],
    ['a?b', /"\?" must not stand outside/],
    [`a${'/b'.repeat(2000)}`, /too long/],
  ])('refuses %s', (text, why) => {
    expect(() => parseRouteTemplate(text)).toThrow(why);
  });
});
