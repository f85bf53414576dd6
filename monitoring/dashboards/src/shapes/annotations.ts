import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Query } from './spec.ts';
import { reference } from './targets.ts';

/** Marks drawn across every panel: deployments and firing alerts. */
export interface Annotation extends Query {
  readonly name: string;
  readonly emptyWhenHealthy?: string;
  build(): AnnotationQuery;
}

const starts = 'job_version_revision:process_start_time_seconds:max{job=~"$job"} * 1000';
/** Alerts without a service, such as those on a host, always count. */
export const firing = 'ALERTS{alertstate="firing", severity=~"critical|warning", job=~"$job|"}';

export const annotations: readonly Annotation[] = [
  annotation('Deployments and restarts', starts, {
    color: 'blue',
    title: '{{job}} started',
    text: 'version {{version}}, revision {{revision}}',
    // The value is the time itself, so that a start is a single mark however long the process runs.
    isTimestamp: true,
  }),
  annotation('Alerts', firing, {
    color: 'red',
    title: '{{alertname}}',
    text: '{{severity}} {{job}} {{instance}}',
    isTimestamp: false,
    emptyWhenHealthy: 'no alerts fire on a healthy system',
  }),
];

interface Style {
  readonly color: string;
  readonly title: string;
  readonly text: string;
  readonly isTimestamp: boolean;
  readonly emptyWhenHealthy?: string;
}

function annotation(
  name: string,
  expression: string,
  { color, title, text, isTimestamp, emptyWhenHealthy }: Style,
): Annotation {
  return {
    name,
    language: 'promql',
    expression,
    legend: title,
    over: 'range',
    ...(emptyWhenHealthy === undefined ? {} : { emptyWhenHealthy }),
    build: () =>
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(reference('prometheus'))
        .enable(true)
        .iconColor(color)
        .expr(expression)
        .step('15s')
        .titleFormat(title)
        .textFormat(text)
        .useValueForTime(isTimestamp)
        .build(),
  };
}
