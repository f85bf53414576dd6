import { stringify } from 'yaml';
import { fastBurnRate, type Slo } from './document.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Burn {
  readonly rate: number;
  readonly long: string;
  readonly short: string;
}

const heading = `# How much of each service's error budget is left, and how fast it burns; evaluated by Prometheus.
# Made by \`npm run generate\` from monitoring/slo; change it there.
`;
// Often enough for the shortest window, seldom enough that thirty days are summed in no time.
const intervalSeconds = 60;
const windows: Readonly<Record<string, number>> = {
  '30m': 1_800,
  '1h': 3_600,
  '2h': 7_200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
  '30d': 2_592_000,
};
// Source: the SRE workbook, chapter 5. 2 % of a month's budget in an hour, 5 % in six hours, …
const fastBurns: readonly Burn[] = [
  { rate: fastBurnRate, long: '1h', short: '5m' },
  { rate: 6, long: '6h', short: '30m' },
];
// … and 10 % in a day or in three.
const slowBurns: readonly Burn[] = [
  { rate: 3, long: '1d', short: '2h' },
  { rate: 1, long: '3d', short: '6h' },
];
// Fewer failures than this in a whole window are bad luck, however few requests there were.
const leastFailures = 10;

/** The rule file of all objectives. */
export function sloRules(slos: readonly Slo[]): string {
  const groups = [
    ...slos.map((slo) => ({
      name: `slo.${slo.metadata.name}`,
      interval: `${intervalSeconds}s`,
      rules: recordings(slo),
    })),
    { name: 'slo.windows', interval: `${intervalSeconds}s`, rules: windowRecordings() },
    { name: 'slo.alerts', interval: `${intervalSeconds}s`, rules: [fastAlert(), slowAlert()] },
  ];
  return heading + stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function recordings({ metadata, spec }: Slo): Rule[] {
  const { good, bad, total } = spec.indicator.spec.ratioMetric;
  const over = (query: string) => query.replaceAll('{{.window}}', '5m');
  const all = over(total.metricSource.spec.query);
  const part = over((bad ?? good)?.metricSource.spec.query ?? '');
  // Recorded just before, so that the raw series are read once.
  const events = `sum by (job) (job_slo:sli_events:rate5m{slo="${metadata.name}"})`;
  // What never failed has no such series; it fails at a rate of zero.
  const errors = bad === undefined ? `${events}\n- ${part}` : `${part}\nor 0 * ${events}`;
  const labels = { slo: metadata.name };
  const target = spec.objectives[0].target;
  return [
    { record: 'job_slo:sli_events:rate5m', expr: all, labels },
    { record: 'job_slo:sli_errors:rate5m', expr: errors, labels },
    {
      record: 'job_slo:sli_objective:ratio',
      expr: `vector(${target})`,
      labels: { ...labels, job: spec.service },
    },
  ];
}

/**
 * Longer windows are made of five-minute rates, one for each five minutes: every request counts
 * once, thirty days are 8,640 samples, and the interval of the evaluation does not matter. A service
 * younger than a window counts as flawless before, or its first failure would spend the month.
 */
function windowRecordings(): Rule[] {
  const short = {
    record: 'job_slo:sli_errors_per_events:ratio_rate5m',
    expr: 'job_slo:sli_errors:rate5m / (job_slo:sli_events:rate5m > 0)',
  };
  const long = Object.entries(windows).flatMap(([window, seconds]) => [
    {
      record: `job_slo:sli_errors:rate${window}`,
      expr: `sum_over_time(job_slo:sli_errors:rate5m[${window}:5m]) / ${seconds / 300}`,
    },
    {
      record: `job_slo:sli_errors_per_events:ratio_rate${window}`,
      expr: `job_slo:sli_errors:rate${window} / (avg_over_time(job_slo:sli_events:rate5m[${window}:5m]) > 0)`,
    },
  ]);
  const budget = {
    record: 'job_slo:error_budget_remaining:ratio',
    expr: '1 - job_slo:sli_errors_per_events:ratio_rate30d / (1 - job_slo:sli_objective:ratio)',
  };
  return [short, ...long, budget];
}

function burnExpression({ rate, long, short }: Burn): string {
  const burn = (window: string) =>
    `job_slo:sli_errors_per_events:ratio_rate${window} / (1 - job_slo:sli_objective:ratio) > ${rate}`;
  const seconds = windows[long] ?? 1;
  const least = (leastFailures / seconds).toPrecision(2);
  return `(
  # At this speed ${describe(rate, seconds)} of the month's budget goes in ${long}.
  ${burn(long)}
  # Still going on: the short window ends the alert soon after the failures end.
  and ${burn(short)}
  # ${leastFailures} failures in ${long}, so that a single one in a quiet night pages nobody.
  and job_slo:sli_errors:rate${long} > ${least}
)`;
}

function describe(rate: number, seconds: number): string {
  return `${Math.round((100 * rate * seconds) / (windows['30d'] ?? 1))} %`;
}

function alert(name: string, severity: string, burns: readonly Burn[], summary: string): Rule {
  return {
    alert: name,
    expr: `${burns.map(burnExpression).join('\nor\n')}\n`,
    labels: { severity, component: 'slo' },
    annotations: {
      summary,
      description:
        '{{ $labels.job }} spends the error budget of {{ $labels.slo }} {{ $value | humanize }} times as fast as its objective allows.',
      runbook_url: `http://localhost:8025/runbooks/${name}`,
      dashboard_url: 'http://localhost:3001/d/slo',
    },
  };
}

function fastAlert(): Rule {
  const summary = 'The error budget will be gone within days.';
  return alert('ErrorBudgetBurnFast', 'critical', fastBurns, summary);
}

function slowAlert(): Rule {
  const summary = 'The error budget burns faster than it may.';
  return alert('ErrorBudgetBurnSlow', 'warning', slowBurns, summary);
}
