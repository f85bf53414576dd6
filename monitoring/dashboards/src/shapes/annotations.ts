import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Query } from './spec.ts';
import { reference } from './targets.ts';

/** What is drawn across every panel: what was deployed, and what fired. */
export interface Annotation extends Query {
  readonly name: string;
  readonly emptyWhenHealthy?: string;
  build(): AnnotationQuery;
}

const starts = 'job_version_revision:process_start_time_seconds:max{job=~"$job"} * 1000';
// An alert of no job, such as one on all of them, belongs everywhere.
const firing = 'ALERTS{alertstate="firing", severity=~"critical|warning", job=~"$job|"}';

/** The marks of every dashboard. */
export const annotations: readonly Annotation[] = [
  annotation('Deployments and starts', starts, {
    color: 'blue',
    title: '{{job}} started',
    text: 'version {{version}}, revision {{revision}}',
    // The value is the moment itself, so that a start is one mark however long the process runs.
    isMoment: true,
  }),
  annotation('Alerts', firing, {
    color: 'red',
    title: '{{alertname}}',
    text: '{{severity}} {{job}} {{instance}}',
    isMoment: false,
    emptyWhenHealthy: 'nothing fires on a good day',
  }),
];

interface Look {
  readonly color: string;
  readonly title: string;
  readonly text: string;
  readonly isMoment: boolean;
  readonly emptyWhenHealthy?: string;
}

function annotation(
  name: string,
  expression: string,
  { color, title, text, isMoment, emptyWhenHealthy }: Look,
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
        .useValueForTime(isMoment)
        .build(),
  };
}
