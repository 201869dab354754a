import { describe, expect, it } from '@jest/globals';
import { cycleThrough } from './dependency-cycle.js';

const graphOf = (edges: string): Map<string, string[]> => {
  const graph = new Map<string, string[]>();
  for (const edge of edges.split(' ').filter(Boolean)) {
    const [from = '', to = ''] = edge.split('>');
    graph.set(from, [...(graph.get(from) ?? []), to]);
  }
  return graph;
};

describe('cycleThrough', () => {
  it.each([
    ['', null],
    ['a>b b>c', null],
    ['b>c c>b a>b', null],
    ['a>b a>c b>d c>d', null],
    ['a>a', 'a a'],
    ['a>b b>a', 'a b a'],
    ['a>b b>c c>a', 'a b c a'],
    ['a>b b>c c>d d>a c>a', 'a b c a'],
    ['a>x a>b b>c x>y c>a', 'a b c a'],
  ])('of %j is %j', (edges, cycle) => {
    expect(cycleThrough(graphOf(edges), 'a')?.join(' ') ?? null).toBe(cycle);
  });

  it('is quick in a graph with very many ways', () => {
    const edges = Array.from({ length: 60 }, (_, index) => index).flatMap((level) =>
      ['l', 'r'].flatMap((from) => ['l', 'r'].map((to) => `${from}${level}>${to}${level + 1}`)),
    );
    expect(cycleThrough(graphOf(['a>l0', ...edges, 'r60>a'].join(' ')), 'a')).toHaveLength(63);
  });

  it('takes a long chain', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => `n${index}>n${index + 1}`);
    expect(cycleThrough(graphOf(['a>n0', ...chain, 'n10000>a'].join(' ')), 'a')).toHaveLength(10_003);
  });
});
