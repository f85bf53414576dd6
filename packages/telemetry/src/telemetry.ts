import { libraryLogEvents } from './catalogue/log-events.ts';
import { libraryMetrics } from './catalogue/metrics.ts';
import type { LogEventCatalogue, MetricCatalogue } from './catalogue/types.ts';
import type { TelemetryConfiguration } from './configuration.ts';
import { openLogDestination } from './logging/destination.ts';
import { createLineCounts } from './logging/line-counts.ts';
import { createLoggers, type Logger } from './logging/logger.ts';
import type { RequestLine } from './logging/request-line.ts';
import { createHealth, type Health } from './management/health.ts';
import { type ManagementHandler, startManagementServer } from './management/server.ts';
import { readToken } from './management/token.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import {
  collectBuildAndLoop,
  collectSpanLosses,
  waitForEventLoopDelaySample,
} from './metrics/process-metrics.ts';
import { createMetricRegistry, type MetricsFormat } from './metrics/prom-client.ts';
import { createShutdown, type Shutdown } from './process/shutdown.ts';
import { activeTracing, enableContext } from './tracing/active-tracing.ts';

export interface Telemetry {
  readonly configuration: TelemetryConfiguration;
  readonly logger: Logger;
  /** For the HTTP middleware only: writes the line of a successful request. */
  readonly writeRequestLine: (line: RequestLine) => void;
  readonly metrics: Metrics<typeof libraryMetrics>;
  readonly health: Health;
  readonly shutdown: Shutdown;
  /** Adds a service's own metrics to the same registry; the same catalogue gives the same ones. */
  declareMetrics<const C extends MetricCatalogue>(catalogue: C): Metrics<C>;
  /** Initializes the series of a service's problem events, so that the first of each is counted. */
  declareLogEvents(catalogue: LogEventCatalogue): void;
  /** The whole registry as text, by default as OpenMetrics. */
  renderMetrics(format?: MetricsFormat): Promise<string>;
  /**
   * Starts the management server; the shutdown closes it last but for the logs.
   * @returns its address, or `undefined` if `METRICS_ENABLED=false`
   */
  startManagement(
    routes?: Readonly<Record<string, ManagementHandler>>,
  ): Promise<string | undefined>;
}

/**
 * Creates the telemetry of a service from its configuration.
 * @throws ConfigurationError if the token file cannot be read
 */
export async function createTelemetry(
  configuration: TelemetryConfiguration,
  openDestination: typeof openLogDestination = openLogDestination,
): Promise<Telemetry> {
  enableContext();
  const { metrics, ...registry } = createServiceMetrics();
  const { closeLogs, ...logging } = await openLogs(configuration, metrics, openDestination);
  collectBuildAndLoop(metrics, configuration);
  collectSpanLosses(metrics);
  const { logger } = logging;
  const health = createHealth();
  const shutdown = createShutdown(logger, configuration.shutdownDeadlineMs, closeLogs);
  shutdown.on('announce', 'readiness', () => health.stop());
  shutdown.on('flush-telemetry', 'traces', () => flushTraces(logger));
  return {
    ...{ configuration, metrics, health, shutdown },
    ...registry,
    ...logging,
    async startManagement(routes = {}) {
      const { isEnabled, tokenFile, token, operatorTokenFile, ...listenOptions } =
        configuration.metrics;
      if (!isEnabled) return undefined;
      const server = await startManagementServer({
        ...listenOptions,
        token: tokenFile === undefined ? token : readToken('METRICS_TOKEN_FILE', tokenFile),
        operatorToken: operatorTokenFile && readToken('OPERATOR_TOKEN_FILE', operatorTokenFile),
        allowedHosts: configuration.allowedHosts,
        health,
        renderMetrics: registry.renderMetrics,
        routes,
        onError: (err) =>
          logger.error({ event: 'server_accept_failed', err }, 'connection not accepted'),
      });
      shutdown.on('flush-telemetry', 'management server', () => server.close());
      return server.address;
    },
  };
}

/** The library's metrics and, in the same registry, those that a service declares. */
function createServiceMetrics() {
  const registry = createMetricRegistry();
  const listeners = {
    onOverflow: (metric: string) => overflows.increment({ metric }),
    onCollectError: (metric: string) => collectErrors.increment({ metric }),
    onRefusedValue: (metric: string) => refusedValues.increment({ metric }),
  };
  const metrics = createMetrics(libraryMetrics, registry, listeners);
  const overflows = metrics.counter('telemetry_label_overflows_total');
  const collectErrors = metrics.counter('telemetry_collect_failures_total');
  const refusedValues = metrics.counter('telemetry_values_refused_total');
  const declared = new Map<MetricCatalogue, unknown>();
  return {
    metrics,
    declareMetrics<const C extends MetricCatalogue>(catalogue: C): Metrics<C> {
      const made = declared.get(catalogue) ?? createMetrics(catalogue, registry, listeners);
      declared.set(catalogue, made);
      return made as Metrics<C>;
    },
    async renderMetrics(format: MetricsFormat = 'openMetrics'): Promise<string> {
      await waitForEventLoopDelaySample();
      return registry.render(format);
    },
  };
}

async function openLogs(
  configuration: TelemetryConfiguration,
  metrics: Telemetry['metrics'],
  openDestination: typeof openLogDestination,
) {
  const lineCounts = createLineCounts(metrics);
  lineCounts.declare(libraryLogEvents);
  const dropped = metrics.counter('log_lines_dropped_total');
  for (const reason of ['buffer_full', 'write_failed', 'file_deleted'] as const) {
    dropped.add(0, { reason });
  }
  const destination = await openDestination(configuration.log, {
    onDrop: (reason, lines) => dropped.add(lines, { reason }),
    onFault: reportFault,
    onReopen: (file, lines) => {
      loggers.logger.warn({ event: 'log_file_reopened', file, lines }, 'log file opened again');
    },
  });
  const loggers = createLoggers(configuration, destination.stream, lineCounts.count);
  function reportFault(err: Error): void {
    const { file } = configuration.log;
    loggers.logger.error({ event: 'log_file_unavailable', file, err }, 'log file not written');
  }
  if (destination.fileError !== undefined) reportFault(destination.fileError);
  const closeLogs = () => destination.end();
  return { ...loggers, declareLogEvents: lineCounts.declare, closeLogs };
}

/** Exports the last spans; no scrape will count those that are lost now. */
async function flushTraces(logger: Logger): Promise<void> {
  const tracing = activeTracing();
  if (tracing === undefined) return;
  const before = tracing.counts.dropped;
  await tracing.shutdown();
  const spans = tracing.counts.dropped - before;
  if (spans > 0) logger.warn({ event: 'telemetry_spans_lost', spans }, 'last spans lost');
}
