import { describe, expect, test } from '@jest/globals';
import { metricsOf } from './live.ts';
import { allQueries } from './queries.ts';
import { multiply } from './series.ts';

const up = (job: string, instance: string, tier: string) => ({
  labels: { __name__: 'up', job, instance, tier },
  value: 1,
});
const services = [up('api', 'a:1', 'service'), up('prometheus', 'p:1', 'stack')];

describe('a hundred instances', () => {
  test('each of a service has its own series', () => {
    const series = multiply(services, 100);
    const ofApi = series.filter(({ labels }) => labels.job === 'api');
    expect(new Set(ofApi.map(({ labels }) => labels.instance)).size).toBe(100);
    expect(series.filter(({ labels }) => labels.job === 'prometheus')).toMatchObject([
      { labels: { instance: 'p:1' } },
    ]);
  });

  test('share the series that a rule sums up', () => {
    const labels = { __name__: 'job_route:http_requests:rate2m', job: 'api', route: '/x' };
    expect(multiply([...services, { labels, value: 0.25 }], 100).slice(101)).toEqual([
      { labels, shape: { kind: 'share', seed: expect.any(Number) } },
    ]);
  });

  test('have buckets that hold at least as much as the lower ones', () => {
    const buckets = ['0.005', '1', '+Inf'].map((le) => ({
      labels: { __name__: 'x_seconds_bucket', job: 'api', instance: 'a:1', le },
      value: 3,
    }));
    const shapes = multiply([...services, ...buckets], 1).slice(2);
    const levels = shapes.map(({ shape }) => (shape.kind === 'counter' ? shape.level : -1));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    const seeds = shapes.map(({ shape }) => ('seed' in shape ? shape.seed : undefined));
    expect(new Set(seeds).size).toBe(1);
  });
});

test('includes every PromQL query, but reads no series of those of ten years ago', () => {
  const queries = allQueries();
  expect(queries.some(({ expression }) => expression.includes('offset 10y'))).toBe(true);
  const names = metricsOf(queries);
  expect(names).toContain('up');
  expect(names).toContain('job:http_requests:rate2m');
  expect(names).not.toContain('http_request_duration_seconds_bucket');
});

test('queries a day at the steps that Grafana chooses for the width of the panel', () => {
  const steps = new Set(allQueries().map(({ stepSeconds }) => stepSeconds));
  expect([...steps].sort((a, b) => a - b)).toEqual([0, 15, 60, 120, 300]);
});
