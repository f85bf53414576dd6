import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Alert, readAllAlerts } from '../alerts/alert-rules.ts';
import { listFiles } from '../repository/list-files.ts';
import { type AlertmanagerConfiguration, placedRoutes } from './configuration.ts';

export type KnownAlert = Pick<Alert, 'name' | 'file' | 'labels'>;

function matchedLabels({ route: top }: AlertmanagerConfiguration): ReadonlySet<string> {
  const all = placedRoutes(top).flatMap(({ route: { matchers = [] } }) => matchers);
  return new Set(all.map((matcher) => /^\s*"?([^"=!~\s]+)/.exec(matcher)?.[1] ?? ''));
}

function knownJobs(root: string): readonly string[] {
  const jobs = listFiles(root, 'monitoring/prometheus/targets', '.yml')
    .flatMap((file) => parse(readFileSync(join(root, file), 'utf8')) as unknown[])
    .flatMap((entry) => (entry as { labels?: { job?: string } }).labels?.job ?? []);
  return [...new Set(jobs)];
}

/** Every alert of every rule file with the labels that its rule sets. */
export function knownAlerts(root: string): KnownAlert[] {
  return readAllAlerts(root).map(({ name, file, labels: written }) => {
    const fixed = Object.entries(written).filter(([, value]) => !value.includes('{{'));
    return { name, file, labels: { ...Object.fromEntries(fixed), alertname: name } };
  });
}

/** The same alerts with each known job, which comes from the series; none if no matcher uses `job`. */
export function alertsOfJobs(
  root: string,
  configuration: AlertmanagerConfiguration,
  alerts: readonly KnownAlert[],
): KnownAlert[] {
  if (!matchedLabels(configuration).has('job')) return [];
  return knownJobs(root).flatMap((job) =>
    alerts
      .filter(({ labels }) => !('job' in labels))
      .map((alert) => ({ ...alert, labels: { ...alert.labels, job } })),
  );
}
