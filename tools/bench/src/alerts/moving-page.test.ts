import { describe, expect, test } from '@jest/globals';
import { readMovingPage } from './moving-page.ts';

const text = `# HELP process_start_time_seconds When.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1000
# TYPE http_requests counter
http_requests_total{route="/a/:id",method="GET"} 7
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1.0"} 3 # {trace_id="abc"} 0.5 1099
wait_seconds_bucket{le="+Inf"} 5
wait_seconds_sum 2.5
wait_seconds_count 5
# EOF
`;

describe('readMovingPage', () => {
  const page = readMovingPage(text, 1_100_000);

  test('counts the series', () => {
    expect(page.series).toBe(6);
  });

  test('starts as recorded, without exemplars', () => {
    expect(page.at(0)).toBe(text.replace(/ # \{trace.*/, ''));
  });

  test('lets counters grow at their rate, and keeps integers', () => {
    const moved = page.at(50);
    expect(moved).toContain('http_requests_total{route="/a/:id",method="GET"} 10\n');
    expect(moved).toContain('wait_seconds_bucket{le="1.0"} 4\n');
    expect(moved).toContain('wait_seconds_sum 3.75\n');
  });

  test('does not change gauges', () => {
    expect(page.at(50)).toContain('process_start_time_seconds 1000\n');
  });

  test('refuses a page without the start time of its process', () => {
    expect(() => readMovingPage('up 1\n', 0)).toThrow(
      'Expected a page of metrics with `process_start_time_seconds`.',
    );
  });
});
