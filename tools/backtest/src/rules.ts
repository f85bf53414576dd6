import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '@watchkeeper/checks/names/promql';
import { StackError } from '@watchkeeper/stack/stack-error';
import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { parse } from 'yaml';
import { z } from 'zod';

export interface AlertRule {
  readonly name: string;
  readonly expr: string;
  readonly forSeconds: number;
  readonly keepFiringForSeconds: number;
  /** Seconds between two evaluations. */
  readonly interval: number;
  /** Of the rule, as written: values may be templates. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Recording {
  readonly expr: string;
  readonly interval: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RuleSet {
  readonly alerts: readonly AlertRule[];
  /** By the recorded name; several rules may record one. */
  readonly recordings: ReadonlyMap<string, readonly Recording[]>;
}

const duration = z
  .union([z.string(), z.literal(0)])
  .refine((value) => seconds(value) !== undefined, 'expected a duration such as `90s` or `5m`')
  .transform((value) => seconds(value) ?? 0);
const labels = z.record(z.string(), z.coerce.string()).default({});
const promql = z.coerce.string().superRefine((expr, context) => {
  const { problem } = namesIn(expr);
  if (problem === undefined) return;
  const hint = expr.includes('|=') || expr.includes('{') ? '; LogQL, for Loki, is not read' : '';
  context.addIssue({ code: 'custom', message: `expected PromQL, got a ${problem}${hint}` });
});
const rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: promql,
  for: duration.default(0),
  keep_firing_for: duration.default(0),
  labels,
});
const groups = z.array(
  z.object({ interval: duration.optional(), rules: z.array(rule).default([]) }),
);
/** A rule file of Prometheus, or the Kubernetes object `PrometheusRule` around one. */
const file = z.union([
  z.object({ groups }),
  z.object({ spec: z.object({ groups }) }).transform(({ spec }) => spec),
]);

function seconds(value: string | number): number | undefined {
  if (value === 0 || value === '0') return 0;
  const ms = parseDuration(String(value));
  return ms === undefined ? undefined : ms / 1_000;
}

/**
 * Reads the rules of files, and of the files in folders but for promtool's tests.
 * @param defaultInterval Seconds between evaluations of a group that does not say
 * @throws StackError that names the file, the place and what was expected
 */
export function readRules(paths: readonly string[], defaultInterval: number): RuleSet {
  const alerts: AlertRule[] = [];
  const recordings = new Map<string, Recording[]>();
  for (const group of paths.flatMap(filesOf).flatMap(groupsOf)) {
    const interval = group.interval || defaultInterval;
    for (const { alert, record, expr, labels, ...rest } of group.rules) {
      const common = { expr: expr.trim(), labels, interval };
      if (record !== undefined) {
        recordings.set(record, [...(recordings.get(record) ?? []), common]);
      } else {
        const holds = { forSeconds: rest.for, keepFiringForSeconds: rest.keep_firing_for };
        alerts.push({ name: alert ?? '', ...common, ...holds });
      }
    }
  }
  if (alerts.length === 0) {
    throw new StackError(`Expected rules with alerts, got none in \`${paths.join('`, `')}\`.`, {
      exitCode: 2,
    });
  }
  return { alerts, recordings };
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) {
    throw new StackError(`Expected a file or folder of rules, got \`${path}\`: there is none.`, {
      exitCode: 2,
    });
  }
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

function groupsOf(path: string): z.output<typeof groups> {
  const refuse = (problem: string, cause?: unknown) =>
    new StackError(`${path}: ${problem}`, { exitCode: 2, cause });
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse(`expected YAML: ${String((error as Error).message).split('\n')[0]}`, error);
  }
  const result = file.safeParse(document);
  if (result.success) return result.data.groups;
  const [issue] = flatten(result.error.issues);
  throw refuse(`${issue?.path.join('.') || 'the document'}: ${issue?.message}.`);
}

/** The most specific problem of a union comes first. */
function flatten(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues
    .flatMap((issue) => (issue.code === 'invalid_union' ? issue.errors.flatMap(flatten) : [issue]))
    .sort((one, other) => other.path.length - one.path.length);
}
