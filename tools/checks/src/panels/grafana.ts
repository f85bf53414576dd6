import { join } from 'node:path';
import { interpolate } from '@watchkeeper/dashboards';
import puppeteer from 'puppeteer-core';
import type { Answer, Answerers, Ask, Question } from './has-data.ts';

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

/** A Grafana at hand, as its administrator sees it. */
export interface Grafana {
  /** Who answers through its query API; a language without data source is not answered. */
  answerers(): Promise<Answerers>;
  /** The panels that it has of a dashboard; rejects where it has none by that uid. */
  panelIds(uid: string): Promise<readonly number[]>;
  /** Opens a dashboard in a browser, and keeps its picture in the folder. */
  takeScreenshot(uid: string, browserPath: string, folder: string): Promise<string>;
}

const types = {
  promql: 'prometheus',
  logql: 'loki',
  sql: 'grafana-postgresql-datasource',
} as const;
// Long enough for a dozen queries of an hour, and for what they draw.
const drawingMs = 60_000;

/** Makes a client; `authorization` is the header, `Basic …` or `Bearer …`. */
export function createGrafana(base: string, authorization: string): Grafana {
  async function call<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(path, base), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Grafana's ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  function askOf(source: DataSource): Ask {
    return async (question) => {
      const query = queryOf(question, source);
      const { results } = await call<{ results: Record<string, { frames?: Frame[] }> }>(
        '/api/ds/query',
        { queries: [query], from: 'now-1h', to: 'now' },
      );
      return answerOf(results.A?.frames ?? []);
    };
  }

  return {
    async answerers() {
      const all = await call<DataSource[]>('/api/datasources');
      const asks = Object.entries(types).flatMap(([language, type]) => {
        const candidates = all.filter((source) => source.type === type);
        const source = candidates.find(({ isDefault }) => isDefault) ?? candidates[0];
        return source === undefined ? [] : [[language, askOf(source)] as const];
      });
      const found = Object.fromEntries(asks) as Partial<Answerers>;
      if (found.promql === undefined) throw new Error('Expected Grafana to have a Prometheus.');
      return { ...found, promql: found.promql, present: ['jaeger', 'loki'] };
    },
    async panelIds(uid) {
      const { dashboard } = await call<{ dashboard: { panels: { id: number }[] } }>(
        `/api/dashboards/uid/${uid}`,
      );
      return dashboard.panels.map(({ id }) => id);
    },
    async takeScreenshot(uid, browserPath, folder) {
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

/** As Grafana's own pages send it; exemplars come as a frame beside the series. */
function queryOf({ query, expression }: Question, { uid, type }: DataSource) {
  const common = {
    refId: 'A',
    datasource: { uid, type },
    intervalMs: 15_000,
    maxDataPoints: 500,
  };
  if (query.language === 'sql') return { ...common, rawSql: expression, format: 'table' };
  const isRange = query.over === 'range';
  const expr = interpolate(expression);
  if (query.language === 'logql') {
    return { ...common, expr, queryType: isRange ? 'range' : 'instant', maxLines: 100 };
  }
  return { ...common, expr, range: isRange, instant: !isRange, exemplar: query.isForExemplars };
}

function answerOf(frames: readonly Frame[]): Answer {
  const filled = frames.filter(({ data }) => (data.values[0]?.length ?? 0) > 0);
  const namesOf = ({ schema }: Frame) => [
    ...schema.fields.map(({ name }) => name),
    ...schema.fields.flatMap(({ labels = {} }) => Object.keys(labels)),
  ];
  const [first, ...others] = filled.map(namesOf);
  const labels = (first ?? []).filter((name) => others.every((other) => other.includes(name)));
  return { series: filled.length, labels };
}
