/** What a request is for, as it is compared with the routes and as the upstream is asked for it. */
export interface Target {
  /** Without `.` and `..`, which an upstream would otherwise resolve past our rules. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly search: string;
}

/** Reads the target of a request; there is none for a proxy's `GET http://host/` and the like. */
export function readTarget(originalUrl: string): Target | undefined {
  if (!originalUrl.startsWith('/')) return undefined;
  const end = originalUrl.indexOf('?');
  // By its setters a URL keeps its host, whatever the path looks like: `//evil` stays a path.
  const url = new URL('http://gateway');
  url.pathname = end === -1 ? originalUrl : originalUrl.slice(0, end);
  url.search = end === -1 ? '' : originalUrl.slice(end);
  return { path: url.pathname, search: url.search };
}

/** The address at which the upstream is asked. */
export function addressOf(base: string, { path, search }: Target): URL {
  const url = new URL(base);
  url.pathname = path;
  url.search = search;
  return url;
}
