import { methods, type Route } from './schema.ts';

export interface RouteTable {
  /** @param path as `readTarget` gives it */
  find(method: string, path: string): Route | undefined;
}

interface Entry {
  readonly route: Route;
  /** The path without `/*`. */
  readonly stem: string;
  readonly isPrefix: boolean;
}

/** The longest path wins; among equals, a route that names the method. */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const entries = routes.map(toEntry).sort(bySpecificity);
  return {
    find(method, path) {
      // Upstreams compare without case and without a last slash; doing otherwise would let
      // `/API/v1/auth/login` past the rules made for it.
      const plain = path.toLowerCase().replace(/\/+$/, '');
      return entries.find((entry) => isFor(entry, plain) && takes(entry.route, method))?.route;
    },
  };
}

export function isPassedOn(method: string): boolean {
  return methods.some((known) => known === method);
}

function toEntry(route: Route): Entry {
  const isPrefix = route.path.endsWith('/*');
  return { route, isPrefix, stem: isPrefix ? route.path.slice(0, -2) : route.path };
}

function bySpecificity(a: Entry, b: Entry): number {
  if (a.stem.length !== b.stem.length) return b.stem.length - a.stem.length;
  if (a.isPrefix !== b.isPrefix) return a.isPrefix ? 1 : -1;
  return Number(b.route.methods !== undefined) - Number(a.route.methods !== undefined);
}

function isFor({ stem, isPrefix }: Entry, path: string): boolean {
  return path === stem || (isPrefix && path.startsWith(`${stem}/`));
}

function takes({ methods }: Route, method: string): boolean {
  if (methods === undefined) return true;
  const asked = method === 'HEAD' ? 'GET' : method;
  return methods.some((known) => known === asked);
}
