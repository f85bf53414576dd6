import fc from 'fast-check';

export interface Target {
  readonly origin: string;
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

const pathSegment = fc.oneof(
  fc.stringMatching(/^[ -~]{0,30}$/).map((text) => encodeURIComponent(text)),
  fc.constantFrom('a', '%00', '%E0%A4', '..%2F..', '1'),
);
const header = fc.oneof(
  fc.constantFrom('application/json', 'text/plain', 'application/json; charset=none'),
  fc.stringMatching(/^[ -~]{0,30}$/),
);

/** Any endpoint of the target, with any text for its parameters. */
function anyPath({ routes }: Target, method: string, otherPaths: readonly string[]) {
  const known = routes.filter((route) => route.method === method).map(({ path }) => path);
  return fc
    .tuple(fc.constantFrom(...known, ...otherPaths), pathSegment)
    .map(([path, segment]) => path.replace(/\{[^}]*\}|[:*]\w+/g, () => segment));
}

async function refuse5xx(origin: string, path: string, init?: RequestInit): Promise<void> {
  const response = await fetch(`${origin}${path}`, init);
  await response.arrayBuffer();
  if (response.status >= 500) throw new Error(`${path}: ${response.status}`);
}

/**
 * Sends 600 random POSTs and 600 random GETs to every endpoint; rejects at the first 5xx, with the
 * smallest request that causes it.
 * @param body of POSTs besides noise: nearly valid bodies get further than noise does
 * @param otherPaths besides the routes'
 */
export async function sendRandomRequests(
  target: Target,
  body: fc.Arbitrary<unknown>,
  otherPaths: readonly string[] = [],
): Promise<void> {
  const noise = fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 200 }));
  const bodies = fc.oneof(
    noise,
    body.map((value) => JSON.stringify(value) ?? ''),
  );
  const posts = anyPath(target, 'POST', otherPaths);
  const posting = fc.asyncProperty(posts, bodies, header, (path, content, type) => {
    const headers = { 'content-type': type, 'idempotency-key': type };
    return refuse5xx(target.origin, path, { method: 'POST', headers, body: content });
  });
  await fc.assert(posting, { numRuns: 600 });
  const gets = anyPath(target, 'GET', otherPaths);
  const reading = fc.asyncProperty(gets, fc.webQueryParameters(), (path, query) =>
    refuse5xx(target.origin, `${path}?${query}`),
  );
  await fc.assert(reading, { numRuns: 600 });
}

/** The values of `route` in a text of metrics that are not routes of the target. */
export function unknownRoutes(metrics: string, { routes }: Target): string[] {
  const known = new Set([...routes.map(({ path }) => path), 'unmatched']);
  const seen = [...metrics.matchAll(/route="([^"]*)"/g)].map(([, route]) => String(route));
  return seen.filter((route) => !known.has(route));
}
