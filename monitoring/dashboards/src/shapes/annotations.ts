import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { promql } from './queries.ts';
import type { Query } from './spec.ts';
import { reference } from './targets.ts';

/** Marks drawn across every panel: deployments and firing alerts. */
interface Annotation extends Query {
  readonly name: string;
  readonly color: string;
  readonly text: string;
  /** Whether the value is the time of the mark. */
  readonly isTimestamp: boolean;
}

const starts = 'job_version_revision:process_start_time_seconds:max{job=~"$job"} * 1000';
/** Alerts without a service, such as those on a host, always count. */
export const firing = 'ALERTS{alertstate="firing", severity=~"critical|warning", job=~"$job|"}';

export const annotations: readonly Annotation[] = [
  {
    name: 'Deployments and restarts',
    ...promql(starts, '{{job}} started'),
    color: 'blue',
    text: 'version {{version}}, revision {{revision}}',
    // A start is a single mark however long the process runs.
    isTimestamp: true,
  },
  {
    name: 'Alerts',
    ...promql(firing, '{{alertname}}'),
    color: 'red',
    text: '{{severity}} {{job}} {{instance}}',
    isTimestamp: false,
    emptyWhenHealthy: 'no alerts fire on a healthy system',
  },
];

export function buildAnnotation(annotation: Annotation): AnnotationQuery {
  return new AnnotationQueryBuilder()
    .name(annotation.name)
    .datasource(reference('prometheus'))
    .enable(true)
    .iconColor(annotation.color)
    .expr(annotation.expression)
    .step('15s')
    .titleFormat(annotation.legend)
    .textFormat(annotation.text)
    .useValueForTime(annotation.isTimestamp)
    .build();
}
