import type { LinkModel } from './dashboard.ts';
import { interpolate, type Resolve } from './variables.ts';

export interface LinkTargets {
  /** Jaeger as a browser opens it. */
  readonly jaeger: string | undefined;
}

export interface DataLink {
  readonly title: string;
  readonly href: string;
}

// Only the base of relative addresses; nothing is ever sent there.
const base = 'http://viewer.invalid';

/** Data links with their variables filled in; those without a target here are left out. */
export function resolveLinks(
  links: readonly LinkModel[],
  resolve: Resolve,
  linkTargets: LinkTargets,
): readonly DataLink[] {
  return links.flatMap(({ title, url }) => {
    const asPart: Resolve = (name, format) => {
      const value = resolve(name, format);
      // A label's value must stay inside its part of the address.
      return value === undefined || isWhole(name, format) ? value : encodeURIComponent(value);
    };
    const href = translateAddress(interpolate(url, asPart, 'text'), linkTargets);
    return href === undefined ? [] : [{ title: interpolate(title, resolve, 'text'), href }];
  });
}

function isWhole(name: string, format: string): boolean {
  return format === 'queryparam' || name === '__url_time_range';
}

/** Rewrites Grafana's own addresses to the viewer's; undefined for pages that only Grafana has. */
export function translateAddress(address: string, linkTargets: LinkTargets): string | undefined {
  if (!URL.canParse(address, base)) return undefined;
  const url = new URL(address, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.origin !== base) return url.username === '' ? url.href : undefined;
  const [, first, second] = url.pathname.split('/');
  if (first === 'd' && second !== undefined) {
    return `/dashboards/${encodeURIComponent(second)}${url.search}`;
  }
  if (first === 'explore') return toJaeger(url.searchParams.get('panes'), linkTargets);
  if (first === 'alerting') {
    const name = url.searchParams.get('search');
    return name === null ? '/' : `/runbooks/${encodeURIComponent(name)}`;
  }
  return undefined;
}

/** A trace in Jaeger; undefined without Jaeger or a valid id. */
export function traceAddress(id: string | undefined, { jaeger }: LinkTargets): string | undefined {
  if (jaeger === undefined || id === undefined || !/^[0-9a-f]{16,32}$/.test(id)) return undefined;
  return `${jaeger.replace(/\/+$/, '')}/trace/${id}`;
}

interface Pane {
  readonly queries?: readonly Readonly<Record<string, unknown>>[];
  readonly range?: { readonly from?: string; readonly to?: string };
}

/** A search in Explore as one in Jaeger's UI. */
function toJaeger(panes: string | null, { jaeger }: LinkTargets): string | undefined {
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

/** Grafana writes `error=true`, Jaeger's UI expects JSON. */
function tagsToJson(tags: string): string {
  const pairs = tags.split(/\s+/).map((pair) => pair.split('=', 2));
  return JSON.stringify(Object.fromEntries(pairs.filter(([name]) => name !== '')));
}
