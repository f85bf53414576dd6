import {
  judgeCorpus,
  readCorpus,
  shippedRules,
  usualRules,
} from '@watchkeeper/checks/scenarios/corpus';
import { formatIncidents, isIncident } from '@watchkeeper/checks/scenarios/incident-table';
import { score, type Verdict } from '@watchkeeper/checks/scenarios/precision-recall';
import { findPromtool, repositoryRoot as root } from '@watchkeeper/stack';
import type { Report } from '../report/report.ts';

/** Reports precision and recall of our rules and of the baseline, and each of our mistakes. */
export async function measureAccuracy(report: Report): Promise<void> {
  const promtool = await findPromtool();
  const corpus = readCorpus(root);
  const ours = await judgeCorpus(corpus, { promtool, ruleFiles: shippedRules(root) });
  const baseline = await judgeCorpus(corpus, { promtool, ruleFiles: usualRules(root) });
  const faulty = corpus.filter(({ faultAt }) => faultAt !== undefined).length;
  report.paragraph(`${faulty} faulty and ${corpus.length - faulty} healthy scenarios`);
  report.table(
    ['rules', 'precision', 'recall', 'in time', 'missed or late', 'false positives'],
    [
      formatScore('ours', ours),
      formatScore("ours, scenarios by the rules' authors", without(ours, isIncident)),
      formatScore('ours, scenarios from public reports', ours.filter(isIncident)),
      formatScore('the baseline, on its own alerts', baseline),
      formatScore('the baseline, from public reports', baseline.filter(isIncident)),
    ],
  );
  // Until `firing`; the notification adds the group wait of Alertmanager.
  const times = ours.flatMap(({ scenario, detected }, index) =>
    [...detected].map(([alert, seconds]) => [
      ...[scenario.name, alert, String(seconds), baselineTime(baseline[index], alert)],
    ]),
  );
  report.table(['scenario', 'alert', 'ours, s', 'the baseline, s'], times);
  for (const { scenario, missed, wrong } of ours) {
    for (const alert of missed) report.paragraph(`missed: ${alert} in \`${scenario.name}\``);
    for (const alert of wrong) report.paragraph(`false positive: ${alert} in \`${scenario.name}\``);
  }
}

function formatScore(name: string, verdicts: readonly Verdict[]): string[] {
  const { precision, recall, detected, missed, wrong } = score(verdicts);
  return [name, precision.toFixed(3), recall.toFixed(3), ...[detected, missed, wrong].map(String)];
}

function baselineTime(verdict: Verdict | undefined, alert: string): string {
  const seconds = verdict?.detected.get(alert);
  if (seconds !== undefined) return String(seconds);
  return verdict?.missed.includes(alert) ? 'missed or late' : 'no such rule';
}

function without<T>(items: readonly T[], predicate: (item: T) => boolean): readonly T[] {
  return items.filter((item) => !predicate(item));
}

/** Plays the incidents only: the table of docs/alert-accuracy.md, without a date because it only depends on the rules. */
export async function measureIncidents(report: Report): Promise<void> {
  const promtool = await findPromtool();
  const incidents = readCorpus(root).filter(({ source }) => source !== undefined);
  const verdicts = await judgeCorpus(incidents, { promtool, ruleFiles: shippedRules(root) });
  report.paragraph(formatIncidents(verdicts));
}
