import { fillVariables, shellVariables } from '@watchkeeper/oncall/runbooks/variables';
import { getJson } from '../observation/monitoring-clients.ts';
import { messageOf } from '../observation/wait-until.ts';
import { type Expectation, readExpectation } from '../runbooks/expectation.ts';
import { type Block, type BlockType, blockTypes } from '../runbooks/page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { rewriteAddresses } from './addresses.ts';
import { runBash } from './bash.ts';
import { compressLogql, compressPromql } from './compress.ts';
import { meetsExpectation, type Outcome } from './judge.ts';

export interface BlockResult {
  readonly line: number;
  readonly section: string;
  readonly type: string;
  /** With labels filled in and durations compressed. */
  readonly code: string;
  readonly expected: string;
  readonly verdict: 'met' | 'unmet' | 'skipped';
  /** The result, or why it was skipped. */
  readonly text: string;
}

/** Of the alert; they fill in the variables of a page. */
type Labels = Readonly<Record<string, string>>;

const timeoutMs = 15_000;

/** Compares the result with what the page expects; never rejects. */
export async function runBlock(
  system: DrillSystem,
  block: Block,
  labels: Labels,
): Promise<BlockResult> {
  const { line, section, type, attributes, code } = block;
  const expected = attributes.expect ?? '';
  const common = { line, section, type, expected };
  const reason = skipReason(system, block);
  if (reason !== undefined) return { ...common, code, verdict: 'skipped', text: reason };
  const filled = prepare(system, block, labels);
  if ('problem' in filled) return { ...common, code, verdict: 'unmet', text: filled.problem };
  const outcome = await perform(system, type as BlockType, filled.code, labels).catch(
    (error: unknown): Outcome => ({ kind: 'error', text: messageOf(error) }),
  );
  const expectation = readExpectation(type as BlockType, expected) as Expectation;
  const verdict = meetsExpectation(expectation, outcome) ? 'met' : 'unmet';
  return { ...common, code: filled.code, verdict, text: describe(outcome) };
}

/** Why a block can't run on this system; undefined when it can. */
export function skipReason(system: DrillSystem, { type, attributes }: Block): string | undefined {
  const modes = attributes.on?.split(',');
  if (modes && !modes.includes(system.mode)) return `only on ${modes.join(', ')}`;
  if (!(blockTypes as readonly string[]).includes(type)) return `\`${type}\` can't run here`;
  if (type === 'logql' && system.url('loki') === undefined) return 'Loki does not run here';
  return undefined;
}

function prepare(system: DrillSystem, { type, code }: Block, labels: Labels) {
  // A shell has variables of its own; the labels are in its environment.
  if (type === 'bash') return { code: rewriteAddresses(code, system) };
  const filled = fillVariables(code, labels, type === 'sql' ? 'sql' : 'other');
  if ('problem' in filled) return filled;
  if (type === 'promql') return { code: compressPromql(filled.code, system.timeFactor) };
  if (type === 'logql') return { code: compressLogql(filled.code, system.timeFactor) };
  return type === 'http' ? { code: rewriteAddresses(filled.code, system) } : filled;
}

function perform(
  system: DrillSystem,
  type: BlockType,
  code: string,
  labels: Labels,
): Promise<Outcome> {
  const runners: Readonly<Record<BlockType, () => Promise<Outcome>>> = {
    bash: () => {
      const known = { ...process.env, ...system.shell };
      return runBash(code, { ...system.shell, ...shellVariables(code, labels, known) });
    },
    promql: () => queryPrometheus(system, code),
    logql: () => queryLoki(system, code),
    sql: () => queryDatabase(system, code),
    http: () => sendRequest(code),
  };
  return runners[type]();
}

interface QueryAnswer {
  readonly data: { readonly resultType: string; readonly result: unknown };
}

type Series = { metric: Labels; value?: [number, string]; values?: [number, string][] };

async function queryPrometheus(system: DrillSystem, code: string): Promise<Outcome> {
  const parameters = new URLSearchParams({ query: code });
  const { data } = await getJson<QueryAnswer>(
    `${system.url('prometheus')}/api/v1/query?${parameters}`,
  );
  return outcomeOf(data);
}

async function queryLoki(system: DrillSystem, code: string): Promise<Outcome> {
  // Loki returns log lines only over a range, and numbers at an instant.
  const isLogQuery = /^\s*\{/.test(code);
  const path = isLogQuery ? 'query_range' : 'query';
  const parameters = new URLSearchParams({ query: code, limit: '20', since: '1h' });
  const { data } = await getJson<QueryAnswer>(
    `${system.url('loki')}/loki/api/v1/${path}?${parameters}`,
  );
  return outcomeOf(data);
}

function outcomeOf({ resultType, result }: QueryAnswer['data']): Outcome {
  if (resultType === 'scalar') {
    const [, value] = result as [number, string];
    return { kind: 'values', values: [Number(value)], text: value };
  }
  const series = result as (Series & { stream?: Labels })[];
  const rows = series.map(({ metric, stream, value, values }) => ({
    labels: stream ?? metric,
    last: value?.[1] ?? values?.at(-1)?.[1] ?? '',
  }));
  const text = rows.map(({ labels, last }) => `${formatLabels(labels)} ${last}`).join('\n');
  return { kind: 'values', values: rows.map(({ last }) => Number(last)), text };
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  return `${labels.__name__ ?? ''}{${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}

async function queryDatabase(system: DrillSystem, code: string): Promise<Outcome> {
  const rows = await system.sql(code);
  const text = rows.map((row) => row.map(String).join(' | ')).join('\n');
  return { kind: 'values', values: rows.map(([first]) => Number(first)), text };
}

async function sendRequest(code: string): Promise<Outcome> {
  const [head = '', ...body] = code.split('\n');
  const [method = 'GET', url = ''] = head.split(' ');
  const text = body.join('\n').trim();
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(text === '' ? {} : { body: text }),
  });
  return { kind: 'status', status: response.status, text: await response.text() };
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'exit' && outcome.code !== 0) return `exit ${outcome.code}\n${outcome.text}`;
  if (outcome.kind === 'status') return `${outcome.status} ${outcome.text.slice(0, 300)}`;
  return outcome.text === '' ? '(nothing)' : outcome.text;
}
