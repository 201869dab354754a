import type { AppVersion, CorsConfig } from '#shared/domain/function-app.js';
import { httpRoutesOf, type HttpFunction } from './http-function.js';
import { pathSegments } from './routes/path-segments.js';
import { isReservedPath } from './routes/reserved-paths.js';
import { RouteTree, type RouteMatch } from './routes/route-tree.js';

/** What stands behind a path: a function, or nothing. `reserved`: the path is Nightjar's own, and nothing is there. */
export type RouteLookup = RouteMatch<HttpFunction> | 'none' | 'reserved';

/**
 * Which function answers a path. Below `/apps/{app}` only that app's functions are looked at. Elsewhere the oldest app that
 * has a route for the path and method answers: an app that is published later never takes over what an older one answers.
 *
 * Immutable: a new one is made when the catalogue changes.
 */
export class RouteTable {
  private readonly treeOfApp = new Map<string, RouteTree<HttpFunction>>();
  private readonly treesByAge: readonly RouteTree<HttpFunction>[];

  /**
   * @param versions the active ones, the oldest app first
   * @param corsOf which origins may call each
   */
  constructor(
    versions: readonly AppVersion[],
    corsOf: (version: AppVersion) => CorsConfig | null = () => null,
  ) {
    for (const version of versions) this.treeOfApp.set(version.appName, treeOf(version, corsOf(version)));
    this.treesByAge = [...this.treeOfApp.values()];
  }

  /**
   * @param method in upper case
   * @param path without the query, as it came
   */
  find(method: string, path: string): RouteLookup {
    const segments = pathSegments(path);
    if (isReservedPath(segments)) return 'reserved';
    const [first, app = ''] = segments;
    if (first?.toLowerCase() === 'apps') {
      return this.treeOfApp.get(app.toLowerCase())?.match(method, segments.slice(2)) ?? 'none';
    }
    for (const tree of this.treesByAge) {
      const match = tree.match(method, segments);
      if (match) return match;
    }
    return 'none';
  }
}

/** Publishing has refused ambiguous routes: what `add` might answer here is not looked at. */
function treeOf(version: AppVersion, cors: CorsConfig | null): RouteTree<HttpFunction> {
  const tree = new RouteTree<HttpFunction>();
  for (const route of httpRoutesOf(version, cors)) tree.add(route);
  return tree;
}
