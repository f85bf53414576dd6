import { describe, expect, test } from '@jest/globals';
import { allAsked } from './asked.ts';
import { metricsOf } from './live.ts';
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

  test('are one in what a rule sums up', () => {
    const labels = { __name__: 'job_route:http_requests:rate2m', job: 'api', route: '/x' };
    expect(multiply([...services, { labels, value: 0.25 }], 100).slice(101)).toEqual([
      { labels, shape: { kind: 'share', seed: expect.any(Number) } },
    ]);
  });

  test('have buckets of which a higher one holds no less', () => {
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

test('every query of Prometheus is asked, but of ten years ago nothing is read', () => {
  const asked = allAsked();
  expect(asked.some(({ expression }) => expression.includes('offset 10y'))).toBe(true);
  const names = metricsOf(asked);
  expect(names).toContain('up');
  expect(names).toContain('job:http_requests:rate2m');
  expect(names).not.toContain('http_request_duration_seconds_bucket');
});

test('a day is asked for at the steps that Grafana chooses for the width of the panel', () => {
  const steps = new Set(allAsked().map(({ stepSeconds }) => stepSeconds));
  expect([...steps].sort((a, b) => a - b)).toEqual([0, 15, 60, 120, 300]);
});
