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
    const shared = multiply([...services, { labels, value: 0.25 }], 100).slice(101);
    expect(shared).toEqual([{ labels, shape: expect.any(Function) }]);
    // A ratio with all of its digits.
    const value = shared[0]?.shape(350_000_000) ?? 0;
    expect([value > 0 && value < 1, String(value).length > 10]).toEqual([true, true]);
  });

  test('have buckets that hold at least as much as the lower ones', () => {
    const buckets = ['0.005', '1', '+Inf'].map((le) => ({
      labels: { __name__: 'x_seconds_bucket', job: 'api', instance: 'a:1', le },
      value: 3,
    }));
    const series = multiply([...services, ...buckets], 1).slice(2);
    for (let index = 350_000_000; index < 350_000_500; index += 1) {
      const values = series.map(({ shape }) => shape(index));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
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
