import { setTimeout as sleep } from 'node:timers/promises';
import { annotations, type DashboardSpec, interpolate, type Query } from '@watchkeeper/dashboards';

/** A query as it is asked, and where it comes from. */
export interface Question {
  readonly query: Query;
  /** With its variables filled in. */
  readonly expression: string;
}

/** What a query brought. */
export interface Answer {
  readonly series: number;
  /** The names of labels or columns that every one of them has. */
  readonly labels: readonly string[];
}

/** Who answers the questions of one language; rejects where a question is refused. */
export type Ask = (question: Question) => Promise<Answer>;

/** Who is there to be asked, by language, and the components that not every place has. */
export interface Answerers {
  readonly promql: Ask;
  readonly logql?: Ask;
  readonly sql?: Ask;
  readonly present?: readonly ('jaeger' | 'loki')[];
}

/** What is wrong with a query of a panel. */
interface Lack {
  readonly where: string;
  readonly fault: string;
}

interface Case extends Question {
  readonly where: string;
  readonly mayBeEmpty: boolean;
  readonly neededLabels: readonly string[];
}

/**
 * Asks every query of every dashboard until each has had its data, or the time is over. Then it
 * rejects with those that are refused, that bring nothing although nobody declared why that is good
 * news, and that lack a label which their links need.
 */
export async function assertDashboardsHaveData(
  dashboards: readonly DashboardSpec[],
  answerers: Answerers,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let lacks = await lacksIn(dashboards, answerers);
  while (lacks.length > 0 && Date.now() < deadline) {
    await sleep(1_000);
    lacks = await lacksIn(dashboards, answerers, new Set(lacks.map(({ where }) => where)));
  }
  if (lacks.length === 0) return;
  const list = lacks.map(({ where, fault }) => `${where}\n  ${fault}`).join('\n');
  throw new Error(`Expected data for ${lacks.length} queries more:\n${list}`);
}

/** Asks every query once, or those that are named; returns what is wrong with each. */
async function lacksIn(
  dashboards: readonly DashboardSpec[],
  answerers: Answerers,
  only?: ReadonlySet<string>,
): Promise<Lack[]> {
  const lacks: Lack[] = [];
  const cases = dashboards.flatMap(casesOf).filter(({ where }) => only?.has(where) ?? true);
  for (const one of cases) {
    const ask = askFor(one.query, answerers);
    if (ask === undefined) continue;
    const fault = await faultOf(one, ask);
    if (fault !== undefined) lacks.push({ where: one.where, fault });
  }
  return lacks;
}

/** Nobody to ask is no fault: the place has no such component. */
function askFor({ needs, language }: Query, answerers: Answerers): Ask | undefined {
  const { present = [] } = answerers;
  return needs === undefined || present.includes(needs) ? answerers[language] : undefined;
}

async function faultOf(one: Case, ask: Ask): Promise<string | undefined> {
  try {
    const { series, labels } = await ask(one);
    if (series === 0) return one.mayBeEmpty ? undefined : `no data: ${one.expression}`;
    const missing = one.neededLabels.filter((name) => !labels.includes(name));
    if (missing.length === 0) return undefined;
    return `its links need the labels ${missing.join(', ')}, got ${labels.join(', ') || 'none'}`;
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : error}`;
  }
}

/** Every query of a dashboard, those of its marks as well. */
function casesOf({ uid, panels }: DashboardSpec): Case[] {
  const marks = annotations.map((query) => ({
    where: `${uid}, the mark “${query.name}”`,
    query,
    expression: interpolate(query.expression),
    mayBeEmpty: query.emptyWhenHealthy !== undefined,
    neededLabels: [],
  }));
  const ofPanels = panels.flatMap(({ id, title, queries, emptyWhenHealthy, links, columns }) =>
    queries.map((query, index) => ({
      where: `${uid}, panel ${id} “${title}”, query ${index}`,
      query,
      expression: interpolate(query.expression),
      mayBeEmpty: (query.emptyWhenHealthy ?? emptyWhenHealthy) !== undefined,
      neededLabels: query.isForExemplars
        ? []
        : [...labelsOfLinks(links ?? []), ...columnsOf(query, columns ?? {})],
    })),
  );
  return [...marks, ...ofPanels];
}

function labelsOfLinks(links: readonly { url: string }[]): string[] {
  const names = links.flatMap(({ url }) =>
    [...url.matchAll(/__field\.labels\.(\w+)/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)];
}

/** Columns are what a table of SQL shows; those of Prometheus are labels, which a series may lack. */
function columnsOf({ language }: Query, columns: object): string[] {
  return language === 'sql' ? Object.keys(columns) : [];
}
