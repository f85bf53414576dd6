import { methods, type Route } from './schema.ts';

export type RouteTable = ReturnType<typeof createRouteTable>;

/** The longest path wins; among equals, a route that names the method. */
export function createRouteTable(routes: readonly Route[]) {
  const entries = routes.map(toEntry).sort(bySpecificity);
  return {
    /** @param path from `readTarget` */
    find(method: string, path: string): Route | undefined {
      // Upstreams ignore case and a trailing slash; else `/API/v1/auth/login` would bypass its rules.
      const plain = path.toLowerCase().replace(/\/+$/, '');
      return entries.find(
        (entry) => matchesPath(entry, plain) && matchesMethod(entry.route, method),
      )?.route;
    },
  };
}

export function isForwarded(method: string): boolean {
  return methods.some((known) => known === method);
}

type Entry = ReturnType<typeof toEntry>;

/** Its stem is the path without `/*`. */
function toEntry(route: Route) {
  const isPrefix = route.path.endsWith('/*');
  return { route, isPrefix, stem: isPrefix ? route.path.slice(0, -2) : route.path };
}

function bySpecificity(a: Entry, b: Entry): number {
  if (a.stem.length !== b.stem.length) return b.stem.length - a.stem.length;
  if (a.isPrefix !== b.isPrefix) return a.isPrefix ? 1 : -1;
  return Number(b.route.methods !== undefined) - Number(a.route.methods !== undefined);
}

function matchesPath({ stem, isPrefix }: Entry, path: string): boolean {
  return path === stem || (isPrefix && path.startsWith(`${stem}/`));
}

function matchesMethod({ methods }: Route, method: string): boolean {
  if (methods === undefined) return true;
  const effective = method === 'HEAD' ? 'GET' : method;
  return methods.some((known) => known === effective);
}
