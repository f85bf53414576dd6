import { markdownTable } from '@watchkeeper/drills/command/markdown-table';
import type { Verdict } from './precision-recall.ts';

/** Whether a published report stands behind the scenario. */
export function isIncident({ scenario }: Verdict): boolean {
  return scenario.source !== undefined;
}

/** What the rules would have said in each incident, as a table in Markdown, oldest first. */
export function formatIncidents(verdicts: readonly Verdict[]): string {
  const rows = verdicts
    .filter(isIncident)
    .sort((a, b) => (a.scenario.year ?? 0) - (b.scenario.year ?? 0))
    .map((verdict) => {
      const { name, year, source, report = '' } = verdict.scenario;
      return [`[${name}](${source})`, String(year), report, describeAnswer(verdict)];
    });
  return markdownTable(['incident', 'year', 'what the report says', 'our alerts'], rows);
}

function describeAnswer({ detected, missed, wrong }: Verdict): string {
  const parts = [
    ...[...detected].map(([alert, seconds]) => `${alert} after ${seconds} s`),
    ...missed.map((alert) => `${alert} missed or late`),
    ...wrong.map((alert) => `${alert} wrongly`),
  ];
  return parts.length > 0 ? parts.join(', ') : 'none, rightly';
}
