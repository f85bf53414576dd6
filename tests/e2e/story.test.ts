import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { knownMetricNames } from '@watchkeeper/checks/names/known-names';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type System, startSystem } from './system.ts';

// On a fresh machine the first start fetches the tools from Debian's archive.
const startTimeoutMs = 300_000;
// Some error counters have no series before the first error; apps without a container have no
// memory limit. Without Loki there is no shipper of logs, and series that don't grow last for ever;
// what is usual is known only later.
const emptyWhenHealthy =
  /_errors|_failures|_per_limit|mountpoint|:log_(file|read)_bytes:|:prometheus_seconds_left:|:usual$/;
// Time is compressed, so a minute or two of load is enough for the alerts about a host.
const aboutTheMachine = /^Host/;
// These fire when other processes use the machine's CPUs.
const aboutSpeed = /Slow|Latency|EventLoop|PoolWait|BudgetBurn/;
const starvedShare = 0.6;
let system: System;

interface Rule {
  readonly name: string;
  readonly type: string;
  readonly health: string;
  readonly lastError?: string;
}

async function readRules(): Promise<readonly Rule[]> {
  const { groups } = await system.prometheus.get<{ groups: { rules: Rule[] }[] }>('rules');
  return groups.flatMap(({ rules }) => rules);
}

/** Whether processes waited for a processor most of the last minute. */
async function isMachineStarved(): Promise<boolean> {
  const [waiting] = await system.prometheus.query(
    'rate(node_pressure_cpu_waiting_seconds_total[1m])',
  );
  return (waiting?.value ?? 0) > starvedShare;
}

beforeAll(async () => {
  system = await startSystem();
}, startTimeoutMs);

afterAll(() => system?.stop(), 60_000);

describe('a healthy system', () => {
  test('is in order for the prober, which asks as a customer would', async () => {
    await waitUntil('both probes', async () => {
      const samples = await system.prometheus.query('probe_success');
      const jobs = samples.filter(({ value }) => value === 1).map(({ metric }) => metric.job);
      return jobs.sort().join() === 'gateway-catalogue,gateway-ready';
    });
  }, 60_000);

  test('has every target up', async () => {
    const expectedJobs = [
      ...['alertmanager', 'api', 'blackbox-exporter', 'gateway', 'gateway-catalogue'],
      ...['gateway-ready', 'node-exporter', 'oncall', 'postgres-exporter', 'prometheus'],
      ...['realtime', 'third-parties', 'traffic', 'worker'],
    ];
    // Each target's first scrape has an offset of its own within the interval.
    await waitUntil('every target up', async () => {
      const samples = await system.prometheus.query('up');
      const down = samples.filter(({ value }) => value !== 1).map(({ metric }) => metric.job);
      if (down.length > 0) throw new Error(`Down: ${down.join(', ')}.`);
      const jobs = samples.map(({ metric }) => metric.job).sort();
      expect(jobs).toEqual(expectedJobs);
      return true;
    });
  }, 60_000);

  test('shows the real traffic under route templates and closed label sets', async () => {
    const samples = await waitUntil('menus in Prometheus', async () => {
      const found = await system.prometheus.query('http_requests_total{tier="service"}');
      return found.some(({ metric }) => metric.route === '/api/v1/restaurants/:id') && found;
    });
    for (const { metric } of samples) {
      expect(metric.route).toMatch(/^(unmatched|(\/(:?[a-zA-Z][\w-]*|v1|\*))+)$/);
      expect(metric.status_code).toMatch(/^[1-5]\d\d$/);
    }
  }, 60_000);

  test('emits no metric that the catalogues do not name', async () => {
    const names = await system.prometheus.get<string[]>('label/__name__/values', {
      'match[]': '{tier="service"}',
    });
    const known = knownMetricNames();
    // A recorded series keeps the labels of its sources, and is no metric of an app.
    const recorded = (await readRules()).filter(({ type }) => type === 'recording');
    const emitted = names.filter((name) => !recorded.some((rule) => rule.name === name));
    expect(emitted.filter((name) => !known.has(name))).toEqual([]);
  });

  test('evaluates every rule, and every recording rule returns data', async () => {
    const rules = await waitUntil('every rule evaluated', async () => {
      const all = await readRules();
      return all.every(({ health }) => health !== 'unknown') && all;
    });
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const recorded = rules.flatMap(({ name, type }) => (type === 'recording' ? name : []));
    await waitUntil(
      'data of every recording rule',
      async () => {
        const answers = await Promise.all(recorded.map((name) => system.prometheus.query(name)));
        const empty = recorded.filter((_, index) => answers[index]?.length === 0);
        const missing = empty.filter((name) => !emptyWhenHealthy.test(name));
        if (missing.length > 0) throw new Error(`Without data: ${missing.join(', ')}.`);
        return true;
      },
      90_000,
    );
  }, 120_000);

  test('fires nothing but the watchdog', async () => {
    // Two windows of the longest alert: any alert that the start causes has fired by then.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    const alerts = await system.prometheus.alerts();
    const isStarved = await isMachineStarved();
    const isExpected = (name = '') =>
      aboutTheMachine.test(name) || (isStarved && aboutSpeed.test(name));
    const firing = alerts.filter(
      ({ state, labels }) => state === 'firing' && !isExpected(labels.alertname),
    );
    expect(firing.map(({ labels }) => labels)).toEqual([
      expect.objectContaining({ alertname: 'Watchdog' }),
    ]);
  }, 20_000);
});

