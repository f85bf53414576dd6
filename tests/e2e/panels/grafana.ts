import { join } from 'node:path';
import { interpolate } from '@watchkeeper/dashboards';
import puppeteer from 'puppeteer-core';
import type { FilledQuery, QueryResult, QueryRunners, RunQuery } from './has-data.ts';

interface Frame {
  readonly schema: {
    readonly fields: readonly { name: string; labels?: Readonly<Record<string, string>> }[];
  };
  readonly data: { readonly values: readonly (readonly unknown[])[] };
}

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly isDefault: boolean;
}

const types = {
  promql: 'prometheus',
  logql: 'loki',
  sql: 'grafana-postgresql-datasource',
} as const;
// Long enough for a dozen queries of an hour, and for drawing their results.
const drawingMs = 60_000;

/** Sends a body as JSON by POST; rejects with Grafana's message where it refuses. */
type Call = <T>(path: string, body?: unknown) => Promise<T>;

/** `authorization` is the header of an administrator, `Basic …` or `Bearer …`. */
export function createGrafana(base: string, authorization: string) {
  const call: Call = async (path, body) => {
    const response = await fetch(new URL(path, base), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Grafana's ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    /** By its query API; a language without data source has no runner. */
    async queryRunners(): Promise<QueryRunners> {
      const all = await call<DataSource[]>('/api/datasources');
      const runners = Object.entries(types).flatMap(([language, type]) => {
        const candidates = all.filter((source) => source.type === type);
        const source = candidates.find(({ isDefault }) => isDefault) ?? candidates[0];
        return source === undefined ? [] : [[language, createRunner(call, source)] as const];
      });
      const found = Object.fromEntries(runners) as Partial<QueryRunners>;
      if (found.promql === undefined) throw new Error('Expected Grafana to have a Prometheus.');
      return { ...found, promql: found.promql, present: ['jaeger', 'loki'] };
    },
    /** The panels of a dashboard; rejects for an unknown uid. */
    async panelIds(uid: string): Promise<readonly number[]> {
      type Found = { dashboard: { panels: { id: number }[] } };
      const { dashboard } = await call<Found>(`/api/dashboards/uid/${uid}`);
      return dashboard.panels.map(({ id }) => id);
    },
    /** Opens a dashboard in a browser; resolves to the file of its picture in the folder. */
    async takeScreenshot(uid: string, browserPath: string, folder: string): Promise<string> {
      const args = ['--no-sandbox', '--disable-dev-shm-usage'];
      const browser = await puppeteer.launch({ executablePath: browserPath, args });
      try {
        const page = await browser.newPage();
        await page.setViewport({ width: 1600, height: 2000 });
        await page.setExtraHTTPHeaders({ authorization });
        const address = new URL(`/d/${uid}?kiosk&from=now-1h&to=now`, base);
        await page.goto(address.href, { waitUntil: 'networkidle2', timeout: drawingMs });
        const path = join(folder, `${uid}.png`);
        await page.screenshot({ path: path as `${string}.png` });
        return path;
      } finally {
        await browser.close();
      }
    },
  };
}

function createRunner(call: Call, source: DataSource): RunQuery {
  return async (query) => {
    const body = { queries: [requestOf(query, source)], from: 'now-1h', to: 'now' };
    type Response = { results: Record<string, { frames?: Frame[] }> };
    const { results } = await call<Response>('/api/ds/query', body);
    return resultOf(results.A?.frames ?? []);
  };
}

/** As Grafana's own pages send it; exemplars are a frame of their own. */
function requestOf({ query, expression }: FilledQuery, { uid, type }: DataSource) {
  const resolution = { intervalMs: 15_000, maxDataPoints: 500 };
  const common = { refId: 'A', datasource: { uid, type }, ...resolution };
  if (query.language === 'sql') return { ...common, rawSql: expression, format: 'table' };
  const isRange = query.over === 'range';
  const expr = interpolate(expression);
  if (query.language === 'logql') {
    return { ...common, expr, queryType: isRange ? 'range' : 'instant', maxLines: 100 };
  }
  return { ...common, expr, range: isRange, instant: !isRange, exemplar: query.isForExemplars };
}

function resultOf(frames: readonly Frame[]): QueryResult {
  const filled = frames.filter(({ data }) => (data.values[0]?.length ?? 0) > 0);
  const namesOf = ({ schema }: Frame) => [
    ...schema.fields.map(({ name }) => name),
    ...schema.fields.flatMap(({ labels = {} }) => Object.keys(labels)),
  ];
  const [first, ...others] = filled.map(namesOf);
  const labels = (first ?? []).filter((name) => others.every((other) => other.includes(name)));
  return { series: filled.length, labels };
}
