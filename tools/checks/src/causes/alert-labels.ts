import { alternatives, type Systems } from './systems.ts';

/**
 * Prometheus' `alert_relabel_configs`: the system of an alert's job, and its database. A label that
 * the rule itself sets stays.
 */
export function relabelConfigs({ labels }: Systems): string {
  const named = labels.flatMap(({ label, jobs }) =>
    [...jobs].map(
      ([value, names]) =>
        `    - { source_labels: [${label}, job], regex: ';(${alternatives(names)})', target_label: ${label}, replacement: ${value} }\n`,
    ),
  );
  const others = `    - { source_labels: [system, job], regex: ';(.+)', target_label: system }\n`;
  return `  alert_relabel_configs:\n${named.join('')}${others}`;
}

/**
 * The same as labels of a rule, for a ruler that can't relabel: templates of the label with the job.
 * Loki's could, but versions before 3.7.6 end with a panic: https://github.com/grafana/loki/issues/21368
 */
export function labelTemplates(
  { labels }: Systems,
  jobLabel: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    labels.map(({ label, jobs }) => {
      const tests = [...jobs].map(
        ([value, names], index) =>
          `{{ ${index === 0 ? '' : 'else '}if match "^(${alternatives(names)})$" $labels.${jobLabel} }}${value}`,
      );
      const otherwise = label === 'system' ? `{{ else }}{{ $labels.${jobLabel} }}` : '';
      return [label, tests.length === 0 ? '' : `${tests.join('')}${otherwise}{{ end }}`];
    }),
  );
}