test('ties one request together: exemplar, log line and span', async () => {
  const path = `/api/v1/restaurants/${randomUUID()}`;
  // So slow that no other request shares its bucket, whose exemplar would else be overwritten.
  await system.setFaults({ latency: { milliseconds: 1_200, pathPrefix: path } });
  const startSeconds = Date.now() / 1_000 - 1;
  const answer = await fetch(`${system.stack.address('gateway')}${path}`);
  const requestId = answer.headers.get('x-request-id');
  await system.clearFaults();

  const line = await waitUntil('the log line', () =>
    system.logLines('api').find((candidate) => {
      return candidate.request_id === requestId && candidate.event === 'http_request_completed';
    }),
  );
  const span = await waitUntil('the span', () =>
    system.otlp.spans.find(({ spanId }) => spanId === line.span_id),
  );
  expect(span).toMatchObject({
    traceId: line.trace_id,
    service: 'api',
    name: 'GET /api/v1/restaurants/:id',
  });
  await waitUntil('the exemplar', async () => {
    const series = await system.prometheus.get<{ exemplars: { labels: { trace_id: string } }[] }[]>(
      'query_exemplars',
      {
        query: 'http_request_duration_seconds_bucket{job="api", route="/api/v1/restaurants/:id"}',
        start: String(startSeconds),
        end: String(Date.now() / 1_000 + 1),
      },
    );
    const ids = series.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
    return ids.includes(String(line.trace_id));
  });
  const statement = await waitUntil('the span of the statement', () =>
    system.otlp.spans.find(
      ({ traceId, name }) => traceId === line.trace_id && name.startsWith('pg'),
    ),
  );
  expect(statement.service).toBe('api');
  const edge = system.otlp.spans.find(
    ({ traceId, service, name }) =>
      traceId === line.trace_id && service === 'gateway' && name.startsWith('GET /'),
  );
  expect(edge?.parentSpanId ?? '').toBe('');
}, 60_000);

test('links a visit of the traffic to the traces of its requests, which begin at the gateway', async () => {
  const entry = await waitUntil('a request of a visit', () => {
    const visits = new Set(
      system.otlp.spans.filter(({ service }) => service === 'traffic').map(({ spanId }) => spanId),
    );
    return system.otlp.spans.find(
      ({ service, links = [] }) =>
        service === 'gateway' && links.some(({ spanId }) => visits.has(spanId)),
    );
  });
  // The edge trusts no caller's trace, not even that of our own customers.
  expect(entry.parentSpanId ?? '').toBe('');
  expect(entry.name).toMatch(/^(GET|POST|PUT|PATCH|DELETE) /);
}, 40_000);

test('takes a fault from first error to the inbox, and back', async () => {
  const alertState = async () => {
    const alerts = await system.prometheus.alerts();
    const isOurs = ({ alertname, job }: Record<string, string>) =>
      alertname === 'HighErrorRate' && job === 'api';
    return alerts.find(({ labels }) => isOurs(labels))?.state;
  };
  // Under the half at which the gateway's breaker would open and take the traffic away.
  await system.setFaults({ errors: { share: 0.3 } });
  await waitUntil('pending', async () => (await alertState()) === 'pending');
  await waitUntil('firing', async () => (await alertState()) === 'firing');
  const firing = await waitUntil('the page in the inbox', async () => {
    const alerts = await system.inbox('HighErrorRate');
    return alerts.find(({ status }) => status === 'firing');
  });
  expect(firing.labels).toMatchObject({ job: 'api', severity: 'critical', component: 'http' });
  expect(firing.annotations).toMatchObject({
    summary: 'HTTP error rate is high.',
    description: expect.stringMatching(/^api answers [\d.]+% of its requests with 5xx/),
    runbook_url: expect.stringContaining('/runbooks/HighErrorRate'),
    dashboard_url: expect.stringContaining('/d/http'),
  });

  await system.clearFaults();
  // The window has to empty, and the alert keeps firing for half a minute more.
  await waitUntil('the alert gone', async () => (await alertState()) === undefined, 90_000);
  const resolved = await waitUntil('the all-clear in the inbox', async () => {
    const alerts = await system.inbox('HighErrorRate');
    return alerts.find(({ status }) => status === 'resolved');
  });
  expect(resolved.startsAt).toBe(firing.startsAt);
}, 240_000);

test('pages for a service that is gone, mutes its symptoms, and resolves when it is back', async () => {
  await system.stack.halt('api');
  const page = await waitUntil(
    'ServiceDown in the inbox',
    async () => (await system.inbox('ServiceDown')).find(({ status }) => status === 'firing'),
    40_000,
  );
  const ofJob = { job: 'api', system: 'galley', database: 'galley' };
  expect(page.labels).toMatchObject({ ...ofJob, severity: 'critical' });
  await system.stack.resume('api');
  await waitUntil(
    'ServiceDown resolved',
    async () => (await system.inbox('ServiceDown')).find(({ status }) => status === 'resolved'),
    90_000,
  );
}, 240_000);
