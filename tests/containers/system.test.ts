import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { findMachine } from './machine.ts';
import { createPrometheusClient } from './prometheus.ts';
import { createSystem, type System } from './system.ts';

// Cold, an image is built and every container started; warm it is half a minute.
const startTimeoutMs = 360_000;
const machine = await findMachine();

// Jest names skipped tests only when asked to; what was left out is always said.
const say = (text: string) => process.stderr.write(`left out: ${text}\n`);

if ('reason' in machine) {
  say(`every service: ${machine.reason}`);
  test.skip(`the shipped compose files run (${machine.reason})`, () => {});
} else {
  describeSystem(await createSystem(machine));
}

/** Runs where all those services can; elsewhere it is skipped by name, with the reason. */
function testWith(system: System, services: string[], name: string, run: () => Promise<void>) {
  const missing = services.find((service) => system.absent.has(service));
  if (missing === undefined) return test(name, run, 150_000);
  return test.skip(`${name} (${missing}: ${system.absent.get(missing)})`, () => {});
}

function describeSystem(system: System) {
  const prometheus = createPrometheusClient(system.url('PROMETHEUS_PORT'));
  const lokiQuery = async (query: string) => {
    const parameters = new URLSearchParams({ query, limit: '5', since: '1h' });
    const response = await fetch(
      `${system.url('LOKI_PORT')}/loki/api/v1/query_range?${parameters}`,
    );
    const { data } = (await response.json()) as {
      data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
    };
    return data.result;
  };
  const spanCount = async (traceId: string) => {
    const response = await fetch(`${system.url('JAEGER_PORT')}/api/traces/${traceId}`);
    const { data } = (await response.json()) as { data?: { spans: unknown[] }[] };
    return data?.[0]?.spans.length ?? 0;
  };
  let traceId = '';
  for (const [service, reason] of system.absent) say(`${service}: ${reason}`);

  beforeAll(() => system.up(), startTimeoutMs);
  afterAll(() => system.down({ removeVolumes: true }), 120_000);

  describe('the shipped compose files', () => {
    for (const service of system.services) {
      test(`${service} is healthy, or has done its work`, async () => {
        const format =
          '{{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}';
        const state = await system.docker('inspect', '-f', format, system.container(service));
        expect(['running 0 healthy', 'exited 0']).toContain(state.trim());
      });
    }

    for (const [service, reason] of system.absent) {
      test.skip(`${service} is healthy (${reason})`, () => {});
    }

    test('Prometheus sees every component that runs, and traffic that the api answers', async () => {
      await eventually('all targets up', async () => {
        const down = await prometheus.query('up == 0');
        const unexpected = down.filter(
          ({ metric }) => !system.absent.has(metric.job?.split('-spans')[0] ?? ''),
        );
        return unexpected.length === 0 && (await prometheus.query('up == 1')).length > 5;
      });
      await eventually(
        'requests of the api',
        async () => {
          const [sample] = await prometheus.query(
            'sum(rate(http_requests_total{job="api", status_code=~"2.."}[30s]))',
          );
          return sample !== undefined && sample.value > 1;
        },
        60_000,
      );
      expect((await prometheus.query('pg_up'))[0]?.value).toBe(1);
    }, 120_000);

    test('exemplars lead from a latency to a trace', async () => {
      traceId = await eventually('an exemplar', async () => {
        const start = String(Date.now() / 1_000 - 600);
        const found = await prometheus.get<{ exemplars: { labels: { trace_id: string } }[] }[]>(
          'query_exemplars',
          {
            query: 'http_request_duration_seconds_bucket{job="api"}',
            start,
            end: String(Date.now() / 1_000),
          },
        );
        return found[0]?.exemplars[0]?.labels.trace_id;
      });
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    }, 60_000);

    testWith(system, ['jaeger'], 'Jaeger has that trace and counts spans', async () => {
      await eventually('the trace', async () => (await spanCount(traceId)) > 0);
      await eventually(
        'span metrics',
        async () => {
          const samples = await prometheus.query(
            'traces_span_metrics_calls_total{service_name="api"}',
          );
          return samples.length > 0;
        },
        60_000,
      );
    });

    testWith(
      system,
      ['loki', 'promtail'],
      'Loki has its lines, with few labels and its id',
      async () => {
        const [stream] = await eventually('lines of the trace', async () => {
          const found = await lokiQuery(`{service="api"} | trace_id="${traceId}"`);
          return found.length > 0 && found;
        });
        expect(stream?.stream).toMatchObject({ service: 'api', environment: 'development' });
        const labels = await fetch(`${system.url('LOKI_PORT')}/loki/api/v1/labels`);
        expect(((await labels.json()) as { data: string[] }).data.sort()).toEqual([
          'environment',
          'level',
          'service',
        ]);
      },
    );
  });

  describe('management ports', () => {
    // From a container of its own, as an intruder on that network would.
    const ask = (network: string, url: string, ...flags: string[]) =>
      system.docker(
        ...['run', '--rm', '--network', system.network(network), '--entrypoint', 'sh'],
        ...[system.model.services.api?.image ?? '', '-c'],
        `wget -S -O /dev/null -T 3 -t 1 ${flags.join(' ')} ${url} 2>&1 || true`,
      );

    test('the public port does not serve /metrics', async () => {
      expect((await fetch(`${system.url('API_PORT')}/metrics`)).status).toBe(404);
      expect((await fetch(`${system.url('INBOX_PORT')}/metrics`)).status).toBe(404);
    });

    test.each(['api', 'externals', 'traffic'])(
      '%s refuses them on the edge network',
      async (app) => {
        expect(await ask('edge', `http://${app}:9090/metrics`)).toMatch(/refused/);
      },
    );

    test('metrics need the token, even where the port answers', async () => {
      expect(await ask('observability', 'http://api:9090/metrics')).toContain('401 Unauthorized');
      expect(await ask('observability', 'http://api:9090/health')).toContain('200 OK');
    });
  });

  describe('secrets', () => {
    test('each is its reader’s alone, and none is in an environment', async () => {
      const listing = await system.docker(
        'exec',
        system.container('api'),
        'ls',
        '-ln',
        '/run/secrets',
      );
      expect(listing).toMatch(/^-r-------- +1 1000 1000 +32 .* database-password$/m);
      const environment = await system.docker(
        'inspect',
        '-f',
        '{{.Config.Env}}',
        system.container('api'),
      );
      const password = await system.docker(
        'exec',
        system.container('api'),
        'cat',
        '/run/secrets/database-password',
      );
      expect(password).toHaveLength(32);
      expect(environment).not.toContain(password);
    });
  });

  describe('the log path', () => {
    const countInLoki = async (service: string, until: number) => {
      const query = `sum(count_over_time({service="${service}"}[1h]))`;
      const parameters = new URLSearchParams({ query, time: String(until) });
      const response = await fetch(`${system.url('LOKI_PORT')}/loki/api/v1/query?${parameters}`);
      const { data } = (await response.json()) as {
        data: { result: { value: [number, string] }[] };
      };
      return Number(data.result[0]?.value[1] ?? 0);
    };

    testWith(
      system,
      ['loki', 'promtail'],
      'loses and doubles no line while Loki is away',
      async () => {
        await system.docker('stop', system.container('loki'));
        await sleep(5_000);
        await system.docker('stop', system.container('api'));
        // Its last line is written: the number of lines until now is final.
        const until = Math.ceil(Date.now() / 1_000);
        await system.docker('start', system.container('loki'));
        const written = Number(
          await system.docker(
            ...['exec', system.container('externals'), 'sh', '-c'],
            'cat /var/log/galley/api/*.log | wc -l',
          ),
        );
        expect(written).toBeGreaterThan(100);
        await sleep(1_000);
        await system.docker('start', system.container('api'));
        await eventually(
          'every line',
          async () => (await countInLoki('api', until)) >= written,
          90_000,
        );
        expect(await countInLoki('api', until)).toBe(written);
      },
    );

    testWith(system, ['loki'], 'Loki evaluates its rules', async () => {
      await eventually(
        'healthy rules',
        async () => {
          const response = await fetch(`${system.url('LOKI_PORT')}/prometheus/api/v1/rules`);
          const { data } = (await response.json()) as {
            data: { groups: { rules: { name: string; health: string }[] }[] };
          };
          const rules = data.groups.flatMap((group) => group.rules);
          return rules.length > 0 && rules.every(({ health }) => health === 'ok');
        },
        90_000,
      );
    });
  });

  describe('an outage', () => {
    test('reaches the inbox', async () => {
      await system.docker('stop', '-t', '5', system.container('traffic'));
      await eventually(
        'ServiceDown in the inbox',
        async () => {
          const response = await fetch(`${system.url('INBOX_PORT')}/api/v1/alerts`);
          return /ServiceDown/.test(await response.text());
        },
        140_000,
      );
    }, 150_000);
  });

  describe('after `down` and `up`', () => {
    let orders: number;
    let oldest: number;

    beforeAll(async () => {
      const [sample] = await prometheus.query('sum(galley_orders)');
      orders = sample?.value ?? 0;
      oldest = Date.now() / 1_000;
      await system.down({ removeVolumes: false });
      await system.up();
    }, startTimeoutMs);

    test('the database has its orders', async () => {
      expect(orders).toBeGreaterThan(0);
      await eventually(
        'the orders',
        async () => {
          const [sample] = await prometheus.query('sum(galley_orders)');
          return sample !== undefined && sample.value >= orders;
        },
        60_000,
      );
    }, 90_000);

    test('Prometheus has the series of before, and the inbox its alerts', async () => {
      const samples = await prometheus.get<{ result: unknown[] }>('query', {
        query: 'up{job="api"}',
        time: String(oldest),
      });
      expect(samples.result).not.toHaveLength(0);
      const alerts = await fetch(`${system.url('INBOX_PORT')}/api/v1/alerts`);
      expect(await alerts.text()).toContain('ServiceDown');
    });

    testWith(system, ['jaeger'], 'Jaeger has the trace of before', async () => {
      await eventually('the trace', async () => (await spanCount(traceId)) > 0);
    });

    testWith(system, ['loki', 'promtail'], 'Loki has its lines, each once', async () => {
      const lines = (await lokiQuery(`{service="api"} | trace_id="${traceId}"`)).flatMap(
        ({ values }) => values.map(([, line]) => line),
      );
      expect(lines).not.toHaveLength(0);
      expect(new Set(lines).size).toBe(lines.length);
    });
  });
}
