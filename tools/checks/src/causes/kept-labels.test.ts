import { expect, test } from '@jest/globals';
import { createLabelReader } from './kept-labels.ts';

const { keeps } = createLabelReader([
  { name: 'job_type:a:sum', expr: 'sum by (job, type) (a)', labels: { slo: 'x' } },
  { name: 'mixed', expr: 'sum by (job) (a)', labels: {} },
  { name: 'mixed', expr: 'sum by (job, type) (a)', labels: {} },
]);
const asked = ['job', 'type', 'instance', 'slo'];

test.each([
  ['a{b="c"}', 'job type instance slo'],
  ['rate(a[5m] offset 1m) > 2', 'job type instance slo'],
  ['sum(a)', ''],
  ['sum by (job) (a) > 0', 'job'],
  ['max(a) by (job, type)', 'job type'],
  ['sum without (instance) (a)', 'job type slo'],
  ['topk by (job) (3, a)', 'job type instance slo'],
  ['count(topk(3, a))', ''],
  ['60 * sum by (job) (a)', 'job'],
  ['1 - avg by (job) (a)', 'job'],
  ['sum by (job) (a) unless sum by (type) (b)', 'job'],
  ['a and on (job) b', 'job type instance slo'],
  ['sum by (job) (a) or sum by (job, type) (b)', 'job'],
  ['a / on (job) b', 'job'],
  ['a / ignoring (instance) b', 'job type slo'],
  ['a * on (job, instance) group_left (slo) sum by (job, instance) (b)', 'job type instance slo'],
  ['sum by (job) (a) * on (job) group_left (slo) b', 'job slo'],
  ['sum(a) * on () group_right () sum by (type) (b)', 'type'],
  ['-(sum by (job) (a))', 'job'],
  ['min_over_time(sum by (job) (a)[5m:1m])', 'job'],
  ['histogram_quantile(0.9, sum by (job, le) (a))', 'job'],
  ['label_replace(sum by (job) (a), "type", "x", "", "")', 'job type'],
  ['vector(1)', ''],
  ['time() - max by (job) (a)', 'job'],
  ['job_type:a:sum > 1', 'job type slo'],
  ['sum by (instance, job) (job_type:a:sum)', 'job'],
  ['mixed > 1', 'job'],
  ['absent(a)', ''],
])('%s keeps %s', (expression, kept) => {
  expect(asked.filter((label) => keeps(expression, label)).join(' ')).toBe(kept);
});
