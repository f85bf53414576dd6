import type { LinkModel } from './dashboard.ts';
import { fillIn, type Words } from './variables.ts';

/** Where the things stand that links lead to. */
export interface Places {
  /** Jaeger as a browser opens it. */
  readonly jaeger: string | undefined;
}

/** A link that can be followed. */
export interface Way {
  readonly title: string;
  readonly href: string;
}

// Only the base of relative addresses; nothing is ever sent there.
const base = 'http://viewer.invalid';

/** The links of a panel, filled in; those that lead nowhere here are left out. */
export function waysOf(links: readonly LinkModel[], words: Words, places: Places): readonly Way[] {
  return links.flatMap(({ title, url }) => {
    const asPart: Words = (name, format) => {
      const value = words(name, format);
      // What a label says must stay inside its place in the address.
      return value === undefined || isWhole(name, format) ? value : encodeURIComponent(value);
    };
    const href = translate(fillIn(url, asPart, 'text'), places);
    return href === undefined ? [] : [{ title: fillIn(title, words, 'text'), href }];
  });
}

function isWhole(name: string, format: string): boolean {
  return format === 'queryparam' || name === '__url_time_range';
}

/** Grafana's own addresses in terms of what is here; undefined for what only Grafana has. */
export function translate(address: string, places: Places): string | undefined {
  if (!URL.canParse(address, base)) return undefined;
  const url = new URL(address, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.origin !== base) return url.username === '' ? url.href : undefined;
  const [, first, second] = url.pathname.split('/');
  if (first === 'd' && second !== undefined) {
    return `/dashboards/${encodeURIComponent(second)}${url.search}`;
  }
  if (first === 'explore') return toJaeger(url.searchParams.get('panes'), places);
  if (first === 'alerting') {
    const name = url.searchParams.get('search');
    return name === null ? '/' : `/runbooks/${encodeURIComponent(name)}`;
  }
  return undefined;
}

/** A trace in Jaeger; undefined where there is no Jaeger or no id. */
export function traceAddress(id: string | undefined, { jaeger }: Places): string | undefined {
  if (jaeger === undefined || id === undefined || !/^[0-9a-f]{16,32}$/.test(id)) return undefined;
  return `${jaeger.replace(/\/+$/, '')}/trace/${id}`;
}

interface Pane {
  readonly queries?: readonly Readonly<Record<string, unknown>>[];
  readonly range?: { readonly from?: string; readonly to?: string };
}

/** A search in Explore as one in Jaeger's own page. */
function toJaeger(panes: string | null, { jaeger }: Places): string | undefined {
  if (jaeger === undefined || panes === null) return undefined;
  const [pane] = Object.values(parsePanes(panes));
  const query = pane?.queries?.[0];
  if (typeof query?.service !== 'string') return undefined;
  const search = new URLSearchParams({ service: query.service, limit: '20' });
  if (typeof query.tags === 'string') search.set('tags', tagsToJson(query.tags));
  if (typeof query.minDuration === 'string') search.set('minDuration', query.minDuration);
  const { from, to } = pane?.range ?? {};
  // Microseconds, as Jaeger counts.
  if (/^\d+$/.test(from ?? '') && /^\d+$/.test(to ?? '')) {
    search.set('start', `${from}000`);
    search.set('end', `${to}000`);
    search.set('lookback', 'custom');
  }
  return `${jaeger.replace(/\/+$/, '')}/search?${search}`;
}

function parsePanes(text: string): Record<string, Pane> {
  try {
    return JSON.parse(text) as Record<string, Pane>;
  } catch {
    return {};
  }
}

/** `error=true` is how Grafana writes what Jaeger's page wants as JSON. */
function tagsToJson(tags: string): string {
  const pairs = tags.split(/\s+/).map((pair) => pair.split('=', 2));
  return JSON.stringify(Object.fromEntries(pairs.filter(([name]) => name !== '')));
}
