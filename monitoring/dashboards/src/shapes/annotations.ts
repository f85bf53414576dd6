import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Query } from './spec.ts';
import { reference } from './targets.ts';

/** Marks drawn across every panel: deployments and firing alerts. */
export interface Annotation extends Query {
  readonly name: string;
  build(): AnnotationQuery;
}

const starts = 'job_version_revision:process_start_time_seconds:max{job=~"$job"} * 1000';
/** Alerts without a service, such as those on a host, always count. */
export const firing = 'ALERTS{alertstate="firing", severity=~"critical|warning", job=~"$job|"}';

export const annotations: readonly Annotation[] = [
  createAnnotation({
    name: 'Deployments and restarts',
    expression: starts,
    color: 'blue',
    legend: '{{job}} started',
    text: 'version {{version}}, revision {{revision}}',
    // The value is the time itself, so that a start is a single mark however long the process runs.
    isTimestamp: true,
  }),
  createAnnotation({
    name: 'Alerts',
    expression: firing,
    color: 'red',
    legend: '{{alertname}}',
    text: '{{severity}} {{job}} {{instance}}',
    isTimestamp: false,
    emptyWhenHealthy: 'no alerts fire on a healthy system',
  }),
];

interface Marks extends Omit<Annotation, 'language' | 'over' | 'build'> {
  readonly color: string;
  readonly text: string;
  readonly isTimestamp: boolean;
}

function createAnnotation({ color, text, isTimestamp, ...query }: Marks): Annotation {
  return {
    ...query,
    language: 'promql',
    over: 'range',
    build: () =>
      new AnnotationQueryBuilder()
        .name(query.name)
        .datasource(reference('prometheus'))
        .enable(true)
        .iconColor(color)
        .expr(query.expression)
        .step('15s')
        .titleFormat(query.legend)
        .textFormat(text)
        .useValueForTime(isTimestamp)
        .build(),
  };
}
