import { setTimeout as sleep } from 'node:timers/promises';
import { annotations, type DashboardSpec, interpolate, type Query } from '@watchkeeper/dashboards';

export interface FilledQuery {
  readonly query: Query;
  /** With its variables filled in. */
  readonly expression: string;
}

export interface QueryResult {
  readonly series: number;
  /** The labels or columns that every series has. */
  readonly labels: readonly string[];
}

/** Rejects where the query is refused. */
export type RunQuery = (query: FilledQuery) => Promise<QueryResult>;

/** By language; and the optional components that run. */
export interface QueryRunners {
  readonly promql: RunQuery;
  readonly logql?: RunQuery;
  readonly sql?: RunQuery;
  readonly present?: readonly ('jaeger' | 'loki')[];
}

interface QueryProblem {
  readonly where: string;
  readonly problem: string;
}

interface Case extends FilledQuery {
  readonly where: string;
  readonly mayBeEmpty: boolean;
  readonly neededLabels: readonly string[];
}

/**
 * Runs every query of every dashboard until each has returned data, or the time is over. Then it
 * rejects with those that are refused, that return nothing without a declared reason, or that lack a
 * label of their links.
 */
export async function assertDashboardsHaveData(
  dashboards: readonly DashboardSpec[],
  runners: QueryRunners,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let problems = await findProblems(dashboards, runners);
  while (problems.length > 0 && Date.now() < deadline) {
    await sleep(1_000);
    const failed = new Set(problems.map(({ where }) => where));
    problems = await findProblems(dashboards, runners, failed);
  }
  if (problems.length === 0) return;
  const list = problems.map(({ where, problem }) => `${where}\n  ${problem}`).join('\n');
  throw new Error(`Expected data for ${problems.length} more queries:\n${list}`);
}

/** Runs every query once, or only those. */
async function findProblems(
  dashboards: readonly DashboardSpec[],
  runners: QueryRunners,
  only?: ReadonlySet<string>,
): Promise<QueryProblem[]> {
  const problems: QueryProblem[] = [];
  const cases = dashboards.flatMap(casesOf).filter(({ where }) => only?.has(where) ?? true);
  for (const one of cases) {
    const runQuery = runnerFor(one.query, runners);
    if (runQuery === undefined) continue;
    const problem = await findProblem(one, runQuery);
    if (problem !== undefined) problems.push({ where: one.where, problem });
  }
  return problems;
}

/** Undefined where the component does not run. */
function runnerFor({ needs, language }: Query, runners: QueryRunners): RunQuery | undefined {
  const { present = [] } = runners;
  return needs === undefined || present.includes(needs) ? runners[language] : undefined;
}

async function findProblem(one: Case, runQuery: RunQuery): Promise<string | undefined> {
  try {
    const { series, labels } = await runQuery(one);
    if (series === 0) return one.mayBeEmpty ? undefined : `no data: ${one.expression}`;
    const missing = one.neededLabels.filter((name) => !labels.includes(name));
    if (missing.length === 0) return undefined;
    return `its links need the labels ${missing.join(', ')}, got ${labels.join(', ') || 'none'}`;
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : error}`;
  }
}

/** Every query of a dashboard, those of its annotations included. */
function casesOf({ uid, panels }: DashboardSpec): Case[] {
  const ofAnnotations = annotations.map((query) => ({
    where: `${uid}, the annotation “${query.name}”`,
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
  return [...ofAnnotations, ...ofPanels];
}

function labelsOfLinks(links: readonly { url: string }[]): string[] {
  const names = links.flatMap(({ url }) =>
    [...url.matchAll(/__field\.labels\.(\w+)/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)];
}

/** The columns of a table of SQL; those of Prometheus are labels, which a series may lack. */
function columnsOf({ language }: Query, columns: object): string[] {
  return language === 'sql' ? Object.keys(columns) : [];
}
