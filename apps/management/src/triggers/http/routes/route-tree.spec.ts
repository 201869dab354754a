import { describe, expect, it } from '@jest/globals';
import { pathSegments } from './path-segments.js';
import { parseRouteTemplate } from './route-template.js';
import { RouteTree } from './route-tree.js';

/** Routes as "GET,POST a/{b}"; without methods: every one. The target is the text itself. */
function treeOf(...routes: string[]): RouteTree<string> {
  const tree = new RouteTree<string>();
  for (const route of routes) expect(add(tree, route)).toBeNull();
  return tree;
}

function add(tree: RouteTree<string>, text: string): string | null {
  const [first = '', second] = text.split(' ');
  const template = parseRouteTemplate(second ?? first);
  const methods = second === undefined ? null : first.split(',');
  return tree.add({ template, methods, target: text })?.target ?? null;
}

function find(tree: RouteTree<string>, path: string, method = 'GET'): unknown {
  const match = tree.match(method, pathSegments(path));
  return match ? [match.target, match.parameters] : null;
}

describe('RouteTree', () => {
  it('prefers literal to constrained to free to catch-all, in whatever order they came', () => {
    const routes = ['a/{*rest}', 'a/{x}', 'a/{x:int}', 'a/b'];
    for (const tree of [treeOf(...routes), treeOf(...routes.toReversed())]) {
      expect(find(tree, '/a/b')).toEqual(['a/b', {}]);
      expect(find(tree, '/a/7')).toEqual(['a/{x:int}', { x: '7' }]);
      expect(find(tree, '/a/c')).toEqual(['a/{x}', { x: 'c' }]);
      expect(find(tree, '/a/c/d')).toEqual(['a/{*rest}', { rest: 'c/d' }]);
      expect(find(tree, '/a')).toEqual(['a/{*rest}', {}]);
    }
  });

  it('turns back from a literal that leads nowhere', () => {
    const tree = treeOf('a/b/c', '{x}/b/d');
    expect(find(tree, '/a/b/d')).toEqual(['{x}/b/d', { x: 'a' }]);
    expect(find(tree, '/a/b/e')).toBeNull();
  });

  it('ignores the case of literals and keeps that of values', () => {
    expect(find(treeOf('Orders/{id}'), '/oRDERS/AbC')).toEqual(['Orders/{id}', { id: 'AbC' }]);
  });

  it('makes the method part of the match', () => {
    const tree = treeOf('GET a/b', 'POST a/{x}', 'PUT a/{*rest}');
    expect(find(tree, '/a/b', 'GET')).toEqual(['GET a/b', {}]);
    expect(find(tree, '/a/b', 'POST')).toEqual(['POST a/{x}', { x: 'b' }]);
    expect(find(tree, '/a/b', 'PUT')).toEqual(['PUT a/{*rest}', { rest: 'b' }]);
    expect(find(tree, '/a/b', 'DELETE')).toBeNull();
  });

  it('leaves out optional parameters, and fills in defaults', () => {
    const tree = treeOf('a/{x?}', 'b/{x=1}/{y=2}', 'c/{x:int?}');
    expect(find(tree, '/a')).toEqual(['a/{x?}', {}]);
    expect(find(tree, '/a/7')).toEqual(['a/{x?}', { x: '7' }]);
    expect(find(tree, '/b')).toEqual(['b/{x=1}/{y=2}', { x: '1', y: '2' }]);
    expect(find(tree, '/b/8')).toEqual(['b/{x=1}/{y=2}', { x: '8', y: '2' }]);
    expect(find(tree, '/c')).toEqual(['c/{x:int?}', {}]);
    expect(find(tree, '/c/z')).toBeNull();
  });

  it('prefers what ends there to what was left out', () => {
    expect(find(treeOf('a/{x?}', 'a'), '/a')).toEqual(['a', {}]);
  });

  it('divides a segment of text and parameters from the right', () => {
    const tree = treeOf('{name}.{ext?}', 'v{major:int}');
    expect(find(tree, '/a.b.zip')).toEqual(['{name}.{ext?}', { name: 'a.b', ext: 'zip' }]);
    expect(find(tree, '/readme')).toEqual(['{name}.{ext?}', { name: 'readme' }]);
    expect(find(tree, '/V12')).toEqual(['v{major:int}', { major: '12' }]);
    expect(find(tree, '/vx')).toEqual(['{name}.{ext?}', { name: 'vx' }]);
    expect(find(treeOf('v{major:int}'), '/vx')).toBeNull();
    expect(find(treeOf('{a}-{b}'), '/-x')).toBeNull();
    expect(find(treeOf('{a}-{b}'), '/x-')).toBeNull();
  });

  it('never gives an empty segment to a parameter', () => {
    expect(find(treeOf('a/{x}/b'), '/a//b')).toBeNull();
    expect(find(treeOf('a/{x}'), '/a/')).toBeNull();
  });

  it('decodes segments, but no slash', () => {
    const tree = treeOf('a/{x}');
    expect(find(tree, '/a/b%20c%C3%A4')).toEqual(['a/{x}', { x: 'b cä' }]);
    expect(find(tree, '/a/b%2Fc')).toEqual(['a/{x}', { x: 'b%2Fc' }]);
    expect(find(tree, '/a/%zz')).toEqual(['a/{x}', { x: '%zz' }]);
  });

  it('matches the root', () => {
    expect(find(treeOf('{*all}'), '/')).toEqual(['{*all}', {}]);
  });

  it.each([
    ['a/{x}', 'A/{y}'],
    ['a/{x:int:min(1)}', 'a/{y:min(1):int}'],
    ['GET,POST a', 'POST,PUT a'],
    ['a/{x}', 'a/{y?}'],
    ['{a}.{b}', '{c}.{d}'],
    ['{*a}', '{*b}'],
    ['GET a', 'a'],
  ])('says that %s and %s are one route', (one, other) => {
    expect(add(treeOf(one), other)).toBe(one);
  });

  it.each([
    ['a/{x}', 'a/{x:int}'],
    ['GET a', 'POST a'],
    ['a', 'a/{x?}'],
    ['{a:regex(\\d)}', '{a:regex(\\D)}'],
  ])('lets %s stand beside %s', (one, other) => {
    expect(add(treeOf(one), other)).toBeNull();
  });
});
