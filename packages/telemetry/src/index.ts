export { instrumentAiClient } from './ai/client.ts';
export { instrumentCache } from './cache/cache.ts';
export { libraryLogEvents } from './catalogue/log-events.ts';
export { libraryMetrics } from './catalogue/metrics.ts';
export type {
  LogEventCatalogue,
  MetricCatalogue,
  MetricDeclaration,
} from './catalogue/types.ts';
export { counter, event, gauge, histogram } from './catalogue/types.ts';
export { readTelemetryConfiguration } from './configuration.ts';
export { instrumentPool } from './database/pool.ts';
export {
  ConfigurationError,
  createEnvironmentReader,
  type EnvironmentReader,
} from './environment-reader.ts';
export {
  type OutboxBacklog,
  watchOutbox,
  watchWebhooks,
} from './events/backlog.ts';
export type { EventContext } from './events/event-context.ts';
export { type HandledEvent, instrumentHandler } from './events/handler.ts';
export { instrumentPublisher, type PublishableEvent } from './events/publisher.ts';
export {
  BusinessRuleError,
  errorHandler,
  HttpError,
  notFoundHandler,
  type ValidationError,
} from './http/errors.ts';
export { httpMiddleware } from './http/middleware.ts';
export { openLogDestination } from './logging/destination.ts';
export type { Logger } from './logging/logger.ts';
export { metadataFields } from './logging/loki-push.ts';
export { type ManagementHandler, sendJson } from './management/server.ts';
export type { Metrics } from './metrics/metrics.ts';
export { runInSpan } from './operations/span.ts';
export {
  currentTraceContext,
  extractTraceContext,
  runInTraceContext,
  type TraceContext,
} from './operations/trace-context.ts';
export { instrumentFetch } from './outgoing/fetch.ts';
export { instrumentWebhookSender, type WebhookDelivery } from './outgoing/webhook-sender.ts';
export { serveHttp } from './process/http-server.ts';
export { runService } from './process/run-service.ts';
export {
  createMessageChannel,
  type EncodedMessage,
  type MessageChannel,
  type ReceivedMessage,
} from './realtime/channel.ts';
export {
  createBoundedQueue,
  type DropReason,
  instrumentQueue,
  type MeterableQueue,
} from './realtime/queue.ts';
export { instrumentWebSocketServer } from './realtime/server.ts';
export { activeRequest, sampledTraceId, setRequestUser } from './request-context.ts';
export { instrumentCircuitBreaker } from './resilience/circuit-breaker.ts';
export {
  instrumentObjectStore,
  instrumentS3Client,
} from './storage/object-store.ts';
export { createTelemetry, type Telemetry } from './telemetry.ts';
