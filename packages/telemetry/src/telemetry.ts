import { libraryLogEvents } from './catalogue/log-events.ts';
import { libraryMetrics } from './catalogue/metrics.ts';
import type { LogEventCatalogue, MetricCatalogue } from './catalogue/types.ts';
import type { TelemetryConfiguration } from './configuration.ts';
import { openLogDestination } from './logging/destination.ts';
import { createLineCounts } from './logging/line-counts.ts';
import { createLoggers, type Logger, type Loggers } from './logging/logger.ts';
import { createHealth, type Health } from './management/health.ts';
import { type ManagementHandler, startManagementServer } from './management/server.ts';
import { readToken } from './management/token.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import {
  collectBuildAndLoop,
  collectSpanLosses,
  waitForEventLoopDelaySample,
} from './metrics/process-metrics.ts';
import { createMetricRegistry } from './metrics/prom-client.ts';
import { createShutdown, type Shutdown } from './process/shutdown.ts';
import { activeTracing, enableContext } from './tracing/active-tracing.ts';

export interface Telemetry {
  readonly configuration: TelemetryConfiguration;
  readonly logger: Logger;
  /** For the HTTP middleware only: writes the line of a successful request. */
  readonly writeRequestLine: Loggers['writeRequestLine'];
  readonly metrics: Metrics<typeof libraryMetrics>;
  readonly health: Health;
  readonly shutdown: Shutdown;
  /** Adds a service's own metrics to the same registry; the same catalogue gives the same ones. */
  declareMetrics<const C extends MetricCatalogue>(catalogue: C): Metrics<C>;
  /** Initializes the series of a service's problem events, so that the first of each is counted. */
  declareLogEvents(catalogue: LogEventCatalogue): void;
  /** The whole registry as OpenMetrics text. */
  renderMetrics(): Promise<string>;
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
  const registry = createMetricRegistry();
  const metrics = createMetrics(libraryMetrics, registry, countOverflow, countCollectError);
  const overflows = metrics.counter('telemetry_label_overflows_total');
  function countOverflow(metric: string): void {
    overflows.increment({ metric });
  }
  const collectErrors = metrics.counter('telemetry_collect_failures_total');
  function countCollectError(metric: string): void {
    collectErrors.increment({ metric });
  }

  const lineCounts = createLineCounts(metrics);
  lineCounts.declare(libraryLogEvents);
  const droppedLines = metrics.counter('log_lines_dropped_total');
  for (const reason of ['buffer_full', 'write_failed'] as const) droppedLines.add(0, { reason });
  const destination = await openDestination(configuration.log, {
    onDrop: (reason, count) => droppedLines.add(count, { reason }),
    onFault: reportLogFault,
  });
  const { logger, writeRequestLine } = createLoggers(
    configuration,
    destination.stream,
    lineCounts.count,
  );
  function reportLogFault(err: Error): void {
    const { file } = configuration.log;
    logger.error({ event: 'log_file_unavailable', file, err }, 'log file not written');
  }
  if (destination.fileError !== undefined) reportLogFault(destination.fileError);

  collectBuildAndLoop(metrics, configuration);
  collectSpanLosses(metrics);
  const health = createHealth();
  const { shutdownDeadlineMs } = configuration;
  const shutdown = createShutdown(logger, shutdownDeadlineMs, () => destination.end());
  shutdown.on('stop-accepting', 'readiness', () => health.stop());
  shutdown.on('flush-telemetry', 'traces', () => flushTraces(logger));

  const contentType = registry.contentType;
  const declared = new Map<MetricCatalogue, unknown>();
  function declareMetrics<const C extends MetricCatalogue>(catalogue: C): Metrics<C> {
    const existing = declared.get(catalogue) as Metrics<C> | undefined;
    if (existing !== undefined) return existing;
    const made = createMetrics(catalogue, registry, countOverflow, countCollectError);
    declared.set(catalogue, made);
    return made;
  }
  const renderMetrics = async () => {
    await waitForEventLoopDelaySample();
    return registry.render();
  };
  return {
    configuration,
    logger,
    writeRequestLine,
    metrics,
    health,
    shutdown,
    declareMetrics,
    declareLogEvents: lineCounts.declare,
    renderMetrics,
    async startManagement(routes = {}) {
      const {
        isEnabled,
        port,
        bindAddress,
        tokenFile,
        token: configuredToken,
      } = configuration.metrics;
      if (!isEnabled) return undefined;
      const token = tokenFile === undefined ? configuredToken : readToken(tokenFile);
      const server = await startManagementServer({
        port,
        bindAddress,
        token,
        health,
        metrics: { render: renderMetrics, contentType },
        routes,
      });
      shutdown.on('flush-telemetry', 'management server', () => server.close());
      return server.address;
    },
  };
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
