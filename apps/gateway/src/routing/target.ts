/** The normalized path and query, used for both routing and the upstream request. */
export interface Target {
  /** Without `.` and `..`, which an upstream would resolve past our rules. */
  readonly path: string;
  /** With its question mark; empty without a query. */
  readonly search: string;
}

/** Returns undefined for a proxy request such as `GET http://host/`. */
export function readTarget(originalUrl: string): Target | undefined {
  if (!originalUrl.startsWith('/')) return undefined;
  const end = originalUrl.indexOf('?');
  // The setters keep the host whatever the path looks like: `//evil` stays a path.
  const url = new URL('http://gateway');
  url.pathname = end === -1 ? originalUrl : originalUrl.slice(0, end);
  url.search = end === -1 ? '' : originalUrl.slice(end);
  return { path: url.pathname, search: url.search };
}

export function upstreamUrl(base: string, { path, search }: Target): URL {
  const url = new URL(base);
  url.pathname = path;
  url.search = search;
  return url;
}
