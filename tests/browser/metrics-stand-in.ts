import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Prometheus and Loki as far as dashboards need them: every query has an answer. */
export interface MetricsStandIn {
  readonly origin: string;
  close(): void;
}

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** Starts it; `hostile` is a label's value, and a part of a log line, that a page must not trust. */
export async function startMetrics(hostile: string): Promise<MetricsStandIn> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in.invalid');
    const data = pathname.startsWith('/loki/')
      ? answerLoki(pathname, searchParams, hostile)
      : answerPrometheus(pathname, searchParams, hostile);
    response.end(JSON.stringify({ status: 'success', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const labelsOf = (hostile: string) => [
  { job: 'api', instance: 'a:9090', route: '/api/v1/orders', slo: 'api-latency' },
  { job: hostile, instance: 'b:9090', route: hostile, slo: hostile, alertname: hostile },
];

function answerPrometheus(path: string, asked: URLSearchParams, hostile: string): unknown {
  if (path.endsWith('/values')) return ['api', hostile];
  const [start, end] = [Number(asked.get('start')), Number(asked.get('end'))];
  if (path.endsWith('/query_exemplars')) {
    const labels = { trace_id: traceId };
    const exemplars = [{ labels, value: '0.4', timestamp: (start + end) / 2 }];
    return [{ seriesLabels: { job: hostile, route: hostile }, exemplars }];
  }
  if (path.endsWith('/query')) {
    const time = Number(asked.get('time'));
    const result = labelsOf(hostile).map((metric) => ({ metric, value: [time, '0.5'] }));
    return { resultType: 'vector', result };
  }
  const query = asked.get('query') ?? '';
  // Queries for exemplars only, and for alerts, have no series.
  const isEmpty = /offset 10y|^ALERTS/.test(query);
  return { resultType: 'matrix', result: isEmpty ? [] : seriesOf(asked, start, end, hostile) };
}

function seriesOf(asked: URLSearchParams, start: number, end: number, hostile: string) {
  const step = Number(asked.get('step')) || 60;
  const times = Array.from(
    { length: Math.floor((end - start) / step) },
    (_, at) => start + at * step,
  );
  return labelsOf(hostile).map((metric, index) => ({
    metric,
    values: times.map((time) => [time, String(0.2 + index * 0.1)]),
  }));
}

function answerLoki(path: string, asked: URLSearchParams, hostile: string): unknown {
  const query = asked.get('query') ?? '';
  if (!query.startsWith('{')) return answerPrometheus(path, asked, hostile);
  const line = {
    event: 'order_failed',
    msg: hostile,
    trace_id: traceId,
    err: { message: hostile },
  };
  const nanoseconds = `${Math.floor(Number(asked.get('end')))}000000000`;
  const stream = { service: 'api', level: 'error' };
  return {
    resultType: 'streams',
    result: [{ stream, values: [[nanoseconds, JSON.stringify(line)]] }],
  };
}
